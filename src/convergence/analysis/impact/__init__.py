"""What the scheme changes: estimates of an effect, with what must be true for them to hold."""

"""The short form of the FSE+."""

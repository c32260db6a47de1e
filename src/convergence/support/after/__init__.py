"""Support that goes on after access to a job or to a home."""

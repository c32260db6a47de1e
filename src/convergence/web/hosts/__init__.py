"""A path that goes on at another structure: opening it for somebody there, and what that somebody reads."""

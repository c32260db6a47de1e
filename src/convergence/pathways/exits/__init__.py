"""The end of a path: its motive, what it led to, and its undoing."""

"""The end of a path, in one guided screen."""

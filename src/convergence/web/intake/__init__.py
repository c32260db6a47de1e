"""Importing a list of people: upload, columns, preview, progress, result."""

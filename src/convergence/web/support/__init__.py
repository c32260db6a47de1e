"""Contacts and notes: one touch from anywhere, and the whole of what was written about a person."""

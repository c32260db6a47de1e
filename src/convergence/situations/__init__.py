"""Dated facts about a person in the six domains, never snapshots."""

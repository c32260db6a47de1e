"""Synthetic territories, seeded: fictitious people with a believable history. No Django, no database."""

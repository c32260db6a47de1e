"""A person meets an offer: proposed, agreed, sent, answered, and what became of it."""

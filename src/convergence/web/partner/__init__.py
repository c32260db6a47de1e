"""Where a partner answers, without an account, from a single-purpose link; and the list of what waits for it."""

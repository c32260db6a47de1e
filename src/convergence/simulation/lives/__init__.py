"""Lives of the people of one block, drawn as arrays: one row a person, a path or a fact, days as numbers."""

"""Analysis of the pseudonymised dataset: its schema, and what is counted in it. No Django, no database."""

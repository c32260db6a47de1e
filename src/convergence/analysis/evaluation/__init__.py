"""The whole evaluation of a dataset: accounts, impact, scenarios, and their report."""

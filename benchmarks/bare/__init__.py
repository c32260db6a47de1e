"""The least that a list page can be in Django: one table, one query, fifty rows; what ours are compared with."""

SCHEMA = "bench_bare"
SHOWN = 50

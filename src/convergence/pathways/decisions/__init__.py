"""Decisions on a path: the PASS and what shifts its end, a CDDI beyond its limit, fewer hours than the least."""

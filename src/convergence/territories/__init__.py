"""Territories, operators, sites, and who works where, as what, from when to when."""

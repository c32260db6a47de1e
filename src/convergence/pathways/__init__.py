"""Pathways and contracts: a person's stay in the scheme, over one or several employers."""

"""The same person in two files: likely pairs are found from names and births; a human decides; a link never merges.

No Django in ``spelling``, ``sounds``, ``weights``, ``scoring`` and ``pairs``: they compare identities and know
nothing of who may read them. See docs/decisions/0011-links-not-merges.md.
"""

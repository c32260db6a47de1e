"""People accompanied: identity, names, who supports them where, and the key that seals their words."""

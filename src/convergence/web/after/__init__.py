"""The tab « Après »: the end of a path and the support that goes on."""

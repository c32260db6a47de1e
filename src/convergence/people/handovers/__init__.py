"""Handing people over between colleagues of a site: for an absence, or for good."""

"""People whom a site considers before it supports them."""

"""Goals agreed with the person and who does what, on the tab « Besoins » of her file."""

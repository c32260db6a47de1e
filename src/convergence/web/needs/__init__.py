"""A person's needs over time, and the goals agreed with her: the tab « Besoins » of her file."""

"""A person's documents, and where her papers and rights stand: the tab « Documents » of her file."""

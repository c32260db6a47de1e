"""A person's papers, as photographs and PDFs sealed under her key."""

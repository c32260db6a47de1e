"""What is done again and again to keep a right, and where each paper and right of a person stands."""

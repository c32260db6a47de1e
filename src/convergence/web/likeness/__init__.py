"""Files that look alike: which pairs wait, and two files side by side."""

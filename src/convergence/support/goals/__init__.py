"""Goals agreed with the person, in her words, and who does what to get there."""

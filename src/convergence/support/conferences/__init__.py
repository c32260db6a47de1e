"""Case conferences: an agenda of people who agreed to be discussed, and what is decided for each."""

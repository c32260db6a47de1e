"""The agreement to share: for one purpose, with one recipient, told how, and taken back at once."""

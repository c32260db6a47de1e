"""The desk of those who keep a territory's network: needs meet places there, and what waits is seen."""

"""The public directory on screen: search, records and their corrections, imports, exports."""

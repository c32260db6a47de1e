"""The statuses that the European Social Fund Plus asks for: within four weeks of entry and exit, and at six months."""

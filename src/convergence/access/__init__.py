"""Users, scopes, who may read what, and the record of who looked."""

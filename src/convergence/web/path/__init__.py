"""The path of one person: its three clocks, what must be decided and when, and the decisions themselves."""

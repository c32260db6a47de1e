"""Public money, month by month: what situations and benefits cost, what the scheme costs, and the difference."""

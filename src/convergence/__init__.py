"""Convergence: the open platform of a reinforced support scheme for people in extreme exclusion."""

"""The one-year review: 14 needs, what was done, months asked for."""

"""The first page of the day, by role: stored alerts, counts and names; no rule runs here."""

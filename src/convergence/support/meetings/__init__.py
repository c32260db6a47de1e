"""Appointments with a person, times spent in a group, and joint support with her other referents."""

"""Placements (PMSMP), trainings and workshops: what a person learns elsewhere while her path goes on."""

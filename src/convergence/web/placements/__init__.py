"""Placements, trainings and workshops on the path of a person: noting them, and what came of them."""

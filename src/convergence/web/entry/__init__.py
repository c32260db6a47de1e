"""Candidacies: those sent to a site, met, put on the waiting list, hired or not; eligibility and its control."""

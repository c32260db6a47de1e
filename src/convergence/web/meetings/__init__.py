"""Appointments, times spent in a group, joint support: a person's tab, one's own days, one's calendar feed."""

"""Screens of hours: the grid of a site's month, its closing, the year, the weeks of a PHC."""

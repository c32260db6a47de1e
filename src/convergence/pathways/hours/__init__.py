"""Hours of work: typed month by month and site by site, closed, and planned week by week in a PHC."""

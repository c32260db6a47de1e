"""Where France is, coarsely: enough to tell coordinates in the sea, swapped, or of another country.

Boxes are those that the database checks. The outline of the mainland is drawn by hand a few kilometres outside of
its coast and borders, from the IGN's published extreme points and towns on the edge; Corsica and the overseas
territories have their boxes alone.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Box:
    """Degrees, WGS 84."""

    name: str
    south: float
    north: float
    west: float
    east: float

    def holds(self, latitude: float, longitude: float) -> bool:
        return self.south <= latitude <= self.north and self.west <= longitude <= self.east


MAINLAND = Box("France métropolitaine", 41.2, 51.2, -5.3, 9.7)

ELSEWHERE = (
    Box("Corse", 41.25, 43.1, 8.4, 9.7),
    Box("Guadeloupe", 15.75, 16.6, -61.9, -60.9),
    Box("Martinique", 14.3, 14.95, -61.3, -60.7),
    Box("Guyane", 2.0, 5.9, -54.7, -51.5),
    Box("La Réunion", -21.5, -20.8, 55.1, 55.95),
    Box("Mayotte", -13.1, -12.5, 44.9, 45.4),
    Box("Saint-Pierre-et-Miquelon", 46.7, 47.2, -56.5, -56.05),
    Box("Saint-Martin et Saint-Barthélemy", 17.8, 18.2, -63.2, -62.7),
)

BOXES = (MAINLAND, *ELSEWHERE)

OUTLINE = (
    (51.15, 2.50), (50.85, 1.45), (50.35, 1.40), (50.05, 1.25), (49.80, 0.40), (49.55, -0.05), (49.45, -0.90),
    (49.78, -1.20), (49.80, -2.05), (49.30, -1.95), (48.80, -1.75), (48.80, -2.10), (48.95, -3.10), (48.80, -3.70),
    (48.78, -4.50), (48.55, -5.25), (48.00, -4.90), (47.72, -4.45), (47.68, -3.60), (47.20, -3.35), (47.10, -2.40),
    (46.65, -2.50), (46.10, -1.70), (45.60, -1.40), (44.70, -1.40), (43.45, -1.90), (43.20, -1.85), (42.95, -1.45),
    (42.75, -0.55), (42.60, 0.65), (42.65, 1.30), (42.35, 1.75), (42.30, 2.55), (42.35, 3.30), (42.90, 3.20),
    (43.15, 3.30), (43.35, 4.00), (43.25, 4.70), (43.10, 5.30), (42.90, 6.20), (43.05, 6.70), (43.40, 7.10),
    (43.70, 7.65), (44.25, 7.85), (44.65, 7.15), (45.10, 7.25), (45.70, 7.30), (46.10, 7.05), (46.50, 6.95),
    (46.70, 6.55), (47.30, 7.15), (47.50, 7.70), (48.20, 7.75), (48.60, 7.95), (49.05, 8.35), (49.25, 7.40),
    (49.60, 6.45), (49.75, 5.50), (50.20, 4.95), (50.35, 4.25), (50.55, 3.45), (50.85, 3.15),
)  # fmt: skip
"""(latitude, longitude) of the mainland's outline, clockwise from the north."""


def in_france(latitude: float, longitude: float) -> bool:
    """Whether a point is on French land, or within a few kilometres of it."""
    if any(box.holds(latitude, longitude) for box in ELSEWHERE):
        return True
    return _inside(latitude, longitude)


def _inside(latitude: float, longitude: float) -> bool:
    """Even-odd rule along the point's parallel."""
    inside = False
    previous_latitude, previous_longitude = OUTLINE[-1]
    for corner_latitude, corner_longitude in OUTLINE:
        if (corner_latitude > latitude) != (previous_latitude > latitude):
            along = (latitude - corner_latitude) / (previous_latitude - corner_latitude)
            if longitude < corner_longitude + along * (previous_longitude - corner_longitude):
                inside = not inside
        previous_latitude, previous_longitude = corner_latitude, corner_longitude
    return inside

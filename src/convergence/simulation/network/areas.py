"""Where each territory is: Paris by its town halls, the others around a point of the mainland, among invented towns."""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from convergence.simulation.names import Texts

PARIS = 1
"""Key of the territory that is drawn where it is."""
KILOMETRES_PER_DEGREE = 111.19
_PARIS_CENTRE, _PARIS_REACH, _AROUND_TOWN_HALL = (48.8589, 2.3470), 6.0, 0.45
_REACH = 24.0
_SOUTH, _NORTH, _WEST, _EAST = 44.6, 48.8, 0.4, 5.4
"""Degrees between which a circle of that reach lies inland wherever it is."""
_ELSEWHERE_FILLED = 0.7
"""How far from the middle the towns of an invented territory go, as a share of its reach."""
_TOWN = 3.0

_TOWN_HALLS = (
    (48.8600, 2.3411), (48.8666, 2.3406), (48.8636, 2.3616), (48.8558, 2.3554), (48.8466, 2.3445),
    (48.8511, 2.3328), (48.8570, 2.3200), (48.8775, 2.3177), (48.8727, 2.3402), (48.8718, 2.3575),
    (48.8588, 2.3796), (48.8408, 2.3880), (48.8322, 2.3555), (48.8331, 2.3269), (48.8412, 2.3003),
    (48.8635, 2.2765), (48.8846, 2.3222), (48.8925, 2.3444), (48.8827, 2.3822), (48.8651, 2.3990),
)  # fmt: skip
"""Latitude and longitude of the town halls of the twenty arrondissements, in their order."""

_TOWNS = (
    "Ville-Fictive", "Saint-Exemple", "Bourg-Modèle", "Pont-Imaginaire", "Val-Factice", "Mont-Inventé",
    "Roche-Maquette", "Bois-Esquisse", "Port-Chimère", "Prés-Mirage", "Haut-Croquis", "Vieux-Prototype",
    "Clos-Fantaisie", "Champ-Utopie", "Source-Légende", "Neuf-Brouillon",
)  # fmt: skip


class Area(NamedTuple):
    """A circle on the ground: degrees of its middle, kilometres."""

    latitude: float
    longitude: float
    reach: float

    def holds(self, latitude: NDArray[np.float64], longitude: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Whether points are in it, on a plane tangent to its middle."""
        north = (latitude - self.latitude) * KILOMETRES_PER_DEGREE
        east = (longitude - self.longitude) * KILOMETRES_PER_DEGREE * np.cos(np.radians(self.latitude))
        return np.asarray(np.hypot(north, east) <= self.reach)


class Towns(NamedTuple):
    """Towns of a territory, or arrondissements, a row each; ``around``: kilometres within which an address lies."""

    name: Texts
    postcode: Texts
    insee: Texts
    latitude: NDArray[np.float64]
    longitude: NDArray[np.float64]
    around: float


def area_of(territory: int) -> Area:
    """Where a territory lies: the same at every draw."""
    if territory == PARIS:
        return Area(*_PARIS_CENTRE, _PARIS_REACH)
    north, east = territory * 0.618 % 1.0, territory * 0.755 % 1.0
    return Area(round(_SOUTH + north * (_NORTH - _SOUTH), 4), round(_WEST + east * (_EAST - _WEST), 4), _REACH)


def towns_of(territory: int) -> Towns:
    """The arrondissements of Paris, or invented towns with postcodes that were never given out."""
    if territory == PARIS:
        numbers = range(1, len(_TOWN_HALLS) + 1)
        return Towns(
            _texts(f"Paris {number}{'er' if number == 1 else 'e'}" for number in numbers),
            _texts(f"750{number:02}" for number in numbers),
            _texts(f"751{number:02}" for number in numbers),
            np.array([latitude for latitude, _ in _TOWN_HALLS]),
            np.array([longitude for _, longitude in _TOWN_HALLS]),
            _AROUND_TOWN_HALL,
        )
    area, count = area_of(territory), len(_TOWNS)
    rank = np.arange(count, dtype=np.float64)
    turns, far = rank * 2.399963, np.sqrt((rank + 0.5) / count) * area.reach * _ELSEWHERE_FILLED
    latitude, longitude = _moved(np.full(count, area.latitude), np.full(count, area.longitude), turns, far)
    return Towns(
        _texts(_TOWNS),
        _texts(f"00{(territory * count + town) % 1000:03}" for town in range(count)),
        _texts("" for _ in range(count)),
        latitude,
        longitude,
        _TOWN,
    )


def addresses(
    rng: np.random.Generator, towns: Towns, town: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """A point of each town (places in ``towns``): latitudes and longitudes."""
    count = len(town)
    turns, far = rng.random(count) * 2 * np.pi, np.sqrt(rng.random(count)) * towns.around
    latitude, longitude = _moved(towns.latitude[town], towns.longitude[town], turns, far)
    return np.round(latitude, 5), np.round(longitude, 5)


def _moved(
    latitude: NDArray[np.float64], longitude: NDArray[np.float64], turns: NDArray[np.float64], far: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Points so many kilometres from others, in these directions (radians)."""
    north = far * np.sin(turns) / KILOMETRES_PER_DEGREE
    east = far * np.cos(turns) / (KILOMETRES_PER_DEGREE * np.cos(np.radians(latitude)))
    return latitude + north, longitude + east


def _texts(words: Iterable[str]) -> Texts:
    return np.array(list(words), dtype=object)

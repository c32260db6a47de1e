"""Monthly intensities of every move, for some draws of the parameters, and the probabilities that follow."""

from dataclasses import dataclass, replace
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from convergence.analysis.scenarios.classes import N_CLASSES
from convergence.analysis.scenarios.observed import N_HOMES
from convergence.analysis.scenarios.pooling import Floats, Shape, probabilities
from convergence.analysis.scenarios.states import HOUSED, N_BANDS, N_CARE, N_EXITS, N_STEPS

Singles = NDArray[np.float32]


class Kind(IntEnum):
    """Kinds of events, to which the differences between sites and the rate ratios of scenarios apply."""

    DURABLE = 0, "emploi durable"
    TRANSITION = 1, "emploi de transition"
    POSITIVE = 2, "sortie positive"
    OTHER = 3, "autre sortie"
    REMOVED = 4, "sortie retirée du décompte"
    LOST = 5, "perte de vue"
    HOUSING_UP = 6, "accès à un meilleur logement"
    HOUSING_DOWN = 7, "perte de logement"
    INSTITUTION = 8, "entrée en établissement"
    CARE = 9, "début de soins"
    CARE_STOPS = 10, "fin de soins"
    JOB = 11, "emploi après le parcours"
    JOB_LOST = 12, "perte d’emploi après le parcours"
    BACK = 13, "retour dans un parcours"

    label: str

    # The label has a default only for type checkers, which take Kind(3) for a call of __new__.
    def __new__(cls, number: int, label: str = "") -> "Kind":
        kind = int.__new__(cls, number)
        kind._value_ = number
        kind.label = label
        return kind


N_KINDS = len(Kind)


@dataclass(frozen=True)
class Rates:
    """Intensities a month and chances, arrays with draws first (R), places (P: sites or territories), classes (K).

    ``exits`` (R, P, K, bands, 2, 6): not housed, housed; ``housing`` (R, P, K, 2, 6, 5): in a path, after it; step
    before; the other steps in order; ``care`` (R, P, K, 2, 2, 1); ``work`` (R, P, K, 3, 2): after a path, from none,
    other, again to the other two in order; ``landing`` (R, 6, 4): for each exit the probabilities of no work, work,
    lost, deceased; ``entry`` (R, K, 12): of housing and care in the month of the entry; ``forced`` (R,): of those whom
    the longest path allowed puts out, the share who leave as people of that duration do, the others without a solution.
    """

    exits: Floats
    housing: Floats
    care: Floats
    work: Floats
    landing: Floats
    entry: Floats
    forced: Floats

    def of_places(self, places: int) -> "Rates":
        """The same for the first ``places`` territories."""
        of_all = {name: getattr(self, name)[:, :places] for name in ("exits", "housing", "care", "work")}
        return replace(self, **of_all)

    def times(self, ratios: Floats) -> "Rates":
        """The same with intensities multiplied by ``ratios`` (R, P or 1, kinds)."""
        by_kind = {name: _ratios(ratios, kinds) for name, kinds in _KINDS.items()}
        return replace(
            self,
            exits=self.exits * ratios[:, :, None, None, None, :N_EXITS],
            housing=self.housing * by_kind["housing"][:, :, None, None],
            care=self.care * by_kind["care"][:, :, None, None],
            work=self.work * by_kind["work"][:, :, None],
        )

    def with_mix(self, odds: Floats) -> "Rates":
        """The same with the odds of each dynamic exit against the other exits multiplied by ``odds`` (R, P or 1, 3),
        as many people leaving in each month as before: what changes is where they go."""
        core = self.exits[..., : Kind.REMOVED]
        ratios = np.concatenate([odds, np.ones((*odds.shape[:-1], 1))], axis=-1)[:, :, None, None, None]
        moved = core * ratios
        total = moved.sum(-1, keepdims=True)
        kept = np.divide(core.sum(-1, keepdims=True), total, out=np.zeros_like(total), where=total > 0)
        exits = np.concatenate([moved * kept, self.exits[..., Kind.REMOVED :]], axis=-1)
        return replace(self, exits=exits)


DYNAMIC_KINDS = (Kind.DURABLE, Kind.TRANSITION, Kind.POSITIVE)
"""Kinds of which an effect is an odds ratio of the exits; of the others it is a rate ratio."""


@dataclass(frozen=True)
class Chances:
    """Probabilities for one month, float32, axes as in :class:`Rates`.

    ``exits`` (R, P, K, bands, 2, 7): stay, then the six; ``moves`` (R, P, K, 2, 12, 12): of housing and care together,
    in a path and after it; ``work`` (R, P, K, 3, 3); ``landing`` (R, 6, 4); ``entry`` (R, K, 12). Each sums to one
    over the last axis.
    """

    exits: Singles
    moves: Singles
    work: Singles
    landing: Singles
    entry: Singles

    @classmethod
    def of(cls, rates: Rates) -> "Chances":
        housing = square(probabilities(rates.housing))
        care = square(probabilities(rates.care))
        moves = np.einsum("...ij,...kl->...ikjl", housing, care)
        return cls(
            exits=probabilities(rates.exits).astype(np.float32),
            moves=moves.reshape(*moves.shape[:-4], N_STEPS * N_CARE, N_STEPS * N_CARE).astype(np.float32),
            work=square(probabilities(rates.work)).astype(np.float32),
            landing=rates.landing.astype(np.float32),
            entry=rates.entry.astype(np.float32),
        )


def square(chances: Floats) -> Floats:
    """From staying first, then the other values in order (…, n, n), to matrices from value to value (…, n, n)."""
    size = chances.shape[-1]
    return np.take_along_axis(chances, np.broadcast_to(np.argsort(_staying_first(size), axis=1), chances.shape), -1)


def _staying_first(size: int) -> NDArray[np.int64]:
    """For each value, itself then the others in order."""
    return np.array([[value, *(other for other in range(size) if other != value)] for value in range(size)])


def _housing_kinds() -> NDArray[np.int64]:
    institution = N_STEPS - 1

    def kind(before: int, after: int) -> Kind:
        if after == institution:
            return Kind.INSTITUTION
        if before == institution:
            return Kind.HOUSING_UP if after >= HOUSED else Kind.HOUSING_DOWN
        return Kind.HOUSING_UP if after > before else Kind.HOUSING_DOWN

    return np.array([[kind(before, after) for after in row[1:]] for before, row in enumerate(_staying_first(N_STEPS))])


_KINDS: dict[str, NDArray[np.int64]] = {
    "housing": _housing_kinds(),
    "care": np.array([[Kind.CARE], [Kind.CARE_STOPS]]),
    "work": np.array([[Kind.JOB, Kind.BACK], [Kind.JOB_LOST, Kind.BACK], [Kind.JOB_LOST, Kind.JOB]]),
}
"""Kind of each move, by the value before and the other values in order."""


def _ratios(ratios: Floats, kinds: NDArray[np.int64]) -> Floats:
    return np.asarray(ratios[:, :, kinds])


def exits_shape() -> Shape:
    """Rows (class, band, home): the band is the base; classes and homes multiply each exit."""
    rows = np.arange(N_CLASSES * N_BANDS * N_HOMES)
    profile, band, home = rows // (N_BANDS * N_HOMES), rows // N_HOMES % N_BANDS, rows % N_HOMES
    kind = np.arange(N_EXITS)
    margins = tuple(axis[:, None] * N_EXITS + kind for axis in (band, profile, home))
    column = np.broadcast_to(np.arange(1 + N_EXITS), (rows.size, 1 + N_EXITS))
    return Shape(margins, np.broadcast_to(kind, (rows.size, N_EXITS)), column)


def aspect_shape(name: str) -> Shape:
    """Rows (class, phase, value) of housing or care, (class, value) of work after a path: the value before and after
    is the base; classes and phases multiply each kind of event."""
    kinds = _KINDS[name]
    size, moves = kinds.shape[0], kinds.shape[1]
    phases = 1 if name == "work" else 2
    rows = np.arange(N_CLASSES * phases * size)
    value, phase, profile = rows % size, rows // size % phases, rows // (size * phases)
    base = value[:, None] * moves + np.arange(moves)
    kind = kinds[value]
    margins = [base, profile[:, None] * N_KINDS + kind]
    if phases > 1:
        margins.append(phase[:, None] * N_KINDS + kind)
    return Shape(tuple(margins), kind, _staying_first(size)[value])

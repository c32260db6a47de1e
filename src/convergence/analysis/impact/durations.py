"""How long until something happens, of two groups of people: what every survival method takes, checked once."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from convergence.analysis.conventions import SMALLEST
from convergence.analysis.impact.errors import ImpactError
from convergence.analysis.impact.sample import Codes, Flags, Floats, Sample

Whole = NDArray[np.int64]

ENDED: Final = ("événement",)


class Durations:
    """Months until an event, or until nothing more is known.

    :param months: (n,) months from time zero to the event, or to the last day on which the person was followed.
    :param event: (n,) which event ended it: 1, 2… as in ``events``; 0: none yet (censored). True and False do too.
    :param treated: (n,) whether the person was in the scheme.
    :param known_at: months after time zero at which it was known to which group each person belongs: (n,) or one
        number. Only 0 compares honestly: see :func:`landmark`.
    :param events: the names of events 1, 2…; several are competing risks.
    :param covariates: (n, k) known at time zero, ``names``; ``cluster``: (n,) site; ``weights``: (n,) positive.
    :raises ImpactError: a duration that is negative, infinite or missing; an event of no name; a group known later.

    >>> freireich = Durations([6, 6, 6, 7, 10, 1, 1, 2, 2, 3], [1, 1, 0, 1, 1] + [1] * 5, [True] * 5 + [False] * 5)
    >>> freireich.sample.treated_count
    5
    """

    __slots__ = ("event", "events", "months", "notes", "sample")

    months: Floats
    event: Whole
    events: tuple[str, ...]
    sample: Sample
    notes: tuple[str, ...]

    def __init__(
        self,
        months: ArrayLike,
        event: ArrayLike,
        treated: ArrayLike,
        *,
        known_at: ArrayLike = 0.0,
        events: Sequence[str] = ENDED,
        covariates: ArrayLike | None = None,
        names: Sequence[str] = (),
        cluster: ArrayLike | None = None,
        weights: ArrayLike | None = None,
        notes: Sequence[str] = (),
    ) -> None:
        self.sample = Sample(months, treated, covariates, names, cluster, weights)
        self.months, self.events, self.notes = self.sample.outcome, tuple(events), tuple(notes)
        if (self.months < 0).any():
            raise ImpactError(
                f"Durées négatives : {int((self.months < 0).sum())}. L’événement précède l’entrée ; corrigez les dates."
            )
        found = np.asarray(event)
        if len(found) != len(self.months):
            raise ImpactError("Il faut un événement (ou 0) par durée.")
        if found.dtype.kind not in "biu" and not np.isin(found, range(len(self.events) + 1)).all():
            raise ImpactError("Un événement manque ou n’est pas un nombre entier : écrivez 0 pour « pas encore ».")
        self.event = found.astype(np.int64)
        if ((self.event < 0) | (self.event > len(self.events))).any():
            raise ImpactError(f"Un événement est hors de 0 à {len(self.events)} : donnez un nom à chaque événement.")
        if not (self.event > 0).any():
            raise ImpactError("Aucun événement n’est arrivé : il n’y a rien à estimer ; allongez le suivi.")
        _known_at_entry(np.asarray(known_at, dtype=np.float64))

    def __len__(self) -> int:
        return len(self.months)

    @property
    def treated(self) -> Flags:
        return self.sample.treated

    @property
    def weights(self) -> Floats:
        return self.sample.weights

    @property
    def cluster(self) -> Codes | None:
        return self.sample.cluster

    def arms(self) -> tuple[tuple[str, Flags], tuple[str, Flags]]:
        """The two groups, each with its name."""
        return ("Dispositif", self.treated), ("Comparaison", ~self.treated)


def _known_at_entry(known_at: Floats) -> None:
    late = known_at > 0
    if late.any():
        raise ImpactError(
            f"Le groupe n’est connu qu’après l’entrée (jusqu’à {np.max(known_at):.0f} mois) : il faut y être resté "
            "pour être classé, et ces mois sans risque passeraient pour un effet. Prenez un point de repère (landmark)."
        )


@dataclass(frozen=True)
class Landmark:
    """People still followed at the landmark, by what had happened to them then; ``before``: those no more followed."""

    durations: Durations
    at: float
    before: int


def landmark(
    months: ArrayLike,
    event: ArrayLike,
    since: ArrayLike,
    at: float,
    *,
    events: Sequence[str] = ENDED,
    covariates: ArrayLike | None = None,
    names: Sequence[str] = (),
    cluster: ArrayLike | None = None,
    weights: ArrayLike | None = None,
) -> Landmark:
    """People told apart by something that happens *during* follow-up, without immortal time.

    Whoever is housed at month 18 stayed until month 18: comparing her with the others from entry on gives those months
    to housing. At a landmark, only people still followed then count, their group is what had happened by then, and
    time starts again (Anderson, Cain and Gelber 1983, Journal of Clinical Oncology 1:710-719).

    >>> months, housed = [2.0, 9, 14, 20, 30, 25, 8, 16, 22, 31, 12, 13], [1.0, 3, 5, 2, 4, 6] + [float("nan")] * 6
    >>> found = landmark(months, [1] * 12, housed, at=6)
    >>> found.before, found.durations.sample.treated_count
    (1, 5)

    :param since: (n,) months after entry at which it happened to each person; NaN or inf: never.
    :param at: the landmark, months after entry; chosen in the protocol, not after looking.
    :raises ImpactError: a landmark that is not after entry, or at which a group has fewer than five people.
    """
    lengths, moments = np.asarray(months, dtype=np.float64), np.asarray(since, dtype=np.float64)
    if not at > 0:
        raise ImpactError("Le point de repère doit être après l’entrée (plus de 0 mois).")
    if len(moments) != len(lengths):
        raise ImpactError("Il faut, pour chaque durée, le mois où la chose est arrivée (vide : jamais).")
    here = lengths > at
    if not here.any():
        raise ImpactError(f"Plus personne n’est suivi à {at:g} mois : choisissez un point de repère plus tôt.")
    happened = np.nan_to_num(moments, nan=np.inf) <= at
    before = int((~here).sum())
    shown = f"moins de {SMALLEST}" if 0 < before < SMALLEST else str(before)
    held = Durations(
        lengths[here] - at,
        np.asarray(event)[here],
        happened[here],
        events=events,
        covariates=None if covariates is None else np.asarray(covariates, dtype=np.float64)[here],
        names=names,
        cluster=None if cluster is None else np.asarray(cluster)[here],
        weights=None if weights is None else np.asarray(weights, dtype=np.float64)[here],
        notes=(
            f"Point de repère à {at:g} mois : {shown} personnes sorties ou perdues de vue avant ne comptent pas ; "
            "le résultat vaut pour celles qui étaient encore suivies.",
        ),
    )
    return Landmark(held, at, before)

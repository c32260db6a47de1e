"""Two groups of people, an outcome, and what was known of everybody beforehand: what every estimator takes."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from convergence.analysis.conventions import SMALLEST
from convergence.analysis.impact.errors import ImpactError

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Codes = NDArray[np.int64]


class Sample:
    """What was observed of n people, checked once.

    :param outcome: (n,) the outcome, in its own unit; 0 and 1 for an event.
    :param treated: (n,) whether the person was in the scheme.
    :param covariates: (n, k) what was known at time zero; none: ``np.empty((n, 0))``, or leave it out.
    :param names: the k names, as they are printed.
    :param cluster: (n,) the site of each person (numbers or words), or None where people were not in sites.
    :param weights: (n,) positive weights of people, such as the inverse of the chance to be still followed; 1 if none.
    :raises ImpactError: a value missing or infinite, lengths that differ, a group of fewer than five people.

    Integers of any width are read as real numbers (``int8`` columns would overflow when squared).

    >>> sample = Sample([3.0, 5, 4, 6, 5, 1, 2, 3, 2, 1], [True] * 5 + [False] * 5)
    >>> sample.treated_count, sample.control_count, sample.covariates.shape
    (5, 5, (10, 0))
    """

    __slots__ = ("cluster", "covariates", "names", "outcome", "treated", "weights")

    outcome: Floats
    treated: Flags
    covariates: Floats
    names: tuple[str, ...]
    cluster: Codes | None
    weights: Floats

    def __init__(
        self,
        outcome: ArrayLike,
        treated: ArrayLike,
        covariates: ArrayLike | None = None,
        names: Sequence[str] = (),
        cluster: ArrayLike | None = None,
        weights: ArrayLike | None = None,
    ) -> None:
        self.outcome = _finite(outcome, "le résultat")
        count = len(self.outcome)
        self.treated = _arms(treated, count)
        self.covariates, self.names = _covariates(covariates, names, count)
        self.cluster = None if cluster is None else _codes(cluster, count)
        self.weights = np.ones(count) if weights is None else _weights(weights, count)

    def __len__(self) -> int:
        return len(self.outcome)

    def __repr__(self) -> str:
        sites = "" if self.cluster is None else f", {self.cluster_count} sites"
        return (
            f"Sample({self.treated_count} treated, {self.control_count} controls, {len(self.names)} covariates{sites})"
        )

    @property
    def treated_count(self) -> int:
        return int(self.treated.sum())

    @property
    def control_count(self) -> int:
        return len(self) - self.treated_count

    @property
    def cluster_count(self) -> int:
        """How many sites; 0 without sites."""
        return 0 if self.cluster is None else int(self.cluster.max()) + 1

    @property
    def sites_by_arm(self) -> tuple[int, int]:
        """Sites with people of the scheme, and sites with people compared; (0, 0) without sites."""
        if self.cluster is None:
            return 0, 0
        return len(np.unique(self.cluster[self.treated])), len(np.unique(self.cluster[~self.treated]))

    def rows(self, chosen: NDArray[np.int64] | Flags) -> "Sample":
        """The people chosen, by a mask or by row numbers (which may repeat, as in a bootstrap)."""
        return Sample(
            self.outcome[chosen],
            self.treated[chosen],
            self.covariates[chosen],
            self.names,
            None if self.cluster is None else self.cluster[chosen],
            self.weights[chosen],
        )

    def with_outcome(self, outcome: ArrayLike) -> "Sample":
        """The same people with another outcome: a placebo, another month."""
        return Sample(outcome, self.treated, self.covariates, self.names, self.cluster, self.weights)


def _finite(values: ArrayLike, what: str) -> Floats:
    found = np.asarray(values, dtype=np.float64)
    if found.ndim != 1:
        raise ImpactError(f"Il faut une valeur par personne pour {what} : le tableau donné a {found.ndim} dimensions.")
    unknown = int((~np.isfinite(found)).sum())
    if unknown:
        raise ImpactError(
            f"Valeurs absentes ou infinies dans {what} ({unknown} sur {len(found)}) : retirez ces personnes en le "
            "disant, complétez-les, ou calculez les bornes pour les personnes perdues de vue."
        )
    return found


def _arms(values: ArrayLike, count: int) -> Flags:
    given = np.asarray(values)
    _same_length(given, count, "le groupe de chaque personne")
    if given.dtype != np.bool_ and not np.isin(given, (0, 1)).all():
        raise ImpactError(
            "Le groupe se dit par vrai (suivie par le dispositif) ou faux (comparée) : autre chose a été lu."
        )
    treated: Flags = given.astype(np.bool_)
    for number, who in ((int(treated.sum()), "suivies"), (int((~treated).sum()), "comparées")):
        if number == 0:
            raise ImpactError(
                f"Aucune personne parmi les personnes {who} : il faut deux groupes pour estimer un effet."
            )
        if number < SMALLEST:
            raise ImpactError(
                f"Moins de {SMALLEST} personnes parmi les personnes {who} : l’effet n’est pas calculé, il parlerait de "
                "personnes ; élargissez la période ou les chantiers."
            )
    return treated


def _covariates(values: ArrayLike | None, names: Sequence[str], count: int) -> tuple[Floats, tuple[str, ...]]:
    if values is None:
        values = np.empty((count, 0))
    found = np.asarray(values, dtype=np.float64)
    if found.ndim == 1:
        found = found[:, None]
    _same_length(found, count, "les caractéristiques à l’entrée")
    if len(names) != found.shape[1]:
        raise ImpactError(f"{found.shape[1]} caractéristiques pour {len(names)} noms : donnez un nom à chaque colonne.")
    for column, name in zip(found.T, names, strict=True):
        if not np.isfinite(column).all():
            raise ImpactError(
                f"Valeurs absentes ou infinies dans « {name} » : remplacez-les par la moyenne, avec une colonne "
                "qui dit où elles manquaient, ou retirez la caractéristique."
            )
    return found, tuple(names)


def _codes(values: ArrayLike, count: int) -> Codes:
    given = np.asarray(values)
    _same_length(given, count, "le chantier de chaque personne")
    if given.dtype.kind == "O" and any(site is None for site in given):
        raise ImpactError("Le chantier manque pour certaines personnes : donnez-le pour toutes, ou pour aucune.")
    if given.dtype.kind == "f" and not np.isfinite(given).all():
        raise ImpactError("Le chantier manque pour certaines personnes : donnez-le pour toutes, ou pour aucune.")
    return np.asarray(np.unique(given, return_inverse=True)[1], dtype=np.int64)


def _weights(values: ArrayLike, count: int) -> Floats:
    found = np.asarray(values, dtype=np.float64)
    _same_length(found, count, "les poids")
    if not np.isfinite(found).all() or (found <= 0).any():
        raise ImpactError(
            "Poids infinis, absents ou négatifs : bornez-les, ou retirez les personnes qui n’ont pas d’équivalent dans "
            "l’autre groupe."
        )
    return found


def _same_length(values: NDArray[np.generic], count: int, what: str) -> None:
    if len(values) != count:
        raise ImpactError(f"{count} résultats mais {len(values)} lignes pour {what} : donnez une ligne par personne.")

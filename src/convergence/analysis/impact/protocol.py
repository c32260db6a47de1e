"""What will be asked and how, written and dated before anybody looks at what became of people."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from convergence.analysis.dataset import Tables
from convergence.analysis.french import number
from convergence.analysis.impact.errors import ImpactError
from convergence.analysis.impact.outcomes import Outcomes, outcome, outcomes_of
from convergence.analysis.impact.power import FEWEST
from convergence.analysis.profiles import LABELS, STANDARD, profiles
from convergence.vocabulary.base import Term
from convergence.vocabulary.structures import Scheme

CHARACTERISTICS: Final = (*STANDARD, "children", "needs", "aah", "addiction")
"""What profiles at entry hold: what may be adjusted for, held out as a control, or make a subgroup."""

LOST: Final = (
    "Écartées du calcul principal, comptées, et entourées de bornes (pire et meilleur cas) ; leur situation n’est "
    "jamais supposée mauvaise ni inchangée."
)
"""What is done with the people of whom there is no more news."""


class Contrast(Term):
    """Against what the scheme is compared (evaluation.md §1): the two are never mixed."""

    ORDINARY = "ordinary", "contre un chantier d’insertion ordinaire (ACI)"
    NONE = "none", "contre l’absence de chantier d’insertion (liste d’attente, extrait administratif)"

    @property
    def scheme(self) -> Scheme:
        return Scheme(self.value)


class Planned(Term):
    """Estimators that a protocol may name."""

    DIFFERENCE = "difference", "différence des moyennes, sans ajustement (pour mémoire)"
    REGRESSION = "regression", "régression linéaire"
    MATCHING = "matching", "appariement sur le score de propension"
    WEIGHTING = "weighting", "pondération par le score de propension"
    BALANCING = "balancing", "équilibrage par entropie"
    DOUBLY_ROBUST = "doubly_robust", "estimateur doublement robuste"
    DIFFERENCES = "differences", "différence de différences"


class Correction(Term):
    """How probabilities are corrected over the outcomes of one rank."""

    HOLM = "holm", "Holm"
    BENJAMINI_HOCHBERG = "benjamini_hochberg", "Benjamini et Hochberg"
    NONE = "none", "aucune"


@dataclass(frozen=True)
class Subgroup:
    """A group declared beforehand: people whose ``characteristic`` at entry is from ``least`` to ``most``."""

    label: str
    characteristic: str
    least: float
    most: float


@dataclass(frozen=True)
class Protocol:
    """Everything decided before outcomes are opened. ``sha256`` is that of the file's bytes: it freezes them all.

    :ivar dated: the day on which it was settled.
    :ivar since: ``until``: people who entered from the first to before the second are eligible; None: no limit.
    :ivar least_age: years at entry.
    :ivar territories: keys of territories; empty: all.
    :ivar months: length of follow-up, for what is counted over months (costs, survival).
    :ivar detectable: the smallest effect that the study is meant to see, as a share; None: not computed.
    """

    title: str
    dated: date
    authors: str
    question: str
    contrast: Contrast
    eligibility: str
    primary: tuple[str, ...]
    sha256: str
    since: date | None = None
    until: date | None = None
    least_age: int = 18
    territories: tuple[int, ...] = ()
    secondary: tuple[str, ...] = ()
    controls: tuple[str, ...] = ()
    months: int = 60
    covariates: tuple[str, ...] = STANDARD
    estimators: tuple[Planned, ...] = (Planned.MATCHING, Planned.WEIGHTING, Planned.DOUBLY_ROBUST)
    by_site: bool = True
    subgroups: tuple[Subgroup, ...] = ()
    alpha: float = 0.05
    correction: Correction = Correction.HOLM
    detectable: float | None = None

    @property
    def outcomes(self) -> tuple[str, ...]:
        """Every outcome named, the primary ones first."""
        return self.primary + self.secondary

    def eligible(self, people: pl.DataFrame) -> NDArray[np.bool_]:
        """(people,) who meets the criteria and is in one of the two arms.

        :param people: rows of :func:`convergence.analysis.profiles.profiles`.
        """
        kept = pl.col("scheme").is_in([Scheme.CONVERGENCE.value, self.contrast.scheme.value])
        kept &= (pl.col("age") >= self.least_age).fill_null(True)
        if self.since:
            kept &= pl.col("entered") >= self.since
        if self.until:
            kept &= pl.col("entered") < self.until
        if self.territories:
            kept &= pl.col("territory").is_in(self.territories)
        return people.select(kept).to_series().to_numpy()

    def printed(self) -> list[tuple[str, str]]:
        """The protocol as the report prints it: (title, text) pairs, in the order of STROBE's methods."""
        lines = [
            ("Titre", self.title),
            ("Arrêté le", f"{self.dated:%d/%m/%Y} par {self.authors}"),
            ("Question", self.question),
            ("Grandeur estimée", "Effet moyen sur les personnes suivies par le dispositif (ATT)"),
            ("Comparaison", f"Convergence {self.contrast.label}"),
            ("Population", f"{self.eligibility} {self._criteria()}".strip()),
            (
                "Temps zéro",
                "Premier jour du premier parcours ; pour une personne de la liste d’attente ou d’un extrait "
                "administratif, premier jour de son suivi. Rien de ce qui arrive ensuite ne classe une personne.",
            ),
            *(("Critère principal", self._said(name)) for name in self.primary),
            *(("Critère secondaire", self._said(name)) for name in self.secondary),
        ]
        if self.controls:
            lines.append(("Critères témoins", f"Faits d’avant l’entrée, non ajustés : {_named(self.controls)}."))
        subgroups = (
            "Aucun."
            if not self.subgroups
            else f"Déclarés d’avance : {' ; '.join(each.label for each in self.subgroups)}."
        )
        detectable = (
            "Non calculé avant l’étude."
            if self.detectable is None
            else f"{number(100 * self.detectable, 1)} points, avec une puissance de 80 %."
        )
        lines += [
            ("Durée de suivi", f"{self.months} mois"),
            ("Covariables", _named(self.covariates)),
            ("Estimateurs", " ; ".join(each.label for each in self.estimators)),
            ("Incertitude", "par chantier" if self.by_site else "par personne"),
            ("Sous-groupes", f"{subgroups} Aucun de moins de {FEWEST} personnes n’est regardé."),
            ("Personnes perdues de vue", LOST),
            ("Risque alpha", f"{number(100 * self.alpha, 1)} %, bilatéral"),
            ("Multiplicité", f"{self.correction.label}, séparément pour les critères principaux et secondaires"),
            ("Plus petit effet visible", detectable),
            ("Empreinte du protocole", f"SHA-256 : {self.sha256}"),
        ]
        return lines

    def members(self, group: Subgroup, people: pl.DataFrame) -> NDArray[np.bool_]:
        """(people,) who meets the criteria and is of a subgroup; those of whom it is not known are not.

        :raises ImpactError: the protocol does not declare it, or it has fewer than 30 people in an arm.
        """
        if group not in self.subgroups:
            raise ImpactError(
                f"Le sous-groupe « {group.label} » n’est pas déclaré au protocole : il ne se regarde pas après coup."
            )
        inside = people[group.characteristic].is_between(group.least, group.most).fill_null(False).to_numpy()
        chosen = inside & self.eligible(people)
        treated = (people["scheme"] == Scheme.CONVERGENCE.value).to_numpy()
        if min(int((chosen & treated).sum()), int((chosen & ~treated).sum())) < FEWEST:
            raise ImpactError(
                f"Le sous-groupe « {group.label} » compte moins de {FEWEST} personnes dans un des deux groupes : il "
                "n’est pas regardé."
            )
        return chosen

    def deviations(
        self,
        *,
        outcomes: Sequence[str] = (),
        estimators: Sequence[str] = (),
        covariates: Sequence[str] = (),
        subgroups: Sequence[str] = (),
    ) -> tuple[str, ...]:
        """What was done otherwise than written, one sentence each: things added, and things that were left undone."""
        kinds = (
            ("critère", self.outcomes, outcomes),
            ("estimateur", tuple(each.value for each in self.estimators), estimators),
            ("covariable", self.covariates, covariates),
            ("sous-groupe", tuple(each.label for each in self.subgroups), subgroups),
        )
        said = []
        for kind, planned, done in kinds:
            added = [name for name in done if name not in planned]
            missed = [name for name in planned if name not in done]
            if added:
                said.append(f"Non prévu au protocole, ajouté ensuite ({kind}) : {', '.join(added)}.")
            if missed:
                said.append(f"Prévu au protocole, non fait ({kind}) : {', '.join(missed)}.")
        return tuple(said)

    def _criteria(self) -> str:
        """The criteria that the software applies, in words."""
        said = [f"âge d’au moins {self.least_age} ans à l’entrée (inconnu : gardée)"]
        if self.since:
            said.append(f"entrée à partir du {self.since:%d/%m/%Y}")
        if self.until:
            said.append(f"entrée avant le {self.until:%d/%m/%Y}")
        if self.territories:
            said.append(f"territoires {', '.join(map(str, self.territories))}")
        return f"Critères appliqués : {', '.join(said)}."

    def _said(self, name: str) -> str:
        told = outcome(name)
        return f"{told.label}. {told.definition}"


def _named(characteristics: Sequence[str]) -> str:
    """In the words of the report, in their order."""
    return " ; ".join(LABELS.get(name, name) for name in characteristics)


@dataclass(frozen=True)
class Opened:
    """Outcomes opened under a protocol.

    :ivar outcomes: of everybody, in the order of ``people``.
    :ivar people: profiles at entry (:func:`convergence.analysis.profiles.profiles`).
    :ivar eligible: (people,) who meets the protocol's criteria, in either arm.
    :ivar notes: sentences that go wherever a result goes.
    """

    outcomes: Outcomes
    people: pl.DataFrame
    eligible: NDArray[np.bool_]
    notes: tuple[str, ...]


def open_outcomes(tables: Tables, as_of: date, protocol: Protocol | None, today: date) -> Opened:
    """What became of people, for the outcomes that the protocol names and no others.

    :param as_of: the dataset's date; ``today``: the day on which outcomes are opened.
    :raises ImpactError: there is no protocol, or it is dated after today.
    """
    if protocol is None:
        raise ImpactError(
            "Aucun protocole : les résultats ne s’ouvrent qu’après l’avoir écrit. Partez du modèle, remplissez-le, "
            "datez-le, puis recommencez."
        )
    if protocol.dated > today:
        raise ImpactError(
            f"Le protocole est daté du {protocol.dated:%d/%m/%Y}, après l’ouverture des résultats ({today:%d/%m/%Y}) : "
            "corrigez sa date, ou attendez ce jour."
        )
    notes = []
    if protocol.dated > as_of:
        notes.append(
            f"Le protocole ({protocol.dated:%d/%m/%Y}) a été arrêté après la date des données ({as_of:%d/%m/%Y}) : il "
            "précède leur ouverture, non les faits. Les résultats ont pu être connus par ailleurs."
        )
    people = profiles(tables)
    return Opened(outcomes_of(tables, as_of, protocol.outcomes), people, protocol.eligible(people), tuple(notes))

"""The comparisons that a dataset allows: who is compared with whom, how they are weighted, how alike they then are."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from convergence.analysis.conventions import SMALLEST
from convergence.analysis.evaluation.material import Flags, Material
from convergence.analysis.impact.balance import Balance, balance_of
from convergence.analysis.impact.balancing import EntropyBalancing
from convergence.analysis.impact.errors import ImpactError
from convergence.analysis.impact.protocol import Contrast
from convergence.analysis.impact.sample import Sample
from convergence.analysis.impact.scores import Scores, scores_of
from convergence.analysis.impact.weighting import ScoreWeighting
from convergence.analysis.profiles import covariates
from convergence.vocabulary.structures import Scheme

Floats = NDArray[np.float64]

NAMES = {
    Contrast.ORDINARY: "face à un chantier d’insertion ordinaire",
    Contrast.NONE: "face à l’absence de chantier d’insertion",
}
"""How a sentence names a counterfactual."""


@dataclass(frozen=True)
class Arm:
    """A comparison that can be made.

    :ivar members: (people,) eligible, on either side; ``treated``: those of the scheme.
    :ivar sample: the members, in the order of ``material.people``, without an outcome yet.
    :ivar weights: (members,) that sum to one on each side; ``method`` in words.
    :ivar planned: it is the one that the protocol names.
    """

    contrast: Contrast
    members: Flags
    treated: Flags
    sample: Sample
    weights: Floats
    method: str
    scores: Scores
    balance: Balance
    planned: bool
    notes: tuple[str, ...]

    @property
    def name(self) -> str:
        """The counterfactual, as sentences name it."""
        return NAMES[self.contrast]

    @property
    def title(self) -> str:
        return f"{self.name[0].upper()}{self.name[1:]}"

    def controls(self) -> Floats:
        """(people,) weights of the people compared, that sum to one; zero for everybody else."""
        found = np.zeros(len(self.members))
        found[self.members] = np.where(self.sample.treated, 0.0, self.weights)
        return found

    def reweighted(self, counts: NDArray[np.int64]) -> Floats:
        """(people,) weights of each copy of the people compared when people were drawn ``counts`` times.

        The balancing is done again on what was drawn; where a draw cannot be balanced, the weights of the whole sample
        stand for its own.
        """
        drawn = counts[self.members]
        some = np.flatnonzero(drawn)
        whole = self.sample.rows(some)
        sample = Sample(whole.outcome, whole.treated, whole.covariates, whole.names, None, drawn[some])
        try:
            weights = EntropyBalancing().weigh(sample) / drawn[some]
        except ImpactError:
            return self.controls()
        found = np.zeros(len(self.members))
        found[np.flatnonzero(self.members)[some]] = np.where(sample.treated, 0.0, weights)
        return found


@dataclass(frozen=True)
class NoArm:
    """A comparison that cannot be made, and why; ``people``: how many could have been compared."""

    contrast: Contrast
    people: int
    why: str


def arms_of(material: Material) -> list[Arm | NoArm]:
    """The two contrasts of evaluation.md §1, the protocol's first: each as it can be made, or why it cannot."""
    first = material.protocol.contrast
    contrasts = [first, *(each for each in Contrast if each is not first)]
    return [_arm(material, contrast) for contrast in contrasts]


def _arm(material: Material, contrast: Contrast) -> Arm | NoArm:
    protocol = replace(material.protocol, contrast=contrast)
    members = protocol.eligible(material.people)
    treated = members & material.of_scheme(Scheme.CONVERGENCE)
    compared = int((members & ~treated).sum())
    if compared < SMALLEST:
        return NoArm(contrast, compared, "Aucune personne de comparaison dans ces données." if not compared else _FEW)
    people = material.people.filter(members)
    matrix, names = covariates(people, protocol.covariates)
    site = people["site"].fill_null(-1).to_numpy() if protocol.by_site else None
    try:
        sample = without_rare(Sample(np.zeros(people.height), treated[members], matrix, names, site))
        scores = scores_of(sample)
        weights, method, notes = _weighed(sample)
    except ImpactError as error:
        return NoArm(contrast, compared, str(error))
    balance = balance_of(sample, weights)
    planned = contrast is material.protocol.contrast
    notes += scores.notes + balance.notes
    return Arm(contrast, members, treated, sample, weights, method, scores, balance, planned, notes)


_FEW = f"Moins de {SMALLEST} personnes de comparaison : rien n’est comparé."


def without_rare(sample: Sample) -> Sample:
    """The same people without the indicators of not knowing that fewer than five people of a side have, or lack: they
    would tell persons, and they separate the two sides."""
    kept = [
        place for place, name in enumerate(sample.names) if not (name.endswith(" inconnu") and _rare(sample, place))
    ]
    names = [sample.names[place] for place in kept]
    return Sample(sample.outcome, sample.treated, sample.covariates[:, kept], names, sample.cluster, sample.weights)


def _rare(sample: Sample, place: int) -> bool:
    sides = (sample.covariates[sample.treated, place], sample.covariates[~sample.treated, place])
    return any(min(side.sum(), (1 - side).sum()) < SMALLEST for side in sides)


def _weighed(sample: Sample) -> tuple[Floats, str, tuple[str, ...]]:
    """Weights by entropy balancing; by the score where the means cannot be reached, which is said."""
    try:
        return EntropyBalancing().weigh(sample), "équilibrage par l’entropie", ()
    except ImpactError as error:
        return ScoreWeighting().weigh(sample), "pondération par le score de propension", (str(error),)

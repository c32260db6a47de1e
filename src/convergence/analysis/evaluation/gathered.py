"""Everything that a run found, before it is said."""

from dataclasses import dataclass

from convergence.analysis.evaluation.arms import Arm, NoArm
from convergence.analysis.evaluation.effects import Effects
from convergence.analysis.evaluation.futures import Futures
from convergence.analysis.evaluation.material import Material
from convergence.analysis.evaluation.money import Money
from convergence.analysis.evaluation.spans import Housed, Spans
from convergence.analysis.evaluation.variants import Variants
from convergence.analysis.impact.protocol import Opened


@dataclass(frozen=True)
class Gathered:
    """What each part of a run found.

    :ivar arms: comparisons that could be made, the protocol's first; ``missing``: those that could not.
    :ivar spans: how long until an exit, a home and a job, by comparison; ``housed``: exits of those housed early.
    :ivar variants: of the accounts; ``futures``: the scenarios, or why there are none.
    """

    material: Material
    arms: tuple[Arm, ...]
    missing: tuple[NoArm, ...]
    opened: Opened
    effects: tuple[Effects, ...]
    spans: tuple[Spans, ...]
    housed: Housed | None
    money: Money
    variants: Variants
    futures: Futures | str

"""What is wrong with a comparison, gathered rather than stopped at: whoever prepares an extract corrects it once."""

from dataclasses import dataclass, field

from convergence.analysis.conventions import SMALLEST
from convergence.analysis.impact.errors import ImpactError


class ComparisonError(ImpactError):
    """A comparison that cannot be used; ``flaws`` are all its sentences, the text is the first and how many follow."""

    def __init__(self, flaws: tuple[str, ...]) -> None:
        others = len(flaws) - 1
        more = "" if not others else f" (et {others} autre{'s' if others > 1 else ''} à corriger)"
        super().__init__(f"{flaws[0]}{more}")
        self.flaws = flaws


def one_flaw(sentence: str) -> ComparisonError:
    return ComparisonError((sentence,))


@dataclass
class Found:
    """Flaws, which refuse; notes, which go with the results; and codes of no list, by table and column."""

    flaws: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    unknown: dict[tuple[str, str], dict[str, int]] = field(default_factory=dict)

    def refuse(self) -> None:
        """Raise if anything is wrong."""
        if self.flaws:
            raise ComparisonError(tuple(self.flaws))


def some(number: int) -> str:
    """A number of people in a sentence that is printed: one to four are not told."""
    return f"moins de {SMALLEST}" if 0 < number < SMALLEST else str(number)


def rows(number: int) -> str:
    return "1 ligne" if number == 1 else f"{number} lignes"

"""What is wrong with a dataset, in one French sentence that names the place and no person."""

from dataclasses import dataclass

from convergence.analysis.french import NBSP


class DatasetError(Exception):
    """A dataset that cannot be written or read; its text is for the person who tries to."""


@dataclass(frozen=True)
class Flaw:
    """Rows that break a rule: where, which rule, how many, and the key of the first."""

    where: str
    what: str
    rows: int
    example: str

    def __str__(self) -> str:
        rows = "1 ligne" if self.rows == 1 else f"{self.rows} lignes"
        example = f", la première à {self.example}" if self.example else ""
        return f"{self.where}{NBSP}: {self.what} ({rows}{example})."


def refuse(flaws: list[Flaw]) -> None:
    """Raise for the first flaw, saying how many others there are; nothing when there is none."""
    if not flaws:
        return
    others = len(flaws) - 1
    more = (
        "" if not others else " Un autre défaut a été trouvé." if others == 1 else f" {others} autres défauts trouvés."
    )
    raise DatasetError(f"{flaws[0]}{more}")

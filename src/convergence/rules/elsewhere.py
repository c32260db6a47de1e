"""What another file of the same person would change, said beside the clocks of this one.

The clocks count what is noted in the file: a link between files may be undone, and says nothing of whom, where or why.
A decision taken without looking there could be unlawful, though, so the difference is told before it is taken.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date

from convergence.rules.clocks import read
from convergence.rules.french import days_said, said_in_full
from convergence.rules.pass_clock import Clock
from convergence.rules.path import Contract, Path
from convergence.rules.periods import Period
from convergence.rules.remarks import Remark
from convergence.vocabulary.contracts import ContractKind


def remarks_from_elsewhere(path: Path, days: Iterable[Period], passes: Iterable[Period], on: date) -> list[Remark]:
    """Each clock that would end on another day, were the other files counted.

    :param days: periods under CDDI over all the files, with first and last days.
    :param passes: the PASS that the State's tool says of the other files.
    """
    return [*_clocks(path, tuple(days), on), *_passes(path, passes, on)]


def _clocks(path: Path, days: tuple[Period, ...], on: date) -> Iterator[Remark]:
    there = tuple(Contract(ContractKind.CDDI, day.first_day, day.last_day, employer="elsewhere") for day in days)
    here, whole = read(path, on), read(replace(path, contracts=(*path.contracts, *there)), on)
    for what, ours, theirs in (
        ("le CDDI", here.cddi, whole.cddi),
        ("Convergence", here.convergence, whole.convergence),
    ):
        if theirs is not None and theirs.used > (ours.used if ours else 0):
            more = theirs.used - (ours.used if ours else 0)
            yield Remark(
                "elsewhere",
                Period(theirs.first_day, on),
                f"Un autre dossier de cette personne compte {days_said(more)} de plus sous CDDI : avec eux, "
                f"{_ending(what, theirs)}. À vérifier avant de décider.",
            )


def _ending(what: str, clock: Clock) -> str:
    if clock.last_day is None:
        return f"il resterait {days_said(clock.left)} pour {what}"
    return f"{what} irait jusqu’au {said_in_full(clock.last_day)}"


def _passes(path: Path, passes: Iterable[Period], on: date) -> Iterator[Remark]:
    clock = read(path, on).pass_iae
    for one in passes:
        if one.end < on or (clock is not None and clock.end == one.end):
            continue
        ours = f"ici jusqu’au {said_in_full(clock.end)}" if clock else "aucun n’est noté ici"
        yield Remark(
            "pass_elsewhere",
            one,
            f"Un autre dossier de cette personne porte un PASS IAE jusqu’au {said_in_full(one.end)}, {ours} : "
            "les deux sont à rapprocher.",
        )

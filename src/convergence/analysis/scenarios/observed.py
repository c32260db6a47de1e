"""What the months tell of moves between states: one record for each person, month and kind of move."""

from collections.abc import Mapping
from dataclasses import dataclass, fields

import numpy as np
import polars as pl
from numpy.typing import NDArray

from convergence.analysis.dataset import Tables
from convergence.analysis.errors import AnalysisError
from convergence.analysis.months import first_paths
from convergence.analysis.scenarios.classes import Classes
from convergence.analysis.scenarios.states import (
    EXITS,
    HOUSED,
    LONGEST,
    N_BANDS,
    N_CARE,
    N_EXITS,
    N_STEPS,
    STEPS,
    Exit,
    Work,
    band_of,
)
from convergence.vocabulary.employment import Employment
from convergence.vocabulary.exits import ExitMotive, table_on
from convergence.vocabulary.health import CarePath
from convergence.vocabulary.housing import Housing

Ints = NDArray[np.int64]
UNKNOWN = -1
N_HOMES = 3
"""Groups of housing that exits depend on: not housed, housed, not known."""
_LANDED_WITHIN = 3
"""Months, that of the exit included, in which the first known work tells where an exit led."""
_JOBS = (Employment.SHORT_TERM, Employment.LONG_TERM, Employment.OPEN_ENDED, Employment.OWN_BUSINESS)


@dataclass(frozen=True)
class Lives:
    """States of each person and month, arrays (people, months); -1 where it is not known.

    ``step``: place in ``STEPS``; ``care``: 0 or 1; ``work``: of ``Work``; ``path``: whether the first path runs on
    the month's last day; ``within``: whether the month was over at the dataset's date; ``hours``: weekly hours of the
    contracts in force. By person: ``person`` (key), ``site``, ``territory``, ``profile`` (class), ``left`` (month in
    which the first path ended, -1 while it runs), ``exit`` (place in ``EXITS``, -1 while it runs or where no motive was
    noted), ``died``, ``began`` (month of the entry, counted from January 1970).
    """

    person: Ints
    site: Ints
    territory: Ints
    profile: Ints
    began: Ints
    left: Ints
    exit: Ints
    died: NDArray[np.bool_]
    step: Ints
    care: Ints
    work: Ints
    path: NDArray[np.bool_]
    within: NDArray[np.bool_]
    hours: NDArray[np.float64]

    @property
    def weekly_hours(self) -> float:
        """Mean weekly hours of the months in a first path; 0 where nobody was in one."""
        return float(self.hours[self.path].mean()) if self.path.any() else 0.0

    def of(self, kept: NDArray[np.bool_]) -> "Lives":
        """The same of some people."""
        return Lives(*(getattr(self, field.name)[kept] for field in fields(self)))


@dataclass(frozen=True)
class Moves:
    """Chances of a move that were observed: ``row`` (where from), ``outcome``, ``person`` (0…), ``site`` (0…), and
    ``weight``, below 1 where the outcome was not noted and is shared among the possible ones."""

    row: Ints
    outcome: Ints
    person: Ints
    site: Ints
    weight: NDArray[np.float64]

    def table(self, rows: int, outcomes: int) -> NDArray[np.float64]:
        """Counts (rows, outcomes)."""
        flat = np.bincount(self.row * outcomes + self.outcome, self.weight, rows * outcomes)
        return np.asarray(flat.reshape(rows, outcomes), np.float64)


def lives(tables: Tables, months: pl.DataFrame, people: pl.DataFrame, classes: Classes, scheme: str) -> Lives:
    """The states of everybody whose first path is at sites of a scheme.

    :param months: of :func:`convergence.analysis.months.person_months`, months of lost people left empty.
    :param people: of :func:`convergence.analysis.profiles.profiles`.
    :raises AnalysisError: nobody is there, or months are missing.
    """
    frame = months.filter(pl.col("scheme") == scheme).join(people, on="person", how="semi", maintain_order="left")
    if frame.is_empty():
        raise AnalysisError(
            f"Aucun parcours aux chantiers «\u00a0{scheme}\u00a0» dans ces données\u00a0: "
            "vérifiez le fichier, ou choisissez un autre dispositif."
        )
    keys = frame["person"].unique(maintain_order=True)
    if frame.height % keys.len() or (frame["elapsed"].to_numpy().reshape(keys.len(), -1)[:, 0] != 0).any():
        raise AnalysisError(
            "Des mois manquent au tableau des mois\u00a0: refaites-le avec person_months, "
            "qui donne tous les mois à chaque personne."
        )
    shape = (keys.len(), frame.height // keys.len())
    at_start = pl.DataFrame({"person": keys}).join(people, on="person", how="left", maintain_order="left")
    path = np.logical_and.accumulate(frame["in_path"].to_numpy().reshape(shape), axis=1)
    # Gaps between contracts may carry a path past sixty months: it ends there for the model, and goes on as another.
    path[:, LONGEST:] = False
    within = frame["within"].to_numpy().reshape(shape)
    ended = ~path & within
    left = np.where(ended.any(axis=1), ended.argmax(axis=1), UNKNOWN)
    motive = _exits(tables, keys)
    again = frame["in_path"].to_numpy().reshape(shape) & ~path
    work = _coded(
        frame,
        "employment",
        {term.value: Work.NONE for term in Employment if term not in _JOBS}
        | {term.value: Work.OTHER for term in _JOBS},
    ).reshape(shape)
    work = np.where(path, Work.PATH, np.where(again, Work.AGAIN, work))
    return Lives(
        person=keys.to_numpy(),
        site=at_start["site"].fill_null(UNKNOWN).to_numpy(),
        territory=at_start["territory"].fill_null(UNKNOWN).to_numpy(),
        profile=classes.of(at_start),
        began=(at_start["entered"].dt.year() * 12 + at_start["entered"].dt.month() - 1 - 1970 * 12)
        .to_numpy()
        .astype(np.int64),
        left=left,
        exit=np.where(left >= 0, motive["exit"].to_numpy(), UNKNOWN),
        died=motive["died"].to_numpy() & (left >= 0),
        step=_coded(frame, "housing", {value.value: STEPS.index(value.step) for value in Housing}).reshape(shape),
        care=_coded(frame, "care_path", {term.value: int(term in _IN_CARE) for term in CarePath}).reshape(shape),
        work=np.where(within, work, UNKNOWN),
        path=path,
        within=within,
        hours=frame["weekly_hours"].fill_null(0.0).to_numpy().reshape(shape),
    )


_IN_CARE = (CarePath.UNDER_WAY, CarePath.STABILISED)


def _coded(frame: pl.DataFrame, column: str, codes: Mapping[str, int]) -> Ints:
    numbers = pl.col(column).cast(pl.String).replace_strict(codes, default=UNKNOWN, return_dtype=pl.Int64)
    return frame.select(numbers.fill_null(UNKNOWN)).to_series().to_numpy()


def _exits(tables: Tables, keys: pl.Series) -> pl.DataFrame:
    """`exit` (place in ``EXITS``, -1 where none was noted) and `died`, in the order of ``keys``."""
    first = first_paths(tables).select("person", "path")
    noted = tables.exits.select("path", "on", "motive").collect().join(first, on="path")
    places = [EXITS.index(_exit(ExitMotive(motive), on)) for motive, on in noted.select("motive", "on").iter_rows()]
    noted = noted.select("person", died=pl.col("motive") == ExitMotive.DEATH.value).with_columns(
        exit=pl.Series(places, dtype=pl.Int64)
    )
    return (
        pl.DataFrame({"person": keys})
        .join(noted, on="person", how="left", maintain_order="left")
        .with_columns(pl.col("exit").fill_null(UNKNOWN), pl.col("died").fill_null(False))
    )


def _exit(motive: ExitMotive, on: object) -> Exit:
    if motive is ExitMotive.NO_NEWS:
        return Exit.LOST
    return Exit(table_on(on).categories[motive].value)  # type: ignore[arg-type]


def exits(lives: Lives) -> Moves:
    """Rows (class, band of duration, home) → stay, or one of the six exits: each month begun in the first path."""
    people, months = lives.path.shape
    began = np.column_stack([np.ones(people, np.bool_), lives.path[:, :-1]]) & lives.within
    before = np.column_stack([lives.step[:, :1], lives.step[:, :-1]])
    home = np.where(before == UNKNOWN, 2, ((before >= HOUSED) & (before < N_STEPS - 1)).astype(np.int64))
    who, month = np.nonzero(began)
    row = (lives.profile[who] * N_BANDS + band_of(np.minimum(month, months))) * N_HOMES + home[who, month]
    leaves = lives.left[who] == month
    outcome = np.where(leaves, lives.exit[who] + 1, 0)
    weight = np.ones(who.size)
    not_noted = leaves & (lives.exit[who] == UNKNOWN)
    if not not_noted.any():
        return Moves(row, outcome, who, lives.site[who], weight)
    shares = np.bincount(lives.exit[lives.exit >= 0], minlength=N_EXITS) + 0.5
    shares = shares / shares.sum()
    spread = np.flatnonzero(not_noted)
    again = np.repeat(spread, N_EXITS)
    kept = np.flatnonzero(~not_noted)
    order = np.concatenate([kept, again])
    outcome = np.concatenate([outcome[kept], np.tile(np.arange(1, N_EXITS + 1), spread.size)])
    weight = np.concatenate([weight[kept], np.tile(shares, spread.size)])
    return Moves(row[order], outcome, who[order], lives.site[who[order]], weight)


def housing(lives: Lives) -> Moves:
    """Rows (class, phase: in a path or after it, step) → step a month later, where both are known."""
    return _aspect(lives, lives.step, N_STEPS)


def care(lives: Lives) -> Moves:
    """Rows (class, phase, in care or not) → in care or not a month later, where both are known."""
    return _aspect(lives, lives.care, N_CARE)


def _aspect(lives: Lives, values: Ints, levels: int) -> Moves:
    known = (values[:, :-1] != UNKNOWN) & (values[:, 1:] != UNKNOWN)
    who, month = np.nonzero(known)
    after = ~np.isin(lives.work[who, month], (Work.PATH, Work.AGAIN))
    row = (lives.profile[who] * 2 + after) * levels + values[who, month]
    return Moves(row, values[who, month + 1], who, lives.site[who], np.ones(who.size))


def work_after(lives: Lives) -> Moves:
    """Rows (class, work after the path) → none, other, again in a path a month later, where both are known."""
    known = (lives.work[:, :-1] > Work.PATH) & (lives.work[:, 1:] > Work.PATH)
    who, month = np.nonzero(known)
    row = lives.profile[who] * 3 + lives.work[who, month] - 1
    return Moves(row, lives.work[who, month + 1] - 1, who, lives.site[who], np.ones(who.size))


def landings(lives: Lives) -> NDArray[np.float64]:
    """(exits, 2): people by exit, then without work or with, at the first news in the three months from the exit."""
    counts = np.zeros((N_EXITS, 2))
    months = lives.work.shape[1]
    for person in np.flatnonzero((lives.left >= 0) & (lives.exit >= 0) & ~lives.died):
        left = lives.left[person]
        news = lives.work[person, left : min(left + _LANDED_WITHIN, months)]
        news = news[np.isin(news, (Work.NONE, Work.OTHER))]
        if news.size:
            counts[lives.exit[person], int(news[0] == Work.OTHER)] += 1
    return counts


def at_entry(lives: Lives) -> tuple[Ints, Ints]:
    """Class and pair (step × 2 + care) of everybody of whom both were known in the month of the entry."""
    known = (lives.step[:, 0] != UNKNOWN) & (lives.care[:, 0] != UNKNOWN)
    return lives.profile[known], lives.step[known, 0] * N_CARE + lives.care[known, 0]

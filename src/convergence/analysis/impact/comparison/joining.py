"""A dataset and a comparison in one: keys made apart, people of both sides told, one date for both."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import polars as pl

from convergence.analysis.dataset import SCHEMAS, Dataset, Tables
from convergence.analysis.dataset.tables import references
from convergence.analysis.impact.comparison.flaws import ComparisonError, some
from convergence.analysis.impact.comparison.keys import moved, own_key
from convergence.analysis.impact.comparison.reading import Comparison

_SAME_PROFILE = ("birth_year", "sex", "education", "nationality", "household", "children", "entered")


@dataclass(frozen=True)
class Joined:
    """Tables of both sides; ``as_of`` is the earlier of the two dates, up to which both are known."""

    tables: Tables
    as_of: date
    notes: tuple[str, ...]


def join(dataset: Dataset, comparison: Comparison) -> Joined:
    """The dataset with the people of a comparison, whose sites are `ordinary` or `none`.

    Keys of the comparison are raised above those of the dataset. Where keys are shared, people of both sides are
    refused, or left out of the comparison and counted, as its `comparison.toml` says.

    :raises ComparisonError: people of both sides; nobody left; no time in common.
    """
    as_of = min(dataset.manifest.about.as_of, comparison.as_of)
    notes = [*comparison.notes, *_dates(dataset, comparison)]
    frames, left_out = _without_those_of_both(dataset, comparison)
    notes += left_out
    began = frames["paths"]["since"].min()
    if began is None or began > as_of:  # type: ignore[operator]
        raise ComparisonError(
            (
                f"La comparaison « {comparison.name} » n’a personne de suivi avant le {as_of:%d/%m/%Y} : "
                "rien à comparer.",
            )
        )
    notes += _late(frames, as_of)
    frames = _same_territory(dataset.tables, frames)
    notes += _alike(dataset.tables, frames)
    greatest = {table: _greatest(dataset.tables, table) for table in SCHEMAS}
    greatest["territories"] = 0
    apart = moved(frames, greatest)
    known = dataset.tables.territories.select("territory").collect()["territory"]
    apart["territories"] = apart["territories"].filter(~pl.col("territory").is_in(known.implode()))
    held = dataset.tables.to_dict()
    return Joined(
        Tables.cast({name: pl.concat([held[name], apart[name].lazy()]) for name in SCHEMAS}), as_of, tuple(notes)
    )


def _dates(dataset: Dataset, comparison: Comparison) -> Iterator[str]:
    mine, other = dataset.manifest.about.as_of, comparison.as_of
    if mine != other:
        yield (
            f"Le jeu de données s’arrête au {mine:%d/%m/%Y}, la comparaison « {comparison.name} » au "
            f"{other:%d/%m/%Y} : les deux ne sont suivis que jusqu’au {min(mine, other):%d/%m/%Y}."
        )


def _without_those_of_both(dataset: Dataset, comparison: Comparison) -> tuple[dict[str, pl.DataFrame], list[str]]:
    if not comparison.shared:
        return comparison.frames, []
    mine = dataset.tables.people.select("person").collect()["person"].cast(pl.String)
    both = comparison.persons.filter(pl.col("text").is_in(mine.implode()))["number"]
    if not len(both):
        return comparison.frames, []
    if not comparison.leave_out:
        raise ComparisonError(
            (
                f"Personnes à la fois dans le jeu de données et dans la comparaison « {comparison.name} » : "
                f'{len(both)}. Personne ne se compare à soi-même : mettez both = "leave_out" pour les retirer '
                "d’ici, en le disant.",
            )
        )
    note = (
        f"Personnes retirées de la comparaison « {comparison.name} » parce qu’elles sont aussi dans le jeu de "
        f"données : {some(len(both))}. Celles qui restent n’y sont jamais entrées, ce qui les distingue déjà."
    )
    return _only_others(comparison.frames, both), [note]


def _only_others(frames: dict[str, pl.DataFrame], gone: pl.Series) -> dict[str, pl.DataFrame]:
    made = {}
    for name, frame in frames.items():
        made[name] = frame.filter(~pl.col("person").is_in(gone.implode())) if "person" in frame.columns else frame
    made["follow_ups"] = frames["follow_ups"].join(made["extended_support"], on="support", how="semi")
    return made


def _late(frames: dict[str, pl.DataFrame], as_of: date) -> Iterator[str]:
    late = frames["sites"].filter(pl.col("opened") > as_of).height
    if late:
        yield (
            f"Chantiers de la comparaison qui ouvrent après le {as_of:%d/%m/%Y} : {late}. Personne n’y est suivi dans "
            "la période commune, ils n’apportent rien."
        )


def _alike(tables: Tables, frames: dict[str, pl.DataFrame]) -> Iterator[str]:
    """People who have the same well-known profile and day of entry as somebody of the dataset."""
    known = pl.all_horizontal(pl.col(name).is_not_null() for name in _SAME_PROFILE)
    mine = tables.people.filter(known).select(_SAME_PROFILE).collect()
    twins = frames["people"].filter(known).join(mine, on=_SAME_PROFILE, how="semi").height
    if twins:
        yield (
            "Personnes de la comparaison qui ont le même profil et le même jour d’entrée qu’une personne du jeu de "
            f"données : {some(twins)}. Vérifiez que ce ne sont pas les mêmes, et retirez-les si oui."
        )


def _same_territory(tables: Tables, frames: dict[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """The territory's key becomes that of the dataset's territory of the same name, or the next one."""
    mine = tables.territories.collect()
    named = dict(zip(mine["name"], mine["territory"], strict=True))
    free = _greatest(tables, "territories")
    keys: dict[int, int] = {}
    for key, name in frames["territories"].select("territory", "name").iter_rows():
        if name not in named:
            free += 1
            named[name] = free
        keys[key] = named[name]
    made = {}
    for table, frame in frames.items():
        columns = [column for column, other in references(table).items() if other == "territories"]
        if table == "territories":
            columns.append("territory")
        made[table] = frame.with_columns(
            pl.col(column).replace_strict(keys, default=None, return_dtype=pl.Int64) for column in columns
        )
    return made


def _greatest(tables: Tables, table: str) -> int:
    key = own_key(table)
    if key is None:
        return 0
    found = tables.to_dict()[table].select(pl.col(key).max()).collect().item()
    return int(found or 0)

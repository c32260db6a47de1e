"""Who people are on the day they enter: what comparisons adjust for, and what models tell apart."""

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from convergence.analysis.dataset import Tables
from convergence.analysis.errors import AnalysisError
from convergence.analysis.months import first_paths
from convergence.vocabulary.base import Term
from convergence.vocabulary.entry import Education, Household, NationalityGroup, TimeWithoutWork
from convergence.vocabulary.health import CarePath, Disability
from convergence.vocabulary.housing import Housing, HousingStep
from convergence.vocabulary.people import Sex
from convergence.vocabulary.rights import Benefit

STANDARD = (
    "age",
    "woman",
    "education",
    "french",
    "refugee",
    "single_parent",
    "street_path",
    "time_without_work",
    "housing",
    "rsa",
    "rqth",
    "year",
)
"""Covariates of a comparison unless a protocol names others."""

LABELS = {
    "age": "Âge",
    "woman": "Femme",
    "education": "Niveau de formation",
    "french": "Nationalité française",
    "refugee": "Réfugiée ou réfugié",
    "single_parent": "Parent seul",
    "street_path": "A vécu à la rue",
    "time_without_work": "Durée sans emploi",
    "housing": "Étape de logement",
    "rsa": "RSA ouvert",
    "rqth": "RQTH accordée",
    "aah": "AAH ouverte",
    "addiction": "Besoin en addictologie",
    "children": "Enfants à charge",
    "needs": "Niveau moyen des besoins",
    "year": "Année d’entrée (depuis 2000)",
}
"""Characteristics at entry, as they are printed; a column that says « inconnu » too."""
LABELS |= {f"{name} inconnu": f"{label} (non connu)" for name, label in list(LABELS.items())}

_LEARNT_WITHIN = "1mo"
"""A fact first written down in the month after the entry tells of the entry."""

_NOT_COVARIATES = ("person", "path", "site", "scheme", "territory", "entered", "left")


def profiles(tables: Tables) -> pl.DataFrame:
    """One row a person with a path, as she was on its first day; null where it is not known, never zero.

    =====================  ==========================================================================================
    `person`, `path`       the person and her first path; `site`, `scheme`, `territory` where it begins
    `entered`, `left`      its first day, and the first day after it (null while it runs)
    `year`                 of the entry
    `age`                  years, of calendar years alone
    `education`            rank 0 to 4 of the list; `time_without_work` 0 to 3; `children` in her charge
    `housing`              rank 0 (street) to 4 (autonomous) of the five values; null in an institution too
    `needs`                mean level, 0 to 4, over the needs rated at her first review
    the others             1.0 or 0.0: `woman`, `french`, `refugee`, `single_parent`, `street_path`, `rsa`, `aah`,
                           `rqth` (granted), `addiction` (care to set up, under way or interrupted)
    =====================  ==========================================================================================
    """
    paths = first_paths(tables).rename({"since": "entered", "until": "left"})
    people = tables.people.select(
        "person",
        "territory",
        "birth_year",
        "children",
        woman=_is("sex", Sex.WOMAN),
        education=_rank("education", Education),
        french=_is("nationality", NationalityGroup.FRENCH),
        refugee=pl.col("refugee").cast(pl.Float64),
        single_parent=_is("household", Household.SINGLE_PARENT),
        street_path=pl.col("street_path").cast(pl.Float64),
        time_without_work=_rank("time_without_work", TimeWithoutWork),
    ).collect()
    known = paths.join(people, on="person", how="left").with_columns(year=pl.col("entered").dt.year())
    known = known.with_columns(
        age=(pl.col("year") - pl.col("birth_year")).cast(pl.Float64), children=pl.col("children").cast(pl.Float64)
    )
    sought = (CarePath.TO_SET_UP, CarePath.UNDER_WAY, CarePath.INTERRUPTED)
    for name, aspect, values in (
        ("rsa", "rsa", (Benefit.OPEN,)),
        ("aah", "aah", (Disability.GRANTED,)),
        ("rqth", "rqth", (Disability.GRANTED,)),
        ("addiction", "addiction_care", sought),
    ):
        at_entry = _at_entry(tables, paths, aspect)
        known = known.join(at_entry, on="person", how="left").with_columns(
            pl.col("value").is_in([value.value for value in values]).cast(pl.Float64).alias(name)
        )
        known = known.drop("value")
    housed = _at_entry(tables, paths, "housing").with_columns(
        housing=pl.col("value").replace_strict(_housing_ranks(), return_dtype=pl.Float64)
    )
    known = known.join(housed.select("person", "housing"), on="person", how="left")
    rated = (
        tables.needs.filter(pl.col("review") == 1)
        .group_by("person")
        .agg(needs=pl.col("level").mean().cast(pl.Float64))
        .collect()
    )
    known = known.join(rated, on="person", how="left")
    return known.drop("birth_year").sort("person")


def covariates(people: pl.DataFrame, names: Sequence[str] = STANDARD) -> tuple[NDArray[np.float64], tuple[str, ...]]:
    """Profiles as numbers: a matrix (people, columns) and the names of its columns.

    Where a value is missing the mean of the known ones stands, and a column "… inconnu" of ones and zeros says so, so
    that a comparison adjusts for not knowing too. A column that never varies is left out: it tells nobody apart.

    :raises AnalysisError: a name that profiles do not have, or a column that nobody has a value of.
    """
    columns: list[NDArray[np.float64]] = []
    kept: list[str] = []
    for name in names:
        if name not in people.columns or name in _NOT_COVARIATES:
            possible = ", ".join(column for column in people.columns if column not in _NOT_COVARIATES)
            raise AnalysisError(f"La covariable «\u00a0{name}\u00a0» n’existe pas\u00a0: choisissez parmi {possible}.")
        values = people[name].cast(pl.Float64).to_numpy(writable=True)
        missing = np.isnan(values)
        if missing.all():
            raise AnalysisError(
                f"La covariable «\u00a0{name}\u00a0» n’est connue de personne\u00a0: donnez un protocole dont la liste "
                "analysis.covariates ne la nomme pas."
            )
        values[missing] = values[~missing].mean()
        for column, label in ((values, name), (missing.astype(np.float64), f"{name} inconnu")):
            if column.min() < column.max():
                columns.append(column)
                kept.append(label)
    matrix = np.column_stack(columns) if columns else np.empty((people.height, 0))
    return matrix, tuple(kept)


def _is(column: str, term: Term) -> pl.Expr:
    return (pl.col(column).cast(pl.String) == term.value).cast(pl.Float64)


def _rank(column: str, terms: type[Term]) -> pl.Expr:
    """The place of a code in its list, which goes in order."""
    ranks = {term.value: float(place) for place, term in enumerate(terms)}
    return pl.col(column).cast(pl.String).replace_strict(ranks, return_dtype=pl.Float64)


def _housing_ranks() -> dict[str, float | None]:
    steps = [step for step in HousingStep if step is not HousingStep.INSTITUTION]
    return {
        value.value: None if value.step is HousingStep.INSTITUTION else float(steps.index(value.step))
        for value in Housing
    }


def _at_entry(tables: Tables, paths: pl.DataFrame, aspect: str) -> pl.DataFrame:
    """`person`, `value` (str): what is known of an aspect on the first day, or was learnt in the month after it."""
    told = (
        tables.situations.filter(pl.col("aspect") == aspect, pl.col("value").is_not_null())
        .select("person", "since", "until", pl.col("value").cast(pl.String))
        .collect()
    )
    return (
        told.join(paths.select("person", "entered"), on="person")
        .filter(
            pl.col("since") <= pl.col("entered").dt.offset_by(_LEARNT_WITHIN),
            pl.col("until").is_null() | (pl.col("until") > pl.col("entered")),
        )
        .sort("person", "since")
        .group_by("person", maintain_order=True)
        .agg(pl.col("value").first())
    )

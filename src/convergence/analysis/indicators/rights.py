"""Rights: what was not open when the person entered, and is since."""

from collections.abc import Collection
from dataclasses import dataclass

import polars as pl

from convergence.analysis.dataset import Tables
from convergence.analysis.indicators.figures import Figure, Period, share
from convergence.analysis.indicators.observed import Who, observed
from convergence.vocabulary.health import Disability, HealthCover, YesNo
from convergence.vocabulary.rights import BankAccount, Benefit, Domiciliation, IdentityDocument, ResidencePermit


@dataclass(frozen=True)
class RightSet:
    """Rights by aspect: the values for which each is lacking, and those for which it is open.

    Other values (not needed, no right to it) say neither.
    """

    label: str
    definition: str
    lacking: dict[str, Collection[str]]
    open: dict[str, Collection[str]]


_BENEFIT = (Benefit.TO_ASK, Benefit.ASKED, Benefit.SUSPENDED)

RIGHTS = RightSet(
    "Droits ouverts ou rétablis",
    "Pièce d’identité, titre de séjour, domiciliation, compte bancaire, couverture santé, RSA, ASS, prime d’activité, "
    "aide au logement.",
    lacking={
        "identity_document": (IdentityDocument.NONE, IdentityDocument.BEING_MADE, IdentityDocument.LOST),
        "residence_permit": (ResidencePermit.NONE,),
        "domiciliation": (Domiciliation.NONE, Domiciliation.ASKED, Domiciliation.STRUCK_OFF),
        "bank_account": (BankAccount.NONE, BankAccount.RIGHT_ASKED),
        "health_cover": (HealthCover.NONE, HealthCover.MAINTAINED),
        "rsa": _BENEFIT,
        "ass": _BENEFIT,
        "in_work_benefit": _BENEFIT,
        "housing_aid": _BENEFIT,
    },
    open={
        "identity_document": (IdentityDocument.VALID,),
        "residence_permit": (
            ResidencePermit.RECEIPT,
            ResidencePermit.ONE_YEAR,
            ResidencePermit.SEVERAL_YEARS,
            ResidencePermit.TEN_YEARS,
        ),
        "domiciliation": (Domiciliation.GRANTED,),
        "bank_account": (BankAccount.OPEN,),
        "health_cover": tuple(set(HealthCover) - {HealthCover.NONE, HealthCover.MAINTAINED}),
        "rsa": (Benefit.OPEN,),
        "ass": (Benefit.OPEN,),
        "in_work_benefit": (Benefit.OPEN,),
        "housing_aid": (Benefit.OPEN,),
    },
)
HEALTH_RIGHTS = RightSet(
    "Droits de santé ouverts",
    "Couverture santé, médecin traitant, RQTH, AAH.",
    lacking={
        "health_cover": (HealthCover.NONE, HealthCover.MAINTAINED),
        "regular_doctor": (YesNo.NO,),
        "rqth": (Disability.TO_ASK, Disability.ASKED),
        "aah": (Disability.TO_ASK, Disability.ASKED),
    },
    open={
        "health_cover": RIGHTS.open["health_cover"],
        "regular_doctor": (YesNo.YES,),
        "rqth": (Disability.GRANTED,),
        "aah": (Disability.GRANTED,),
    },
)


def share_recovered(tables: Tables, period: Period, rights: RightSet, who: Who) -> Figure:
    """Of the people who lacked at least one of the rights when they entered, the share with one of those open since.

    Unknown: people who lacked one, none known to be open since, and for one of which nothing is known any more.
    """
    _, answers = _answers(tables, period, rights, who)
    known = answers.drop_nulls("recovered")
    definition = (
        f"{rights.label}\u00a0: au moins un, en part des {who.value.format(period=period)}, à qui il en manquait un à "
        f"l’entrée. {rights.definition}"
    )
    return share(int(known["recovered"].sum()), known.height, definition, unknown=answers.height - known.height)


def share_opened(tables: Tables, period: Period, rights: RightSet, who: Who) -> Figure:
    """The share of all people for whom a right that they lacked when they entered is known to be open since."""
    people, answers = _answers(tables, period, rights, who)
    definition = (
        f"{rights.label}\u00a0: au moins un depuis l’entrée, en part de toutes les {who.value.format(period=period)}. "
        f"{rights.definition}"
    )
    return share(int(answers["recovered"].sum()), people, definition)


def _answers(tables: Tables, period: Period, rights: RightSet, who: Who) -> tuple[int, pl.DataFrame]:
    """How many people are looked at; for each of those who lacked a right at entry, `recovered`: whether one of the
    rights that she lacked is open since, null when that is not known."""
    people = observed(tables, period, who).with_row_index("row")
    spells = (
        tables.situations.filter(pl.col("aspect").is_in(list(rights.lacking)))
        .join(people.lazy(), on="person")
        .with_columns(pl.col("aspect", "value").cast(pl.String))
        .collect()
    )

    def on(day: str) -> pl.DataFrame:
        lasts = pl.col("until").is_null() | (pl.col("until") > pl.col(day))
        return spells.filter(pl.col("since") <= pl.col(day), lasts).select("row", "aspect", "value")

    lacked = on("begins").join(_pairs(rights.lacking), on=["aspect", "value"], how="semi").select("row", "aspect")
    opened = _pairs(rights.open).with_columns(open=True)
    since = (
        lacked.join(on("day"), on=["row", "aspect"], how="left")
        .join(opened, on=["aspect", "value"], how="left")
        .with_columns(open=pl.when(pl.col("value").is_not_null()).then(pl.col("open").fill_null(False)))
    )
    # One open right is enough; failing that, one that is not known leaves the answer unknown.
    return people.height, since.group_by("row").agg(recovered=pl.col("open").any(ignore_nulls=False))


def _pairs(values: dict[str, Collection[str]]) -> pl.DataFrame:
    pairs = [(aspect, str(value)) for aspect, of_aspect in values.items() for value in sorted(of_aspect)]
    return pl.DataFrame(pairs, schema={"aspect": pl.String, "value": pl.String}, orient="row")

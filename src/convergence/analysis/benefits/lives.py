"""Circumstances read from the panel of lives of a dataset."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from convergence.analysis.benefits.assumptions import Assumptions, assumptions
from convergence.analysis.benefits.circumstances import Circumstances, History, Rented
from convergence.analysis.benefits.errors import BenefitsError
from convergence.analysis.benefits.system import parameter, tax_system
from convergence.analysis.french import NBSP
from convergence.vocabulary.employment import Employment
from convergence.vocabulary.health import Disability
from convergence.vocabulary.housing import Housing
from convergence.vocabulary.rights import Benefit, ResidencePermit

WEEKS_A_MONTH = 52 / 12
_SMIC = "marche_travail.salaire_minimum.smic.smic_b_horaire"
_USUAL_AGE = 40.0

_RENTED = {
    Housing.SEMI_DURABLE: Rented.RESIDENCE,
    Housing.SOCIAL_RESIDENCE: Rented.RESIDENCE,
    Housing.YOUNG_WORKERS: Rented.RESIDENCE,
    Housing.PENSION_DE_FAMILLE: Rented.RESIDENCE,
    Housing.SUBLET: Rented.PRIVATE,
    Housing.PRIVATE_LEASE: Rented.PRIVATE,
    Housing.AUTONOMOUS: Rented.SOCIAL,
    Housing.SOCIAL_LEASE: Rented.SOCIAL,
    Housing.COMPLETED_BAIL_GLISSANT: Rented.SOCIAL,
}
"""What opens a housing aid; shelters, hotels, third parties, owners and institutions do not."""
_JOBS = (Employment.SHORT_TERM, Employment.LONG_TERM, Employment.OPEN_ENDED, Employment.OWN_BUSINESS)
_PERMITS = (ResidencePermit.NOT_NEEDED, ResidencePermit.TEN_YEARS)
"""Permits with which RSA is due at once; the others ask for five years, which a file does not tell."""
_HELD = (Benefit.OPEN, Benefit.SUSPENDED)


def circumstances_of(
    months: pl.DataFrame,
    people: pl.DataFrame,
    *,
    history: History | Circumstances,
    zone: int = 1,
    assumed: Assumptions | None = None,
) -> Circumstances:
    """The lives of :func:`convergence.analysis.months.person_months` as amounts need them.

    Rents are those of the assumptions, by status. Somebody satisfies the condition of residence if she is French or a
    refugee, needs no permit, holds one of ten years, or has had RSA. What nobody knows of a month counts as no wage,
    no rent and no right, nor do months that have not happened yet: leave them out of an account, as `observed` says.

    :param months: one row a person and month, sorted, everybody with all months.
    :param people: what :func:`convergence.analysis.profiles.profiles` gives; it holds everybody of ``months``.
    :param history: what is supposed of the months before the first; said, never silent.
    :param zone: of the housing aid, 1 to 3; Paris is in 1.
    :raises BenefitsError: a frame of another shape, or somebody without a profile.
    """
    assumed = assumed or assumptions()
    persons = months["person"].unique(maintain_order=True)
    if not len(persons) or len(months) % len(persons):
        raise BenefitsError("Chaque personne doit avoir tous les mois, et une ligne par mois.")
    shape = (len(persons), len(months) // len(persons))
    known = pl.DataFrame({"person": persons}).join(people, on="person", how="left", maintain_order="left")
    if known["entered"].null_count():
        raise BenefitsError(
            f"{known['entered'].null_count()} personnes des mois n’ont pas de profil{NBSP}: donnez-les."
        )
    first = months["month"].to_numpy().reshape(shape)[:, 0].astype("datetime64[M]")

    def column(name: str) -> NDArray[Any]:
        return months[name].to_numpy().reshape(shape)

    def is_in(name: str, *terms: Any) -> NDArray[np.bool_]:
        values = [term.value for term in terms]
        return months[name].cast(pl.String).is_in(values).fill_null(False).to_numpy().reshape(shape)

    gross = np.nan_to_num(column("gross").astype(float))
    hours = np.nan_to_num(column("weekly_hours").astype(float)) * WEEKS_A_MONTH
    gross, hours, jobs = _with_jobs(gross, hours, is_in("employment", *_JOBS), first, assumed)
    housing = (
        months["housing"]
        .cast(pl.String)
        .replace_strict({value.value: int(code) for value, code in _RENTED.items()}, default=0, return_dtype=pl.Int8)
    )
    happened = column("within")
    rented = housing.fill_null(0).to_numpy().reshape(shape) * happened
    children = known["children"].fill_null(0).to_numpy().astype(np.int8)
    age = known["age"].fill_null(_USUAL_AGE).to_numpy()
    year = known["year"].to_numpy()
    return Circumstances(
        first_month=first,
        gross=gross,
        hours=hours,
        aci=(months["employer"] == "aci").fill_null(False).to_numpy().reshape(shape),
        public_employer=months["public_body"].fill_null(False).to_numpy().reshape(shape),
        housing=rented,
        rent=_rents(assumed)[rented],
        disabled=happened & is_in("aah", Disability.GRANTED),
        ass=happened & is_in("ass", Benefit.OPEN),
        resident=happened & _resident(is_in("rsa", *_HELD), is_in("residence_permit", *_PERMITS), known),
        birth=(year - age - 1970).astype("datetime64[Y]").astype("datetime64[M]") + 6,
        couple=(children > 0) & (known["single_parent"] == 0).fill_null(False).to_numpy(),
        children=children,
        history=history,
        zone=np.full(shape[0], zone, np.int8),
        notes=_notes(months, known, jobs, assumed),
    )


def _with_jobs(
    gross: NDArray[Any],
    hours: NDArray[Any],
    job: NDArray[np.bool_],
    first: NDArray[np.datetime64],
    assumed: Assumptions,
) -> tuple[NDArray[Any], NDArray[Any], int]:
    """Wages supposed of jobs whose contract is not in the file, and of contracts without hours: the SMIC."""
    supposed = job & (gross <= 0)
    if not supposed.any():
        return gross, np.where(gross > 0, hours, 0), 0
    calendar = first[:, None] + np.arange(gross.shape[1])
    smic = np.zeros(gross.shape)
    for month in np.unique(calendar[supposed]):
        smic[calendar == month] = parameter(tax_system(), _SMIC, str(month))
    paid = assumed.job_hours * WEEKS_A_MONTH
    return np.where(supposed, paid * smic, gross), np.where(supposed, paid, hours), int(supposed.sum())


def _rents(assumed: Assumptions) -> NDArray[np.float64]:
    names = {Rented.PRIVATE: "private", Rented.SOCIAL: "social", Rented.RESIDENCE: "residence"}
    return np.array([assumed.rents[names[code]].amount if code in names else 0.0 for code in Rented])


def _resident(held: NDArray[np.bool_], permitted: NDArray[np.bool_], known: pl.DataFrame) -> NDArray[np.bool_]:
    once = np.logical_or.accumulate(held | permitted, axis=1)
    always = ((known["french"] == 1) | (known["refugee"] == 1)).fill_null(False).to_numpy()
    resident: NDArray[np.bool_] = once | always[:, None]
    return resident


def _notes(months: pl.DataFrame, known: pl.DataFrame, jobs: int, assumed: Assumptions) -> tuple[str, ...]:
    notes = []
    unhoused = months.filter("observed")["housing"].null_count()
    if unhoused:
        notes.append(
            f"{unhoused} mois observés n’ont pas de logement connu{NBSP}: aucune aide au logement n’y est comptée."
        )
    if jobs:
        hours = f"{assumed.job_hours:g}"
        notes.append(
            f"{jobs} mois d’emploi sans contrat connu{NBSP}: {hours} heures par semaine au SMIC y sont supposées."
        )
    unaged = known["age"].null_count()
    if unaged:
        notes.append(f"{unaged} personnes n’ont pas d’âge connu{NBSP}: {_USUAL_AGE:g} ans sont supposés.")
    if (known["children"].fill_null(0) > 0).any():
        notes.append("Qui a des enfants sans être parent seul est supposé vivre en couple.")
    notes.append(
        f"Loyers supposés{NBSP}: {', '.join(f'{rent.amount:g} € ({name})' for name, rent in assumed.rents.items())}."
    )
    return tuple(notes)

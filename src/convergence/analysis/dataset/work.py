"""Tables of work: contracts, hours, long absences, placements, ends of path."""

import dataframely as dy
import polars as pl

from convergence.analysis.dataset.columns import (
    amount,
    code,
    day,
    key,
    only_if,
    refers_to,
    rule,
    since_before,
    truth,
    whole,
)
from convergence.vocabulary.absences import AbsenceKind
from convergence.vocabulary.contracts import ContractKind, Programme
from convergence.vocabulary.exits import ExitMotive
from convergence.vocabulary.placements import PlacementPurpose
from convergence.vocabulary.structures import EmployerKind

_HOURS_ROUNDED = 0.05
"""Hours are kept to the minute in some places and to the hundredth in others."""
LONG_ABSENCE = 15
"""Days from which an absence has a row of its own (R5132-1-10: beyond it the PASS may be suspended)."""


class Contracts(dy.Schema):
    """Work contracts: those of the path, at the site or with another employer, and jobs after it."""

    contract = key("the contract, its renewals apart")
    person = refers_to("people", "who works")
    path = refers_to("paths", "the path it belongs to; empty for a job after the path", nullable=True)
    site = refers_to("sites", "the site; empty with another employer", nullable=True)
    employer_kind = code(EmployerKind, "kind of employer")
    kind = code(ContractKind, "kind of contract")
    programme = code(Programme, "programme of a CDDI; empty for other contracts", nullable=True)
    weekly_hours = amount("hours of the contract", "hours/week", most=48)
    monthly_gross = amount("gross wage, euros of that year", "€/month", most=100_000)
    since = day("first day")
    until = day("first day after its term; may lie in the future; empty when open-ended", nullable=True)
    ended_on = day("first day after it really ended, at or before its term; empty while it runs", nullable=True)
    dates_in_order = since_before()
    ends_after_it_begins = since_before("ended_on")
    ends_at_its_term_at_the_latest = rule(pl.col("ended_on") <= pl.col("until"))
    open_ended_has_no_term = rule(
        pl.col("until").is_null() == pl.col("kind").is_in([ContractKind.OPEN_ENDED, ContractKind.CDI_INCLUSION])
    )
    programme_of_a_cddi = rule(pl.col("programme").is_not_null() == (pl.col("kind") == ContractKind.CDDI))
    site_is_an_aci = only_if("site", pl.col("employer_kind") == EmployerKind.ACI)
    path_within_iae = only_if("path", pl.col("employer_kind") != EmployerKind.ORDINARY)


class Hours(dy.Schema):
    """Hours of a contract in one month: every planned hour is worked or missed for one of three reasons."""

    contract = refers_to("contracts", "the contract", primary_key=True)
    person = refers_to("people", "who works")
    month = day("first day of the month", primary_key=True)
    planned = amount("hours planned", "hours", most=300)
    worked = amount("hours worked", "hours", most=300)
    sick = amount("hours missed, sick", "hours", most=300)
    justified = amount("hours missed for another accepted reason", "hours", most=300)
    unjustified = amount("hours missed without a reason", "hours", most=300)
    first_of_the_month = rule(pl.col("month").dt.day() == 1)
    parts_make_the_whole = rule(
        (pl.col("planned") - pl.col("worked") - pl.col("sick") - pl.col("justified") - pl.col("unjustified")).abs()
        <= _HOURS_ROUNDED
    )


class Absences(dy.Schema):
    """Absences of fifteen days and more."""

    absence = key("the absence")
    contract = refers_to("contracts", "the contract missed")
    person = refers_to("people", "who is away")
    kind = code(AbsenceKind, "kind; never a diagnosis nor an offence")
    since = day("first day away")
    until = day("day of return; empty while it lasts", nullable=True)
    long_enough = rule((pl.col("until") - pl.col("since")).dt.total_days() >= LONG_ABSENCE)


class Placements(dy.Schema):
    """Work placements (PMSMP)."""

    placement = key("the placement")
    person = refers_to("people", "who is placed")
    contract = refers_to("contracts", "the contract during which it takes place")
    since = day("first day")
    until = day("first day after it")
    purpose = code(PlacementPurpose, "which of the three purposes of the law")
    hired_after = truth("whether the host hired her afterwards")
    dates_in_order = since_before()


class Exits(dy.Schema):
    """The motive of the end of a path. The category is not stored: `vocabulary/exits.py` gives it at a date."""

    exit = key("the exit")
    person = refers_to("people", "who leaves")
    path = refers_to("paths", "the path that ended; one exit a path at most", unique=True)
    on = day("first day after the path: its `until`")
    motive = whole("motive, by its code of the ASP", among=ExitMotive, unit="ASP code")

"""Tables of the people: who enters, through what door, and the paths that follow."""

import dataframely as dy
import polars as pl

from convergence.analysis.dataset.columns import (
    LARGEST_PERSON,
    code,
    day,
    in_order,
    key,
    known_or_missing,
    refers_to,
    rule,
    since_before,
    truth,
    whole,
    why_missing,
)
from convergence.vocabulary.entry import Education, Household, NationalityGroup, TimeWithoutWork
from convergence.vocabulary.orientations import CandidacyOutcome, EnteredAs, Referrer
from convergence.vocabulary.people import Sex

_YOUNGEST = 14
"""Years between birth and entry, calendar years alone, at the least: sixteen in law, less two for rounded files."""


class People(dy.Schema):
    """One row a person, as she was known when her file was made. No name, no date of birth, no address."""

    person = key("the person; means nothing outside this dataset", most=LARGEST_PERSON)
    territory = refers_to("territories", "territory of her file")
    sex = code(Sex, "sex", missing=True)
    sex_missing = why_missing()
    birth_year = whole("year of birth", least=1900, most=2100, unit="year", nullable=True)
    birth_year_missing = why_missing()
    education = code(Education, "highest level reached", missing=True)
    education_missing = why_missing()
    nationality = code(NationalityGroup, "nationality, in three groups", missing=True)
    nationality_missing = why_missing()
    refugee = truth("whether she has, or had at entry, international protection", nullable=True)
    refugee_missing = why_missing()
    household = code(Household, "who she lives with", missing=True)
    household_missing = why_missing()
    children = whole("children in her charge", least=0, most=20, unit="children", nullable=True)
    children_missing = why_missing()
    entered = day("the day on which her file was made")
    referred_by = code(Referrer, "who sent her, in twelve kinds", missing=True)
    referred_by_missing = why_missing()
    time_without_work = code(TimeWithoutWork, "time without work before entering", missing=True)
    time_without_work_missing = why_missing()
    street_path = truth("whether she has ever lived in the street", nullable=True)
    street_path_missing = why_missing()
    entered_as = code(EnteredAs, "whether a path followed")
    known_or_said_missing = known_or_missing(
        "sex",
        "birth_year",
        "education",
        "nationality",
        "refugee",
        "household",
        "children",
        "referred_by",
        "time_without_work",
        "street_path",
    )
    old_enough = rule(pl.col("entered").dt.year() - pl.col("birth_year").cast(pl.Int32) >= _YOUNGEST)


class Orientations(dy.Schema):
    """A person is sent to a site."""

    orientation = key("the orientation")
    person = refers_to("people", "the person sent")
    site = refers_to("sites", "the site she is sent to")
    sent_on = day("the day it was sent")
    sender = code(Referrer, "who sent her")


class Candidacies(dy.Schema):
    """A candidacy at a site, and its answer."""

    candidacy = key("the candidacy")
    orientation = refers_to("orientations", "the orientation it answers; empty when none", nullable=True)
    person = refers_to("people", "who applies")
    site = refers_to("sites", "the site applied to")
    opened_on = day("the day it was received")
    waiting_since = day("first day on the waiting list, if ever", nullable=True)
    outcome = code(CandidacyOutcome, "what became of it at the dataset’s date")
    decided_on = day("the day of the answer; empty while waiting", nullable=True)
    dates_in_order = in_order("opened_on", "waiting_since", "decided_on")
    decided_unless_waiting = rule(pl.col("decided_on").is_null() == (pl.col("outcome") == CandidacyOutcome.WAITING))


class Paths(dy.Schema):
    """One stay in the scheme, over one or several contracts. A person who comes back has a second one."""

    path = key("the path")
    person = refers_to("people", "whose path it is")
    rank = whole("1 for the first path of the person, 2 and more for a return", least=1, most=50, unit="rank")
    since = day("first day")
    until = day("first day after the path; empty while it runs", nullable=True)
    dates_in_order = since_before()

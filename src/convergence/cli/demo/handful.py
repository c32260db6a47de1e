"""A handful of what the model does not draw, at one site: so that every page of a path has something to show.

Trainings, amendments of a term, an account of a structure that hosts somebody, workshops, an employer who may be
called, answers to the questions of the FSE+. People and dates follow from what is written already.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import uuid4

from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Model
from django.utils.timezone import get_default_timezone

from convergence.access.models import User
from convergence.cli.demo.people import SOURCE
from convergence.pathways.models import Amendment, Contract, Pathway, Training
from convergence.people.models import Assignment, Host
from convergence.support.models import (
    ExtendedSupport,
    FundAnswer,
    GroupAttendance,
    ThirdParty,
    ThirdPartyWarning,
)
from convergence.vocabulary.extended_support import SupportOpener, ThirdPartyRole
from convergence.vocabulary.funds import FUND_QUESTIONS, FundStage
from convergence.vocabulary.meetings import GroupKind, Outcome
from convergence.vocabulary.missing import Missing
from convergence.vocabulary.placements import LearningResult, TrainingKind
from convergence.vocabulary.roles import Role

HOSTING = "Entreprise d’insertion Maquette"
_TRAININGS = (
    (TrainingKind.LANGUAGE, "Français du quotidien", "Organisme de formation Esquisse", 40),
    (TrainingKind.SAFETY, "Gestes et postures", "École Prototype", 7),
    (TrainingKind.DRIVING, "Code de la route", "Auto-école solidaire Croquis", 20),
    (TrainingKind.QUALIFYING, "CACES 1, 3 et 5", "Organisme de formation Esquisse", 35),
    (TrainingKind.DIGITAL, "Premiers pas avec un ordinateur", "Association Mirage", 12),
)
_WORKSHOPS = (
    (GroupKind.WORKSHOP, "Lire sa fiche de paie", 12),
    (GroupKind.INFORMATION, "Le logement social, comment ça marche", 40),
)
_EACH, _IN_A_GROUP = 4, 6


@dataclass(frozen=True)
class _Somebody:
    """Somebody at work at the site, and the account of whoever follows her."""

    person: int
    by: int
    contract: Contract


def write_handful(site: int, password: str, today: date) -> User | None:
    """Write them beside what stands, once the triggers are back; the account that hosts, if anybody is hosted.

    :param site: primary key of the site.
    :param password: the hash of what the account signs in with.
    """
    people = list(_at_work(site, today))
    _trainings(people, today)
    _amendments(people[len(_TRAININGS) :], today)
    _workshops(people, today)
    _fund_answers(people, today)
    _third_parties(site, today)
    return _host(people[-1], password, today) if people else None


def _at_work(site: int, today: date) -> Iterator[_Somebody]:
    """People whose contract at the site began three months ago or more."""
    running = Contract.objects.current().filter(
        site_id=site, valid__contains=today, valid__startswith__lte=today - timedelta(days=90)
    )
    contracts = {contract.person_id: contract for contract in running.order_by("pk")}
    followed = Assignment.objects.current().filter(
        person_id__in=contracts, valid__contains=today, mission__role=Role.COUNSELLOR.value, mission__site_id=site
    )
    followers = dict(followed.values_list("person_id", "mission__user_id"))
    for person, contract in contracts.items():
        if person in followers:
            yield _Somebody(person, followers[person], contract)


def _trainings(people: list[_Somebody], today: date) -> None:
    for rank, (somebody, (kind, title, organiser, hours)) in enumerate(zip(people, _TRAININGS, strict=False)):
        first = today - timedelta(days=70 - 18 * rank)
        last = first + timedelta(days=4)
        over = last < today
        _write(
            Training,
            somebody,
            first,
            valid=DateRange(first, last + timedelta(days=1)),
            kind=kind.value,
            title=title,
            organiser=organiser,
            hours=hours,
            result=LearningResult.COMPLETED.value if over else "",
        )


def _amendments(people: list[_Somebody], today: date) -> None:
    """The term was put off by two months, as agreed before it."""
    ends = [each for each in people if each.contract.ends and each.contract.ends - timedelta(days=61) > today]
    for somebody in ends[:_EACH]:
        last_day = somebody.contract.valid.upper - timedelta(days=1)
        signed = today - timedelta(days=20)
        _write(
            Amendment,
            somebody,
            signed,
            valid=DateRange(signed, None),
            contract=somebody.contract.series,
            signed_on=signed,
            hours_before=somebody.contract.weekly_hours,
            until=last_day,
            until_before=last_day - timedelta(days=61),
        )


def _workshops(people: list[_Somebody], today: date) -> None:
    for kind, title, ago in _WORKSHOPS:
        on, gathering = today - timedelta(days=ago), uuid4()
        for rank, somebody in enumerate(people[:_IN_A_GROUP]):
            day, came = DateRange(on, on + timedelta(days=1)), rank % 3 != 2
            _write(
                GroupAttendance,
                somebody,
                on,
                valid=day,
                gathering=gathering,
                kind=kind.value,
                title=title,
                minutes=90,
                colleagues=[people[0].by],
                outcome=(Outcome.CAME if came else Outcome.ABSENT).value,
            )


def _fund_answers(people: list[_Somebody], today: date) -> None:
    """What the FSE+ asks at entry; what was not asked says so."""
    paths = Pathway.objects.current().filter(person_id__in=[each.person for each in people], valid__contains=today)
    paths_of = {path.person_id: path for path in paths}
    asked = [question for question in FUND_QUESTIONS.values() if FundStage.ENTRY in question.stages]
    for rank, somebody in enumerate([each for each in people if each.person in paths_of][:_EACH]):
        path = paths_of[somebody.person]
        for place, question in enumerate(asked):
            values = list(question.values)
            known = (rank + place) % 5 != 4
            _write(
                FundAnswer,
                somebody,
                path.valid.lower,
                compartment=question.compartment.value,
                pathway=path.series,
                stage=FundStage.ENTRY.value,
                question=question.code,
                value=values[(rank + place) % len(values)].value if known else "",
                missing="" if known else Missing.NOT_ASSESSED.value,
            )


def _third_parties(site: int, today: date) -> None:
    """Employers who may be called, with the person's agreement; the last one warns of something."""
    supported = Assignment.objects.current().filter(
        valid__contains=today, mission__role=Role.COUNSELLOR.value, mission__site_id=site
    )
    followers = dict(supported.values_list("person_id", "mission__user_id"))
    threads = ExtendedSupport.objects.current().filter(person_id__in=followers, valid__contains=today)
    called = None
    for thread in threads.filter(opener=SupportOpener.JOB.value).order_by("pk")[:_EACH]:
        about = {"person_id": thread.person_id, "thread": thread.series}
        since = DateRange(thread.valid.lower, None)
        called = ThirdParty(
            **about,
            **_stamped(thread.valid.lower, followers[thread.person_id]),
            valid=since,
            role=ThirdPartyRole.EMPLOYER.value,
            name="Responsable d’équipe, Propreté Modèle",
            reach="01 99 00 12 34",
        )
        called.save(force_insert=True)
    if called is not None:
        on = today - timedelta(days=3)
        ThirdPartyWarning(
            person_id=called.person_id,
            thread=called.thread,
            third_party=called.series,
            **_stamped(on, followers[called.person_id]),
            valid=DateRange(on, on + timedelta(days=1)),
            words="Deux retards cette semaine, un changement d’horaires est à discuter.",
        ).save(force_insert=True)


def _host(somebody: _Somebody, password: str, today: date) -> User:
    """Somebody of another structure reads the path of one person, who agreed to it."""
    user = User.objects.create(
        email="iris.prototype@structure.example", given_name="Iris", family_name="Prototype", password=password
    )
    since = today - timedelta(days=30)
    _write(
        Host,
        somebody,
        since,
        valid=DateRange(since, today + timedelta(days=150)),
        user_id=user.pk,
        structure=HOSTING,
        agreed_on=since,
    )
    return user


def _write(model: type[Model], somebody: _Somebody, on: date, **values: Any) -> Any:
    row = model(person_id=somebody.person, **_stamped(on, somebody.by), **values)
    row.save(force_insert=True)
    return row


def _stamped(on: date, by: int) -> dict[str, Any]:
    """Written on the day at noon by an account."""
    return {
        "recorded_at": datetime.combine(on, time(12), tzinfo=get_default_timezone()),
        "recorded_by_id": by,
        "source": SOURCE,
    }

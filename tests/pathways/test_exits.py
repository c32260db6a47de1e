"""The end of a path is noted in one act and turned back exactly, or refused in a sentence with nothing written."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from convergence.pathways.exits.reading import hours_worked, verdicts_of
from convergence.pathways.exits.recording import Corrected, Leaving, exit_of, latest_pathway, leave, undo
from convergence.pathways.hours.models import MonthHours
from convergence.pathways.models import Contract, Exit, Pathway
from convergence.pathways.recording import Terms, sign
from convergence.people.models import Person, Support
from convergence.platform.errors import ChangedMeanwhile, Refused
from convergence.platform.identity import assume
from convergence.situations.models import Situation
from convergence.situations.recording import record_situation
from convergence.territories.periods import days
from convergence.vocabulary.exits import ExitDenominator, ExitMotive
from convergence.vocabulary.roles import Role
from tests.builders import TODAY, World, add_situation, make_person, open_ended

Acting = Callable[[str], AbstractContextManager[None]]

STARTS = date(2025, 3, 3)
TERM = date(2027, 3, 2)
LAST_DAY = date(2026, 10, 30)
JOB = Terms("open_ended", LAST_DAY + timedelta(days=1), employer="Boulangerie Factice", weekly_hours=Decimal(35))


@pytest.fixture
def milo(world: World, acting_as: Acting) -> Person:
    """Milo Factice, under a CDDI that runs beyond the last day; hosted by a friend; the manager is signed in."""
    with acting_as("maint"):
        person = make_person("Milo", "Factice", world.site, since=STARTS)
        add_situation(person, "housing", "third_party", since=STARTS)
        add_situation(person, "employment", "cddi", since=STARTS)
        Pathway.objects.create(person=person, valid=open_ended(STARTS))
        Contract.objects.create(
            person=person, site=world.site, kind="cddi", programme="cvg", weekly_hours=26, valid=days(STARTS, TERM)
        )
    assume(world.users[Role.COUNSELLOR].pk, TODAY)
    return person


def standing(person: Person) -> list[tuple[Any, ...]]:
    """Every fact that stands about her, without what tells one version from another."""
    found: list[tuple[Any, ...]] = []
    for model in (Pathway, Contract, Situation, Support):
        for row in model.objects.current().filter(person=person):
            told = {
                field.attname: getattr(row, field.attname)
                for field in row._meta.concrete_fields
                if field.name not in {"id", "recorded_at", "recorded_by", "superseded_at"} and not field.generated
            }
            found.append((model.__name__, sorted(told.items(), key=str)))
    return sorted(found, key=str)


def note(person: Person, motive: ExitMotive = ExitMotive.UNEMPLOYED, on: date = LAST_DAY, **more: Any) -> Exit:
    path = latest_pathway(person.pk)
    seen = more.pop("seen", str(path.pk) if path else "")
    return leave(person.pk, Leaving(motive, on, **more), seen, TODAY)


def running(person: Person, aspect: str) -> str:
    return str(Situation.objects.current().filter(person=person, aspect=aspect).latest("valid").pk)


def test_one_act_ends_the_path_and_its_contract_and_notes_the_job_and_the_situation(milo: Person) -> None:
    contract = Contract.objects.current().get(person=milo)
    corrected = [Corrected("employment", "open_ended", running(milo, "employment"))]
    noted = note(milo, ExitMotive.OPEN_ENDED, job=JOB, ends=frozenset({contract.pk}), situations=corrected)
    path = latest_pathway(milo.pk)
    assert path
    assert path.valid == days(STARTS, LAST_DAY)
    assert exit_of(path) == noted
    ended, job = Contract.objects.current().filter(person=milo).order_by("valid")
    assert ended.valid == days(STARTS, LAST_DAY)
    assert (job.employer, job.kind, job.series) == ("Boulangerie Factice", "open_ended", noted.job)
    assert Situation.objects.current().valid_on(LAST_DAY).get(person=milo, aspect="employment").value == "open_ended"
    assert Situation.objects.filter(person=milo, aspect="housing").count() == 1


def test_hours_noted_over_the_path_are_what_the_denominator_reads(
    milo: Person, world: World, acting_as: Acting
) -> None:
    contract = Contract.objects.current().get(person=milo)
    path = latest_pathway(milo.pk)
    assert path

    def pilotage() -> bool | None:
        told = verdicts_of(path, [contract], hours_worked(milo.pk), ExitMotive.UNEMPLOYED, LAST_DAY)
        return next(each.counts for each in told if each.denominator is ExitDenominator.PILOTAGE)

    assert pilotage() is None
    for month, hours in ((4, "0.40"), (5, "0.70")):
        with acting_as("maint"):
            MonthHours.objects.create(
                person=milo,
                contract=contract.series,
                site=world.site,
                month=date(2025, month, 1),
                worked=Decimal(hours),
            )
        assert pilotage() is (month == 5)


def test_a_contract_may_go_on_and_a_site_may_stop_supporting(world: World, milo: Person) -> None:
    note(milo, on=TODAY, leaves_sites=[world.site.pk])
    assert Contract.objects.current().get(person=milo).valid == days(STARTS, TERM)
    assert Support.objects.current().get(person=milo).valid == days(STARTS, TODAY)


def test_turning_back_is_the_exact_inverse(world: World, milo: Person) -> None:
    before = standing(milo)
    contract = Contract.objects.current().get(person=milo)
    noted = note(
        milo,
        ExitMotive.OPEN_ENDED,
        on=TODAY,
        job=Terms("open_ended", TODAY, employer="Boulangerie Factice"),
        ends=frozenset({contract.pk}),
        situations=[
            Corrected("employment", "open_ended", running(milo, "employment")),
            Corrected("housing", "social_lease", running(milo, "housing")),
            Corrected("rqth", "granted", ""),
        ],
        leaves_sites=[world.site.pk],
    )
    assert standing(milo) != before
    undo(noted)
    assert standing(milo) == before
    path = latest_pathway(milo.pk)
    assert path
    assert exit_of(path) is None
    assert Exit.objects.filter(person=milo).count() == 1  # what was noted stays readable
    with pytest.raises(ChangedMeanwhile, match="déjà annulée"):
        undo(noted)


codes = {
    "employment": ["", "none", "open_ended", "not_assessed", "cddi"],
    "housing": ["", "third_party", "social_lease", "prefers_not_to_say"],
    "health_cover": ["", "puma", "does_not_know"],
}


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    on=st.dates(STARTS, TODAY),
    ends=st.booleans(),
    chosen=st.fixed_dictionaries({aspect: st.sampled_from(values) for aspect, values in codes.items()}),
    moved=st.dates(STARTS, TODAY),
)
def test_turning_back_leaves_the_file_as_it_was_whatever_was_told(
    milo: Person, on: date, ends: bool, chosen: dict[str, str], moved: date
) -> None:
    with transaction.atomic():
        record_situation(milo.pk, "housing", "hotel", moved, today=TODAY)
        before = standing(milo)
        latest = {
            fact.aspect: str(fact.pk) for fact in Situation.objects.current().filter(person=milo).order_by("valid")
        }
        corrected = [Corrected(aspect, code, latest.get(aspect, "")) for aspect, code in chosen.items() if code]
        contract = Contract.objects.current().get(person=milo)
        undo(note(milo, on=on, ends=frozenset({contract.pk} if ends else ()), situations=corrected))
        assert standing(milo) == before
        transaction.set_rollback(True)


def test_what_came_after_stands_in_the_way_of_turning_back(milo: Person, world: World) -> None:
    corrected = [Corrected("housing", "social_lease", running(milo, "housing"))]
    noted = note(milo, situations=corrected)
    record_situation(milo.pk, "housing", "owner", TODAY, today=TODAY)
    after = standing(milo)
    with pytest.raises(Refused, match="Quelque chose a été noté depuis"):
        undo(noted)
    assert standing(milo) == after


def test_a_new_contract_after_the_exit_opens_a_new_path_and_the_exit_stays(milo: Person, world: World) -> None:
    contract = Contract.objects.current().get(person=milo)
    noted = note(milo, ends=frozenset({contract.pk}))
    sign(milo.pk, Terms("cddi", date(2026, 11, 16), TERM, "cvg", world.site.pk))
    paths = Pathway.objects.current().filter(person=milo).order_by("valid")
    assert [path.starts for path in paths] == [STARTS, date(2026, 11, 16)]
    with pytest.raises(Refused, match="Un autre parcours a commencé depuis"):
        undo(noted)


@pytest.mark.parametrize(
    ("motive", "more", "said"),
    [
        (ExitMotive.UNEMPLOYED, {"on": date(2025, 3, 2)}, "avant le début du parcours"),
        (ExitMotive.UNEMPLOYED, {"on": date(2026, 11, 24)}, "à venir"),
        (ExitMotive.UNEMPLOYED, {"seen": "0"}, "Quelqu’un a changé ce parcours"),
        (ExitMotive.OPEN_ENDED, {}, "chez quel employeur"),
        (ExitMotive.UNEMPLOYED, {"job": JOB}, "chez quel employeur"),
        (ExitMotive.SHORT_TERM, {"job": JOB}, "ne va pas avec"),
        (ExitMotive.UNEMPLOYED, {"situations": [Corrected("housing", "owner", "0")]}, "a noté un changement"),
        (ExitMotive.UNEMPLOYED, {"situations": [Corrected("rqth", "castle", "")]}, "dans la liste"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(
    milo: Person, motive: ExitMotive, more: dict[str, Any], said: str
) -> None:
    before = standing(milo)
    with pytest.raises(Refused, match=said):
        note(milo, motive, **more)
    assert standing(milo) == before
    assert not Exit.objects.filter(person=milo).exists()


def test_a_second_end_of_the_same_path_is_refused(milo: Person) -> None:
    note(milo)
    with pytest.raises(Refused, match="déjà notée"):
        note(milo, ExitMotive.RETIREMENT)


def test_whoever_has_no_path_has_no_end_of_path(world: World, acting_as: Acting) -> None:
    with acting_as("maint"):
        person = make_person("Nouvelle", "Factice", world.site)
    assume(world.users[Role.SITE_MANAGER].pk, TODAY)
    with pytest.raises(Refused, match="Aucun parcours"):
        note(person)

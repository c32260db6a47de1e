"""Decisions on a path: judged before they are written, corrected as versions, read as the rules read them."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from convergence.pathways.clocks import clocks_of, path_of, paths_of
from convergence.pathways.decisions.recording import (
    Demand,
    Stop,
    amend_suspension,
    ask,
    derogate,
    end_pass,
    grant,
    note_pass,
    prepare,
    refuse_overlap,
    reject,
    renew,
    suspend,
)
from convergence.pathways.models import Contract, Extension, OfficialPass, Pass, Pathway, Suspension
from convergence.pathways.recording import Terms, sign
from convergence.people.models import CivilStatus, Person
from convergence.platform.dated import withdraw
from convergence.platform.errors import ChangedMeanwhile, Refused
from convergence.platform.identity import assume
from convergence.rules.periods import Period
from convergence.vocabulary.decisions import Approver, ClockName, DecisionState, DerogationKind
from convergence.vocabulary.extensions import ExtensionMotive, SuspensionReason
from convergence.vocabulary.likeness import Verdict
from convergence.vocabulary.roles import Role
from tests.builders import TODAY, World, add_situation, make_person
from tests.people.pairs import BIRTH, pair_of, say, searched, someone

Acting = Callable[[str], AbstractContextManager[None]]

STARTS = date(2025, 3, 3)
PASS_END = date(2027, 3, 2)
A_DAY = timedelta(days=1)


@pytest.fixture
def milo(world: World, acting_as: Acting) -> Person:
    """Milo Modèle, in a CDDI since 3 March 2025 with a PASS of the same day; his counsellor acts."""
    with acting_as("maint"):
        person = make_person("Milo", "Modèle", world.site)
        Pathway.objects.create(person=person, valid=DateRange(STARTS, None))
        Contract.objects.create(
            person=person,
            site=world.site,
            kind="cddi",
            programme="cvg",
            weekly_hours=26,
            valid=DateRange(STARTS, date(2027, 1, 1)),
        )
        Pass.objects.create(person=person, valid=DateRange(STARTS, None))
    assume(world.users[Role.COUNSELLOR].pk, TODAY)
    return person


def stop(first: date, last: date, declared: date = TODAY, **other: Any) -> Stop:
    return Stop(SuspensionReason.CONTRACT_SUSPENDED, first, last, declared, Approver.EMPLOYER, **other)


def year_more(until: date = PASS_END + timedelta(days=365)) -> Demand:
    return Demand(ClockName.PASS, ExtensionMotive.DIFFICULTIES, Approver.AUTHORISED_PRESCRIBER, until)


def asked(person: Person, on: date = TODAY) -> Extension:
    draft = prepare(person.pk, year_more(), TODAY)
    return ask(draft, on, str(draft.pk), TODAY)


# -- What the rules read ------------------------------------------------------------------------------------------


def test_the_path_is_read_as_days_first_and_last_included(world: World, milo: Person, acting_as: Acting) -> None:
    with acting_as("maint"):
        CivilStatus.objects.filter(person=milo).update(birth_year=1970, birth_month=None, birth_day=None)
        rqth = add_situation(milo, "rqth", "granted", since=date(2025, 1, 1))
        type(rqth).objects.filter(pk=rqth.pk).update(expires_on=date(2027, 12, 31))
    path = path_of(milo.pk)
    assert [(each.first_day, each.last_day) for each in path.contracts] == [(STARTS, date(2026, 12, 31))]
    assert path.contracts[0].weekly_hours == Decimal(26)
    assert [each.first_day for each in path.passes] == [STARTS]
    assert path.born_on == date(1970, 12, 31)
    assert path.disabled_worker == (Period(date(2025, 1, 1), date(2027, 12, 31)),)
    assert path.ends_on is None


def test_the_clocks_of_any_number_of_people_take_one_query(
    world: World, milo: Person, acting_as: Acting, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(1):
        found = clocks_of([milo.pk, world.anouk.pk, world.rosa.pk], TODAY)
    pass_iae, cddi = found[milo.pk].pass_iae, found[milo.pk].cddi
    assert pass_iae is not None
    assert cddi is not None
    assert (pass_iae.end, cddi.last_day) == (PASS_END, PASS_END)
    assert world.anouk.pk in found


def test_what_the_state_says_stands_beside_our_pass(milo: Person) -> None:
    said = {"person": milo, "state": "valid", "said_on": TODAY}
    OfficialPass.objects.create(number="999992500001", valid=DateRange(STARTS, PASS_END + timedelta(days=31)), **said)
    (one,) = path_of(milo.pk).passes
    assert (one.first_day, one.official_last_day, one.official_seen_on) == (
        STARTS,
        PASS_END + timedelta(days=30),
        TODAY,
    )
    Pass.objects.filter(person=milo).update(superseded_at="2026-11-23T10:00Z")
    (said_only,) = path_of(milo.pk).passes
    assert (said_only.first_day, said_only.official_last_day) == (STARTS, PASS_END + timedelta(days=30))


def test_a_suspension_belongs_to_the_pass_that_ran(milo: Person, acting_as: Acting) -> None:
    with acting_as("maint"):
        Pass.objects.create(person=milo, valid=DateRange(date(2021, 9, 1), None))
        for first in (date(2022, 1, 1), date(2026, 1, 1)):
            Suspension.objects.create(
                person=milo,
                reason="contract_suspended",
                declared_on=first,
                declared_by="employer",
                valid=DateRange(first, first + timedelta(days=60)),
            )
    earlier, running = path_of(milo.pk).passes
    assert [each.first_day for each in earlier.suspensions] == [date(2022, 1, 1)]
    assert [each.first_day for each in running.suspensions] == [date(2026, 1, 1)]


def test_contracts_of_an_earlier_stay_do_not_count(world: World, milo: Person, acting_as: Acting) -> None:
    with acting_as("maint"):
        Pathway.objects.create(person=milo, valid=DateRange(date(2018, 1, 1), date(2019, 1, 1)))
        Contract.objects.create(
            person=milo, site=world.site, kind="cddi", valid=DateRange(date(2018, 1, 1), date(2019, 1, 1))
        )
    assert [each.first_day for each in path_of(milo.pk).contracts] == [STARTS]


def test_nothing_is_read_by_those_who_read_no_work_path(world: World, milo: Person) -> None:
    assume(world.users[Role.WORK_SUPERVISOR].pk, TODAY)
    assert path_of(milo.pk).contracts == ()
    assert path_of(milo.pk).passes == ()
    assume(world.elsewhere[Role.COUNSELLOR].pk, TODAY)
    assert paths_of([milo.pk]) == {}


# -- The PASS and its suspensions -----------------------------------------------------------------------------------


def test_a_second_pass_waits_two_years_unless_a_prescriber_opens_it(world: World, milo: Person) -> None:
    with pytest.raises(Refused, match="Un PASS IAE court jusqu’au"):
        note_pass(milo.pk, date(2026, 6, 1))
    with pytest.raises(Refused, match="délai de deux ans"):
        note_pass(milo.pk, date(2027, 6, 1))
    noted = note_pass(milo.pk, date(2027, 6, 1), by_prescriber=True)
    assert noted.starts == date(2027, 6, 1)


def test_a_pass_ends_after_twelve_months_of_suspension_and_not_before(milo: Person) -> None:
    suspend(milo.pk, stop(date(2025, 12, 1), date(2027, 11, 30), declared=date(2025, 12, 1)), TODAY)
    with pytest.raises(Refused, match=r"à partir du 1er.décembre.2026"):
        end_pass(milo.pk, TODAY, TODAY)
    december = date(2026, 12, 1)
    ended = end_pass(milo.pk, december, december)
    assert (ended.starts, ended.ends) == (STARTS, date(2026, 12, 2))
    reading = clocks_of([milo.pk], december)[milo.pk]
    assert reading.pass_iae is not None
    # The waiting period runs from the start of the suspension.
    assert (reading.pass_iae.end, reading.pass_iae.waiting_until) == (date(2025, 11, 30), date(2027, 11, 30))


def test_a_pass_that_nobody_suspended_is_not_ended(milo: Person) -> None:
    with pytest.raises(Refused, match="12 mois de suspension"):
        end_pass(milo.pk, TODAY, TODAY)


def test_a_suspension_pushes_the_end_of_the_pass(milo: Person) -> None:
    suspend(milo.pk, stop(date(2026, 10, 1), date(2026, 12, 31)), TODAY)
    reading = clocks_of([milo.pk], TODAY)[milo.pk]
    assert reading.pass_iae is not None
    assert reading.pass_iae.end == PASS_END + timedelta(days=91)


@pytest.mark.parametrize(
    ("first", "last", "sentence"),
    [
        (date(2025, 11, 22), date(2026, 3, 1), "au plus tard 365"),
        (date(2026, 11, 24), date(2026, 12, 31), "jamais d’avance"),
        (date(2026, 11, 1), date(2026, 11, 10), "plus de 15"),
        (date(2026, 11, 1), date(2029, 11, 30), "au plus 36"),
        (date(2026, 11, 10), date(2026, 11, 1), "avant son début"),
        (date(2024, 11, 23), date(2025, 2, 1), "hors du PASS"),
    ],
)
def test_an_unlawful_suspension_is_refused_in_a_sentence(milo: Person, first: date, last: date, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence.replace(" ", r"[  ]")):
        suspend(milo.pk, stop(first, last), TODAY)
    assert not Suspension.objects.filter(person=milo).exists()


def test_two_suspensions_never_overlap_not_even_in_a_race(milo: Person) -> None:
    suspend(milo.pk, stop(date(2026, 10, 1), date(2026, 12, 31)), TODAY)
    with pytest.raises(Refused, match="déjà suspendu"):
        suspend(milo.pk, stop(date(2026, 11, 1), date(2027, 1, 31)), TODAY)
    with pytest.raises(IntegrityError, match="suspension_one_at_a_time"), transaction.atomic():
        Suspension.objects.create(
            person=milo,
            reason="contract_broken",
            declared_on=TODAY,
            declared_by="employer",
            valid=DateRange(date(2026, 11, 1), date(2027, 1, 31)),
        )


def test_ending_a_suspension_is_a_version_and_the_second_of_two_editors_is_told(milo: Person) -> None:
    declared = suspend(milo.pk, stop(date(2026, 10, 1), date(2026, 12, 31)), TODAY)
    ended = amend_suspension(declared, stop(date(2026, 10, 1), date(2026, 11, 20)), str(declared.pk), TODAY)
    assert ended.series == declared.series
    assert Suspension.objects.filter(person=milo).count() == 2
    with pytest.raises(ChangedMeanwhile):
        amend_suspension(declared, stop(date(2026, 10, 1), date(2026, 11, 10)), str(declared.pk), TODAY)


# -- Extensions -----------------------------------------------------------------------------------------------------


def test_an_extension_is_drafted_asked_and_granted(milo: Person) -> None:
    request = asked(milo)
    assert (request.state, request.asked_on, request.days) == ("asked", TODAY, 365)
    granted = grant(request, TODAY, PASS_END + timedelta(days=180), str(request.pk), TODAY)
    assert (granted.state, granted.days) == ("granted", 180)
    reading = clocks_of([milo.pk], TODAY)[milo.pk]
    assert reading.pass_iae is not None
    assert reading.pass_iae.end == PASS_END + timedelta(days=180)
    assert Extension.objects.filter(series=granted.series).count() == 3


def test_a_demand_that_was_granted_no_longer_counts_once_it_is_withdrawn(milo: Person) -> None:
    request = asked(milo)
    withdraw(grant(request, TODAY, request.until, str(request.pk), TODAY))
    reading = clocks_of([milo.pk], TODAY)[milo.pk]
    assert reading.pass_iae is not None
    assert reading.pass_iae.end == PASS_END


def test_an_extension_over_the_cap_is_refused_with_the_article(milo: Person) -> None:
    with pytest.raises(Refused, match=r"365.jours.*R5132-1-8"):
        prepare(milo.pk, year_more(PASS_END + timedelta(days=366)), TODAY)
    request = asked(milo)
    with pytest.raises(Refused, match=r"365.jours"):
        grant(request, TODAY, PASS_END + timedelta(days=400), str(request.pk), TODAY)
    assert Extension.objects.current().get(person=milo).state == "asked"


def test_one_demand_waits_at_a_time(milo: Person) -> None:
    asked(milo)
    with pytest.raises(Refused, match="une seule à la fois"):
        prepare(milo.pk, year_more(), TODAY)


def test_a_refusal_has_its_reasons_and_a_day_that_is_certain(milo: Person) -> None:
    request = asked(milo)
    with pytest.raises(Refused, match="motivé par écrit"):
        reject(request, TODAY, TODAY, "", str(request.pk), TODAY)
    with pytest.raises(Refused, match="date certaine"):
        reject(request, TODAY, None, "Projet trop flou.", str(request.pk), TODAY)
    refused = reject(request, TODAY, TODAY, "Projet trop flou.", str(request.pk), TODAY)
    assert Extension.objects.get(pk=refused.pk).reason == "Projet trop flou."
    (one,) = path_of(milo.pk).passes
    assert [each.state for each in one.extensions] == [DecisionState.REFUSED]
    assert prepare(milo.pk, year_more(), TODAY).state == "draft"


def test_an_answer_never_comes_before_the_demand_nor_from_the_future(milo: Person) -> None:
    request = asked(milo)
    for day, sentence in ((TODAY - A_DAY, "avant la demande"), (TODAY + A_DAY, "à venir")):
        with pytest.raises(Refused, match=sentence):
            grant(request, day, request.until, str(request.pk), TODAY)


def test_what_nobody_asked_for_is_not_answered(milo: Person) -> None:
    draft = prepare(milo.pk, year_more(), TODAY)
    with pytest.raises(Refused, match="n’attend pas de réponse"):
        grant(draft, TODAY, draft.until, str(draft.pk), TODAY)


def test_a_training_to_complete_opens_its_ground(milo: Person) -> None:
    ends = PASS_END + timedelta(days=90)
    demand = Demand(ClockName.PASS, ExtensionMotive.TRAINING, Approver.EMPLOYER, ends, training_ends_on=ends)
    draft = prepare(milo.pk, demand, TODAY)
    granted = grant(draft, TODAY, ends, str(draft.pk), TODAY)
    assert granted.days == 90
    assert path_of(milo.pk).trainings[0].end == ends


def test_a_cddi_goes_on_beyond_two_years_by_decisions_of_a_year(milo: Person) -> None:
    def further(until: date) -> Demand:
        return Demand(ClockName.CDDI, ExtensionMotive.DIFFICULTIES, Approver.EMPLOYER, until)

    with pytest.raises(Refused, match="un an au plus"):
        prepare(milo.pk, further(date(2028, 3, 3)), TODAY)
    draft = prepare(milo.pk, further(date(2028, 3, 2)), TODAY)
    grant(draft, TODAY, draft.until, str(draft.pk), TODAY)
    reading = clocks_of([milo.pk], TODAY)[milo.pk]
    assert reading.cddi is not None
    assert reading.cddi.last_day == date(2028, 3, 2)


# -- Hours and contracts ----------------------------------------------------------------------------------------------


def terms(world: World, **changes: Any) -> Terms:
    given = Terms(
        kind="cddi",
        starts=date(2027, 1, 1),
        last_day=PASS_END,
        programme="cvg",
        site_id=world.site.pk,
        weekly_hours=Decimal(26),
    )
    return replace(given, **changes)


def test_a_renewal_keeps_within_the_clocks_and_the_hours(world: World, milo: Person) -> None:
    with pytest.raises(Refused, match="PASS IAE finit le"):
        renew(milo.pk, terms(world, last_day=PASS_END + A_DAY), TODAY)
    for hours in (Decimal(40), Decimal(12)):
        with pytest.raises(Refused, match="heures par semaine"):
            renew(milo.pk, terms(world, weekly_hours=hours), TODAY)
    derogate(milo.pk, DerogationKind.INDIVIDUAL, date(2027, 1, 1), date(2027, 12, 31), Decimal(12))
    assert renew(milo.pk, terms(world, weekly_hours=Decimal(12)), TODAY).weekly_hours == Decimal(12)


def test_a_derogation_lasts_a_year_at_most(milo: Person) -> None:
    with pytest.raises(Refused, match=r"au plus 12.mois"):
        derogate(milo.pk, DerogationKind.INDIVIDUAL, date(2027, 1, 1), date(2028, 1, 1), Decimal(12))


def test_two_contracts_of_work_integration_never_run_at_once(world: World, milo: Person) -> None:
    elsewhere = terms(world, kind="ei", programme="", site_id=None, employer="Atelier Inventé", starts=TODAY)
    with pytest.raises(Refused, match="voyez avec la personne"):
        refuse_overlap(milo.pk, elsewhere)
    refuse_overlap(milo.pk, terms(world, kind="fixed_term", programme="", site_id=None, employer="Bar Inventé"))
    contract = Contract.objects.get(person=milo)
    refuse_overlap(milo.pk, terms(world, starts=STARTS), replacing=contract)
    with pytest.raises(Refused, match="chez cet employeur"):
        refuse_overlap(milo.pk, terms(world, starts=STARTS))


def test_a_contract_in_another_file_is_told_without_naming_anybody(
    world: World, milo: Person, acting_as: Acting
) -> None:
    with acting_as("maint"):
        other = someone("Milo", "Modèle", world.other_site)
        CivilStatus.objects.filter(person=milo).update(**BIRTH)
    assume(world.elsewhere[Role.COUNSELLOR].pk, TODAY)
    sign(other.pk, terms(world, site_id=world.other_site.pk))
    counsellor = world.users[Role.COUNSELLOR].pk
    assume(counsellor, TODAY)
    refuse_overlap(milo.pk, terms(world))
    searched(world, acting_as)
    say(world.users[Role.COORDINATOR], pair_of(acting_as, milo, other), Verdict.SAME)
    assume(counsellor, TODAY)
    with pytest.raises(Refused) as refused:
        refuse_overlap(milo.pk, terms(world))
    assert "ailleurs" in str(refused.value)
    assert "Tilleuls" not in str(refused.value)
    # Nothing is answered to those who do not keep the working side of his file.
    assume(world.elsewhere[Role.COUNSELLOR].pk, TODAY)
    refuse_overlap(milo.pk, terms(world))

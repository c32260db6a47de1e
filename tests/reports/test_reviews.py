"""The one-year review: written from the record, corrected as versions, printed, each need for its own readers."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta
from io import BytesIO

import openpyxl  # type: ignore[import-untyped]
import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

from convergence.pathways.models import Contract, Extension, Placement, Training
from convergence.people.models import Assignment, Person
from convergence.platform.errors import ChangedMeanwhile
from convergence.platform.identity import assume
from convergence.reports.models import Review, ReviewNeed
from convergence.reports.reviews.printing import Heading, as_pdf, as_sheet
from convergence.reports.reviews.writing import Marked, Written, correct, review_of
from convergence.situations.models import Situation
from convergence.support.models import Action, Contact, Goal, Need
from convergence.vocabulary.needs import NEEDS
from convergence.vocabulary.reviews import MARK_OF_LEVEL, ReviewMark
from convergence.vocabulary.roles import Role
from tests.builders import TODAY, World, add_situation, make_person, one_day, open_ended

Acting = Callable[[str], AbstractContextManager[None]]

UNTIL = date(2028, 3, 1)
REFERENT = frozenset({"work", "social", "health", "justice"})
HEADING = Heading(
    "Milo Modèle", "1985", "99999 25 00001", "Chantier des Saules", "50 ans et plus", UNTIL, "Zoé Exemple"
)


@pytest.fixture
def milo(world: World, acting_as: Acting) -> Person:
    with acting_as("maint"):
        person = make_person("Milo", "Modèle", world.site)
        Assignment.objects.create(
            person=person, mission=world.users[Role.COUNSELLOR].missions.get(), valid=open_ended()
        )
        Contract.objects.create(
            person=person, site=world.site, kind="cddi", valid=DateRange(date(2026, 1, 5), date(2027, 1, 5))
        )
        for need, level, day in (
            ("housing", 4, date(2026, 2, 1)),
            ("housing", 1, date(2026, 10, 1)),
            ("access_to_care", 3, date(2026, 2, 1)),
            ("justice", 0, date(2026, 2, 1)),
        ):
            ends = date(2026, 10, 1) if (need, level) == ("housing", 4) else None
            Need.objects.create(
                person=person,
                compartment=NEEDS[need].compartment.value,
                need=need,
                level=level,
                valid=DateRange(day, ends),
            )
        Need.objects.create(
            person=person, compartment="social", need="money", missing="not_assessed", valid=open_ended()
        )
        hotel = add_situation(person, "housing", "hotel", since=date(2026, 1, 5))
        Situation.objects.filter(pk=hotel.pk).update(valid=DateRange(date(2026, 1, 5), date(2026, 5, 3)))
        add_situation(person, "housing", "social_residence", since=date(2026, 5, 3))
        add_situation(person, "care_path", "under_way", since=date(2026, 5, 3))
        for days in (10, 40, 500):
            Contact.objects.create(person=person, kind="interview", valid=one_day(TODAY - timedelta(days=days)))
    return person


@pytest.fixture
def demand(milo: Person, acting_as: Acting) -> Extension:
    with acting_as("maint"):
        return Extension.objects.create(
            person=milo,
            clock="pass",
            motive="senior",
            approver="authorised_prescriber",
            state="draft",
            until=UNTIL,
            days=304,
        )


def as_role(world: World, role: Role) -> None:
    assume(world.users[role].pk, TODAY)


def mark(written: Written, need: str) -> ReviewMark | None:
    return next(each.mark for each in written.needs if each.kind.code == need)


def test_it_is_written_from_the_record(world: World, demand: Extension) -> None:
    as_role(world, Role.COUNSELLOR)
    written = review_of(demand, TODAY, REFERENT)
    assert (written.months, written.version) == (10, "")
    assert len(written.needs) == 14
    assert mark(written, "housing") is ReviewMark.GOOD
    assert mark(written, "access_to_care") is ReviewMark.VERY_WEAK
    assert mark(written, "justice") is ReviewMark.STRONG
    done = written.done.replace("\u00a0", " ")
    assert "CDDI, Chantier des Saules, du 5 janvier 2026 au 4 janvier 2027." in done
    assert "entretien : 2." in done
    assert "depuis le 3 mai 2026" in done


def test_what_was_learnt_and_what_was_agreed_and_done_are_told(
    world: World, milo: Person, demand: Extension, acting_as: Acting
) -> None:
    with acting_as("maint"):
        spell = {"person": milo, "valid": DateRange(date(2026, 10, 5), date(2026, 10, 17))}
        Placement.objects.create(
            host="Boulangerie Fictive", purpose="confirm", result="job_offer", told="Mots fictifs.", **spell
        )
        Training.objects.create(
            kind="safety", title="CACES 1", organiser="Organisme Fictif", result="completed", certified=True, **spell
        )
        for compartment, domain, what, outcome in (
            ("social", "housing", "Visiter la\nrésidence fictive", "done"),
            ("social", "housing", "Appeler la mairie", "not_done"),
            ("health", "health", "Voir le médecin", "done"),
        ):
            goal = Goal.objects.create(
                person=milo, compartment=compartment, domain=domain, words="Fictif.", valid=open_ended()
            )
            Action.objects.create(
                person=milo,
                compartment=compartment,
                goal=goal.series,
                what=what,
                by="person",
                due_on=TODAY,
                outcome=outcome,
                valid=DateRange(date(2026, 3, 1), date(2026, 11, 3)),
            )
    as_role(world, Role.COUNSELLOR)
    done = review_of(demand, TODAY, REFERENT).done.replace("\u00a0", " ")
    assert "Immersion, Boulangerie Fictive, du 5 octobre 2026 au 16 octobre 2026 : une embauche est proposée." in done
    assert "CACES 1, Organisme Fictif" in done
    assert "menée jusqu’au bout, certificat obtenu." in done
    assert "Fait le 2 novembre 2026 : Visiter la résidence fictive" in done
    for untold in ("mairie", "médecin", "Mots fictifs"):
        assert untold not in done


def test_what_was_not_assessed_has_no_mark(world: World, demand: Extension) -> None:
    as_role(world, Role.COUNSELLOR)
    written = review_of(demand, TODAY, REFERENT)
    assert mark(written, "money") is None
    assert mark(written, "mobility") is None


def test_what_was_done_tells_nothing_of_health_or_justice(world: World, demand: Extension) -> None:
    as_role(world, Role.COUNSELLOR)
    done = review_of(demand, TODAY, REFERENT).done
    assert "soins" not in done.lower()
    assert "Logement" in done


def test_a_mark_of_justice_is_read_by_the_referent_alone(world: World, demand: Extension) -> None:
    as_role(world, Role.SUPPORT_WORKER)
    written = review_of(demand, TODAY, REFERENT - {"justice"})
    assert mark(written, "justice") is None
    assert [each.kind.code for each in written.needs if each.withheld] == ["justice"]
    sheet = openpyxl.load_workbook(BytesIO(as_sheet(written, HEADING))).active
    assert sheet is not None
    assert {line[5] for line in sheet.iter_rows(values_only=True) if line[0] == "Justice"} == {"à compléter"}
    as_role(world, Role.COUNSELLOR)
    correct(demand, 6, "Fait.", {"justice": ("weak", "Fictif.")}, seen_version="", today=TODAY)
    as_role(world, Role.SUPPORT_WORKER)
    assert not ReviewNeed.objects.filter(person_id=demand.person_id).exists()
    as_role(world, Role.SITE_MANAGER)
    assert not Review.objects.filter(person_id=demand.person_id).exists()


def test_a_correction_is_a_version_and_the_second_of_two_editors_is_told(world: World, demand: Extension) -> None:
    as_role(world, Role.COUNSELLOR)
    first = correct(demand, 6, "Premier jet.", {"housing": ("weak", "Bail à venir.")}, seen_version="", today=TODAY)
    written = review_of(demand, TODAY, REFERENT)
    assert (written.months, written.done, written.version) == (6, "Premier jet.", str(first.pk))
    assert mark(written, "housing") is ReviewMark.WEAK
    assert mark(written, "access_to_care") is ReviewMark.VERY_WEAK
    with pytest.raises(ChangedMeanwhile):
        correct(demand, 12, "Autre.", {}, seen_version="", today=TODAY)
    correct(demand, 12, "Relu.", {"housing": ("", "")}, seen_version=str(first.pk), today=TODAY)
    assert mark(review_of(demand, TODAY, REFERENT), "housing") is None
    assert Review.objects.filter(person_id=demand.person_id).count() == 2
    assert ReviewNeed.objects.filter(person_id=demand.person_id).count() == 2


def test_every_level_of_a_need_has_its_mark() -> None:
    assert [MARK_OF_LEVEL[level].label for level in range(5)] == ["++", "+", "−", "−−", "−−"]


def review_with(words: str) -> Written:
    first, *others = NEEDS.values()
    needs = (Marked(first, ReviewMark.GOOD, words), *(Marked(each) for each in others))
    return Written(10, f"Entretiens.\n{words}", needs, TODAY)


@pytest.mark.parametrize(
    "words", ["Bail signé.", "#panic() $x$ *gras* \\ // [", "=SOMME(A1)", "@cible", "<script>", "🙂"]
)
def test_what_was_typed_is_printed_as_it_is_never_run(words: str) -> None:
    pdf = as_pdf(review_with(words), HEADING)
    assert pdf.startswith(b"%PDF-")
    assert b"pdfuaid" in pdf or words == "🙂"
    sheet = openpyxl.load_workbook(BytesIO(as_sheet(review_with(words), HEADING))).active
    assert sheet is not None
    cells = {cell.value: cell for line in sheet.iter_rows() for cell in line if cell.value is not None}
    assert cells[words].data_type == "s"
    assert "10" in cells


def test_the_sheet_has_a_line_for_each_need_and_one_cross_where_it_was_assessed() -> None:
    sheet = openpyxl.load_workbook(BytesIO(as_sheet(review_with("Bail."), HEADING))).active
    assert sheet is not None
    lines = {line[0]: line[1:] for line in sheet.iter_rows(values_only=True) if line[0]}
    assert [label for label in lines if label in {kind.label for kind in NEEDS.values()}] == [
        kind.label for kind in NEEDS.values()
    ]
    first, second, *_others = NEEDS.values()
    assert lines[first.label][:4] == (None, "X", None, None)
    assert lines[second.label][:5] == (None, None, None, None, "non évalué")

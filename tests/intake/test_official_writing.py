"""What an export of the State's tool notes: beside ours, never over it, once."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from convergence.access.models import User
from convergence.intake import holding
from convergence.intake.actor import Importer
from convergence.intake.models import ExternalIdentifier, Import
from convergence.intake.official.preview import preview
from convergence.intake.official.profiles import version_of
from convergence.intake.official.writing import planner_of
from convergence.intake.reading import read
from convergence.intake.writing import write
from convergence.pathways.models import Contract, OfficialHire, OfficialPass, Pass, Pathway
from convergence.pathways.official import sayings_of
from convergence.people.models import CivilStatus, Person, PersonName, Support
from convergence.platform.identity import assume
from convergence.vocabulary.likeness import Verdict
from convergence.vocabulary.roles import Role
from tests.builders import TODAY, World
from tests.intake.emplois import EMPLOYER, as_csv, as_xlsx, line
from tests.intake.test_writing import named, rows_everywhere
from tests.people.pairs import pair_of, say, searched, someone

Acting = Callable[[str], AbstractContextManager[None]]
MONTH_AGO = date(2026, 10, 23)
NEW = {
    "family": "MODELE",
    "given": "Zoé",
    "birth": "03/05/1998",
    "number": "999992600007",
    "starts": "07/09/2026",
    "ends": "06/09/2027",
    "pass_starts": "07/09/2026",
    "pass_ends": "05/09/2028",
    "pass_state": "Valide",
}
"""Somebody whom nobody here knows."""


class Desk:
    """Somebody who imports exports at the first site."""

    def __init__(self, user: User, world: World) -> None:
        self.user, self.world = user, world
        assume(user.pk, TODAY)

    def plan(
        self, *lines: dict[str, str], said_on: date = TODAY, content: bytes | None = None
    ) -> tuple[Import, dict[str, Any]]:
        held, table = holding.hold(self.user.pk, self.world.site.pk, "candidatures.csv", content or as_csv(*lines))
        about = holding.about(held)
        assert about.official is not None
        about.official.said_on = said_on.isoformat()
        about.official.sites = {EMPLOYER: self.world.site.pk}
        holding.write_about(held, about)
        planner = planner_of(held, about, Importer.of(self.user.pk, TODAY), TODAY)
        version = version_of(date.fromisoformat(about.official.version))
        plan = preview(planner, table, version, TODAY)
        holding.write_plan(held, plan)
        held.save()
        return held, plan

    def bring(
        self, *lines: dict[str, str], said_on: date = TODAY, chosen: dict[str, str] | None = None, **decisions: str
    ) -> Import:
        """:param decisions: ``line2="accept"``, ``theirs_2_0_hire0="theirs"``…; with ``chosen``, more of them."""
        decisions |= chosen or {}
        held, _plan = self.plan(*lines, said_on=said_on)
        held.decisions = {key.removeprefix("line").replace("_", "-"): code for key, code in decisions.items()}
        held.save()
        write(held, TODAY, lambda done, total: None)
        return held


@pytest.fixture
def desk(world: World, acting_as: Acting) -> Desk:
    """Nothing is said of anybody yet; Anouk's birth is whole, her contract runs since 8 January 2024."""
    with acting_as("maint"):
        OfficialPass.objects.all().delete()
        OfficialHire.objects.all().delete()
        CivilStatus.objects.filter(person=world.anouk).update(birth_month=3, birth_day=12)
    return Desk(world.users[Role.COUNSELLOR], world)


def standing(table: str) -> set[tuple[Any, ...]]:
    """Every row of a table that stands, whole, as *maint* reads it."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table} WHERE superseded_at IS NULL")
        return {tuple(map(str, row)) for row in cursor.fetchall()}


FACTS = ("pathways_contract", "pathways_pathway", "people_personname", "people_civilstatus", "situations_situation",
         "people_support", "people_assignment", "support_note")  # fmt: skip


def ours(acting_as: Acting) -> dict[str, set[tuple[Any, ...]]]:
    with acting_as("maint"):
        return {table: standing(table) for table in FACTS}


# -- somebody known ----------------------------------------------------------------------------------------------


def test_a_pass_unknown_here_is_noted_beside_ours_and_nothing_of_ours_changes(desk: Desk, acting_as: Acting) -> None:
    before = ours(acting_as)
    assume(desk.user.pk, TODAY)
    held = desk.bring(line(ends=""))
    assert held.counts == {"created": 0, "changed": 1, "nothing": 0, "left": 0, "unknown": 0, "kept": 0}
    noted = OfficialPass.objects.get()
    assert (noted.person, noted.number, noted.state, noted.valid, noted.said_on, noted.source) == (
        desk.world.anouk, "999992400042", "expired", DateRange(date(2024, 1, 8), date(2026, 1, 7)), TODAY, held.source,
    )  # fmt: skip
    hire = OfficialHire.objects.get()
    assert (hire.site, hire.employer, hire.valid) == (desk.world.site, EMPLOYER, DateRange(date(2024, 1, 8), None))
    assert ours(acting_as) == before


def test_the_workbook_of_the_platform_writes_the_same(desk: Desk) -> None:
    held, plan = desk.plan(content=as_xlsx(line(ends="")))
    assert [row["verb"] for row in plan["rows"]] == ["change"]
    write(held, TODAY, lambda done, total: None)
    assert OfficialPass.objects.get().number == "999992400042"


def test_a_contract_that_differs_is_shown_side_by_side_and_ours_stays_by_default(desk: Desk, acting_as: Acting) -> None:
    before = ours(acting_as)
    assume(desk.user.pk, TODAY)
    _held, plan = desk.plan(line())
    ((conflict,),) = [choice["conflicts"] for choice in plan["rows"][0]["choices"]]
    assert (conflict["label"], conflict["ours"], conflict["theirs"], conflict["open"]) == (
        "Contrat", "CDDI Convergence depuis le 08/01/2024, 26 h par semaine", "du 08/01/2024 au 07/01/2025", True,
    )  # fmt: skip
    assert desk.bring(line()).counts["kept"] == 1
    assert ours(acting_as) == before
    assume(desk.user.pk, TODAY)
    told = OfficialHire.objects.get()
    assert told.valid == DateRange(date(2024, 1, 8), date(2025, 1, 8)), "both sayings stay"


def test_theirs_is_noted_as_a_new_version_once_chosen_and_ours_stays_readable(desk: Desk) -> None:
    before = Contract.objects.current().get(person=desk.world.anouk)
    held = desk.bring(line(), theirs_2_0_hire0="theirs")
    assert held.counts["kept"] == 0
    after = Contract.objects.current().get(person=desk.world.anouk)
    assert (after.series, after.valid, after.weekly_hours, after.programme, after.source) == (
        before.series, DateRange(date(2024, 1, 8), date(2025, 1, 8)), before.weekly_hours, "cvg", held.source,
    )  # fmt: skip
    assert Contract.objects.get(pk=before.pk).valid == before.valid


def test_who_said_ours_and_when_stands_beside_it(desk: Desk) -> None:
    desk.bring(line(), theirs_2_0_hire0="theirs")
    _held, plan = desk.plan(line(applied="06/12/2023", ends="07/03/2025"))
    (conflict,) = plan["rows"][0]["choices"][0]["conflicts"]
    assert conflict["by"].startswith("noté par Ici-counsellor Exemple le ")


def test_a_contract_unknown_here_is_signed_only_once_chosen(desk: Desk, acting_as: Acting) -> None:
    with acting_as("maint"):
        Contract.objects.filter(person=desk.world.anouk).update(valid=DateRange(date(2020, 1, 1), date(2021, 1, 1)))
    assume(desk.user.pk, TODAY)
    _held, plan = desk.plan(line())
    (conflict,) = plan["rows"][0]["choices"][0]["conflicts"]
    assert conflict["ours"] == "aucun contrat noté à ces dates"
    desk.bring(line())
    assert Contract.objects.current().filter(person=desk.world.anouk).count() == 1
    later = line(applied="02/01/2025", starts="13/01/2025", ends="12/01/2026")
    desk.bring(later, theirs_2_0_hire0="theirs")
    signed = Contract.objects.current().get(person=desk.world.anouk, valid__startswith=date(2025, 1, 13))
    assert (signed.kind, signed.site_id) == ("cddi", desk.world.site.pk)


def test_a_hiring_over_two_contracts_of_ours_can_only_be_settled_by_hand(desk: Desk, acting_as: Acting) -> None:
    with acting_as("maint"):
        Contract.objects.filter(person=desk.world.anouk).update(valid=DateRange(date(2024, 1, 8), date(2024, 7, 1)))
        second = Contract.objects.get(person=desk.world.anouk)
        second.pk, second.valid = None, DateRange(date(2024, 7, 1), date(2025, 1, 1))
        Contract.objects.bulk_create([second])
    assume(desk.user.pk, TODAY)
    _held, plan = desk.plan(line())
    (conflict,) = plan["rows"][0]["choices"][0]["conflicts"]
    assert conflict["open"] is False
    desk.bring(line(), theirs_2_0_hire0="theirs")
    assert Contract.objects.current().filter(person=desk.world.anouk).count() == 2


@pytest.mark.parametrize(
    "hirings",
    [
        # Both would change the contract that we note since 8 January 2024.
        ({"starts": "15/01/2024", "ends": "01/12/2024"}, {"starts": "01/06/2024", "ends": ""}),
        # Neither touches it, and they run at once.
        ({"starts": "01/02/2020", "ends": "01/03/2021"}, {"starts": "01/06/2020", "ends": "01/03/2022"}),
    ],
)
def test_theirs_chosen_for_two_hirings_that_cannot_both_be_leaves_that_person_and_writes_the_others(
    desk: Desk, acting_as: Acting, hirings: tuple[dict[str, str], dict[str, str]]
) -> None:
    before = ours(acting_as)["pathways_contract"]
    assume(desk.user.pk, TODAY)
    lines = [line(**said, applied=f"0{place}/01/2020") for place, said in enumerate(hirings, 1)]
    both = {f"theirs_2_0_hire{place}": "theirs" for place in range(2)}
    held = desk.bring(*lines, line(**NEW), line4="new", chosen=both)
    assert (held.counts["created"], held.counts["changed"], held.counts["left"]) == (1, 0, 1)
    assert holding.returned_file(held)
    assert before < ours(acting_as)["pathways_contract"]


def test_two_lines_said_to_be_one_person_never_sign_one_contract_twice(desk: Desk) -> None:
    nothing = {"number": "", "pass_starts": "", "pass_ends": "", "pass_state": ""}
    lines = [
        line(**nothing, starts="15/01/2024", ends="14/01/2025"),
        line(**nothing, given="Anouck", starts="20/01/2024", ends="14/01/2025", applied="06/12/2023"),
    ]
    theirs = {f"theirs_{number}_0_hire0": "theirs" for number in (2, 3)}
    held = desk.bring(*lines, line3=f"person:{desk.world.anouk.pk}", chosen=theirs)
    assert (held.counts["changed"], held.counts["left"]) == (1, 1)
    contract = Contract.objects.current().get(person=desk.world.anouk)
    assert contract.valid == DateRange(date(2024, 1, 15), date(2025, 1, 15))


def test_one_hiring_told_by_two_lines_said_to_be_one_person_is_noted_once(desk: Desk) -> None:
    nothing = {"number": "", "pass_starts": "", "pass_ends": "", "pass_state": ""}
    held = desk.bring(line(**nothing), line(**nothing, given="Anouck"), line3=f"person:{desk.world.anouk.pk}")
    assert held.counts["changed"] == 2
    assert OfficialHire.objects.current().filter(person=desk.world.anouk).count() == 1


def test_a_hiring_that_was_cancelled_is_said_and_takes_no_contract_back(desk: Desk) -> None:
    _held, plan = desk.plan(line(state="Embauche annulée"))
    (conflict,) = plan["rows"][0]["choices"][0]["conflicts"]
    assert (conflict["theirs"], conflict["open"]) == ("embauche annulée, prévue le 08/01/2024", False)
    desk.bring(line(state="Embauche annulée"), theirs_2_0_hire0="theirs")
    assert Contract.objects.current().filter(person=desk.world.anouk).exists()
    assert OfficialHire.objects.get().state == "cancelled"


def test_a_later_export_makes_a_new_version_and_the_former_one_stays(desk: Desk) -> None:
    desk.bring(line(ends=""), said_on=MONTH_AGO)
    longer = line(ends="", pass_ends="06/01/2027", pass_state="Valide")
    _held, plan = desk.plan(longer)
    (row,) = plan["rows"]
    assert row["choices"][0]["changes"] == [
        ("PASS 99999 24 00042", "Expiré, du 08/01/2024 au 06/01/2026", "Valide, du 08/01/2024 au 06/01/2027")
    ]
    desk.bring(longer)
    former, current = OfficialPass.objects.order_by("pk")
    assert former.series == current.series
    assert (former.state, former.said_on, former.superseded_at is None) == ("expired", MONTH_AGO, False)
    assert (current.state, current.said_on, current.superseded_at) == ("valid", TODAY, None)


def test_an_older_export_does_not_take_the_place_of_a_later_one(desk: Desk) -> None:
    desk.bring(line(ends="", pass_ends="06/01/2027", pass_state="Valide"))
    _held, plan = desk.plan(line(ends=""), said_on=MONTH_AGO)
    assert plan["counts"]["nothing"] == 1
    assert any("plus récent" in said for said in plan["notices"])


def test_the_dates_of_a_hiring_that_move_from_one_export_to_the_next_stay_one_hiring(desk: Desk) -> None:
    desk.bring(line(starts="02/01/2024", ends=""), said_on=MONTH_AGO)
    desk.bring(line(ends=""))
    assert OfficialHire.objects.current().get().valid.lower == date(2024, 1, 8)
    assert OfficialHire.objects.count() == 2


def test_left_at_the_preview_nothing_is_noted(desk: Desk) -> None:
    assert desk.bring(line(), line2="leave").counts["left"] == 1
    assert not OfficialPass.objects.exists()


# -- who she is --------------------------------------------------------------------------------------------------


def test_the_pass_finds_her_under_another_name_and_both_names_are_shown(desk: Desk) -> None:
    desk.bring(line(ends=""))
    married = line(ends="", family="MODELE-FICTIVE", pass_ends="06/01/2027", pass_state="Valide")
    _held, plan = desk.plan(married)
    (row,) = plan["rows"]
    assert (row["verb"], row["person"]) == ("change", desk.world.anouk.pk)
    (conflict,) = row["choices"][0]["conflicts"]
    assert (conflict["label"], conflict["ours"], conflict["theirs"]) == (
        "Nom", "Anouk Fictive", "Anouk Modele-Fictive",
    )  # fmt: skip
    desk.bring(married)
    assert PersonName.objects.filter(person=desk.world.anouk).count() == 1
    assert OfficialPass.objects.current().get().holder == "Anouk Modele-Fictive"
    assert desk.bring(married).counts["nothing"] == 1


def test_another_name_is_added_as_a_spelling_once_chosen(desk: Desk) -> None:
    desk.bring(line(ends=""))
    desk.bring(line(ends="", family="FICTIF", pass_state="Valide"), theirs_2_0_name="theirs")
    names = PersonName.objects.current().filter(person=desk.world.anouk).values_list("kind", "family_name")
    assert set(names) == {("usual", "Fictive"), ("spelling", "Fictif")}


def test_an_identifier_that_a_list_gave_finds_her_by_her_pass(desk: Desk) -> None:
    ExternalIdentifier.objects.create(
        person=desk.world.anouk, operator=desk.world.site.operator, value="99999 24 00042"
    )
    _held, plan = desk.plan(line(ends="", given="Anouck"))
    assert [(row["verb"], row["person"]) for row in plan["rows"]] == [("change", desk.world.anouk.pk)]


def test_the_number_that_the_team_noted_itself_finds_her_too(desk: Desk, acting_as: Acting) -> None:
    with acting_as("maint"):
        Pass.objects.filter(person=desk.world.anouk).update(number="999992400042")
    assume(desk.user.pk, TODAY)
    _held, plan = desk.plan(line(ends="", given="Anouck"))
    assert [(row["verb"], row["person"]) for row in plan["rows"]] == [("change", desk.world.anouk.pk)]


def test_the_pass_of_somebody_with_another_birth_is_asked_about(desk: Desk) -> None:
    desk.bring(line(ends=""))
    _held, plan = desk.plan(line(ends="", birth="01/09/1960", pass_state="Valide"))
    (row,) = plan["rows"]
    assert row["verb"] == "ask"
    assert "la naissance n’est pas la même" in row["reasons"][0]
    assert desk.bring(line(ends="", birth="01/09/1960", pass_state="Valide")).counts["left"] == 1
    assert OfficialPass.objects.count() == 1


def test_a_pass_that_points_to_one_person_and_a_name_to_another_is_asked_about(desk: Desk, acting_as: Acting) -> None:
    desk.bring(line(**NEW), line2="new")
    zoe = named("MODELE".title())
    _held, plan = desk.plan(line(number="999992600007", pass_starts="07/09/2026", pass_ends="01/09/2028"))
    (row,) = plan["rows"]
    assert (row["verb"], row["choices"][0]["person"]) == ("ask", zoe.pk)
    assert "Zoé Modele" in row["reasons"][0]
    assert "Anouk Fictive" in row["reasons"][0]


def test_somebody_close_is_asked_about_and_may_be_chosen(desk: Desk) -> None:
    _held, plan = desk.plan(line(ends="", given="Anouck", birth="12/03/1986"))
    (row,) = plan["rows"]
    assert [choice["code"] for choice in row["choices"]] == [f"person:{desk.world.anouk.pk}", "new"]
    held = desk.bring(line(ends="", given="Anouck", birth="12/03/1986"), line2=f"person:{desk.world.anouk.pk}")
    assert held.counts["changed"] == 1
    assert OfficialPass.objects.get().person == desk.world.anouk
    assert CivilStatus.objects.current().get(person=desk.world.anouk).birth == "12/03/1985"


def test_a_hidden_name_is_found_by_its_pass_alone(desk: Desk) -> None:
    hidden = line(family="F…", given="A…", birth="", ends="")
    assert desk.plan(hidden)[1]["counts"]["refuse"] == 1
    desk.bring(line(ends=""))
    held = desk.bring(line(family="F…", given="A…", birth="", ends="", pass_state="Valide"))
    assert held.counts["changed"] == 1
    assert OfficialPass.objects.current().get().holder == "Anouk Fictive"


def test_a_second_pass_at_the_same_dates_is_asked_about(desk: Desk) -> None:
    desk.bring(line(ends=""))
    _held, plan = desk.plan(line(ends="", number="999992400077"))
    (row,) = plan["rows"]
    assert row["verb"] == "ask"
    assert "Un autre PASS est noté aux mêmes dates" in row["reasons"][0]


# -- a number that stands elsewhere ------------------------------------------------------------------------------


def test_a_pass_noted_in_a_hidden_file_is_said_without_saying_whose(desk: Desk, acting_as: Acting) -> None:
    with acting_as("maint"):
        OfficialPass.objects.create(
            person=desk.world.sami, number="999992400042", state="valid", said_on=MONTH_AGO,
            valid=DateRange(date(2024, 1, 8), date(2026, 1, 7)),
        )  # fmt: skip
    assume(desk.user.pk, TODAY)
    _held, plan = desk.plan(line(ends=""))
    (row,) = plan["rows"]
    assert row["verb"] == "ask"
    assert row["reasons"] == ["Le PASS 99999 24 00042 est déjà noté ailleurs, dans un dossier que vous ne voyez pas."]
    assert [choice["person"] for choice in row["choices"]] == [desk.world.anouk.pk]
    assert "Imaginaire" not in str(plan)
    assert "Tilleuls" not in str(plan)
    assert desk.bring(line(ends="")).counts["left"] == 1
    assert desk.bring(line(ends=""), line2="accept").counts["changed"] == 1
    assert OfficialPass.objects.get().person == desk.world.anouk, "the other one stays hidden"


def elsewhere(*numbers: str) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT number FROM passes_noted_elsewhere(%s)", [list(numbers)])
        return {number for (number,) in cursor.fetchall()}


def test_only_those_who_welcome_people_may_ask_and_only_about_what_they_do_not_read(world: World) -> None:
    hers, his = f"9999924{world.anouk.pk:05d}", f"9999924{world.sami.pk:05d}"
    for role in Role:
        assume(world.users[role].pk, TODAY)
        asks = role in (Role.COUNSELLOR, Role.SUPPORT_WORKER, Role.SITE_MANAGER)
        assert elsewhere(hers, his, "999992499999") == ({his} if asks else set()), role
    assume(None, TODAY)
    assert elsewhere(hers, his) == set()


def test_a_linked_file_s_pass_is_hers_and_undoing_the_link_leaves_it_elsewhere(
    desk: Desk, world: World, acting_as: Acting
) -> None:
    with acting_as("maint"):
        here = someone("Souleymane", "Maquette", world.site)
        there = someone("Suleiman", "Maquette", world.other_site)
        OfficialPass.objects.create(
            person=there, number="999992400042", state="valid", said_on=MONTH_AGO,
            valid=DateRange(date(2024, 1, 8), date(2026, 1, 7)),
        )  # fmt: skip
    searched(world, acting_as)
    say(world.users[Role.COORDINATOR], pair_of(acting_as, here, there), Verdict.SAME)
    assume(desk.user.pk, TODAY)
    exported = line(family="MAQUETTE", given="Soulayman", birth="03/05/1985", ends="")
    _held, plan = desk.plan(exported)
    assert [(row["verb"], row["person"]) for row in plan["rows"]] == [("change", here.pk)]
    say(world.users[Role.COORDINATOR], pair_of(acting_as, here, there), Verdict.UNDONE)
    assume(desk.user.pk, TODAY)
    _held, plan = desk.plan(exported)
    assert [row["verb"] for row in plan["rows"]] == ["ask"]
    assert any("déjà noté ailleurs" in reason for reason in plan["rows"][0]["reasons"])


# -- somebody unknown here ---------------------------------------------------------------------------------------


def test_somebody_unknown_is_listed_and_let_in_only_if_the_actor_says_so(desk: Desk) -> None:
    people = Person.objects.count()
    _held, plan = desk.plan(line(**NEW))
    (row,) = plan["rows"]
    assert (row["verb"], row["unknown"], [choice["code"] for choice in row["choices"]]) == ("ask", True, ["new"])
    held = desk.bring(line(**NEW))
    assert held.counts == {"created": 0, "changed": 0, "nothing": 0, "left": 0, "unknown": 1, "kept": 0}
    assert held.returned is None, "whom the actor did not let in is no line to correct"
    assert Person.objects.count() == people
    assert desk.bring(line(**NEW), line2="new").counts["created"] == 1
    zoe = named("Modele")
    assert Contract.objects.get(person=zoe).valid == DateRange(date(2026, 9, 7), date(2027, 9, 7))
    assert Pathway.objects.get(person=zoe).valid == DateRange(date(2026, 9, 7), None)
    assert CivilStatus.objects.get(person=zoe).birth == "03/05/1998"
    assert [told.number for _pk, told in sayings_of(zoe.pk).passes] == ["999992600007"]
    assert desk.bring(line(**NEW)).counts["nothing"] == 1


def test_several_hirings_of_somebody_new_are_as_many_contracts_in_one_pathway(desk: Desk) -> None:
    first = NEW | {"starts": "02/03/2026", "ends": "06/09/2026", "applied": "01/02/2026"}
    desk.bring(line(**NEW), line(**first), line2="new")
    zoe = named("Modele")
    assert Contract.objects.filter(person=zoe).count() == 2
    assert Pathway.objects.current().get(person=zoe).valid.lower == date(2026, 3, 2)
    assert len(sayings_of(zoe.pk).hires) == 2


def test_a_hiring_from_before_the_site_was_entered_lets_her_in_from_its_opening(desk: Desk, world: World) -> None:
    opened = world.site.open_over.lower
    desk.bring(line(**NEW | {"starts": "04/01/2021", "ends": "03/01/2022", "pass_starts": "04/01/2021"}), line2="new")
    zoe = named("Modele")
    assert Support.objects.get(person=zoe).valid.lower == opened
    assert Contract.objects.get(person=zoe).valid.lower == date(2021, 1, 4)


@pytest.mark.parametrize("changed", [{"state": "Candidature déclinée"}, {"employer": "Entreprise Inventée"}])
def test_somebody_who_was_not_hired_here_is_not_even_shown(desk: Desk, changed: dict[str, str]) -> None:
    _held, plan = desk.plan(line(**NEW, **changed))
    assert plan["rows"] == []
    assert "Modele" not in str(plan)


def test_what_cannot_be_read_comes_back_with_its_reason_and_the_export_s_own_titles(desk: Desk) -> None:
    held = desk.bring(line(pass_ends="31/02/2026"), line(**NEW), line3="new")
    assert (held.counts["left"], held.counts["created"]) == (1, 1)
    table = read(holding.returned_file(held))
    assert "ce jour n’existe pas" in str(table.rows[0].cells[1])
    assert holding.official_of(table, b"") is not None, "it can be imported as it is"


# -- twice -------------------------------------------------------------------------------------------------------


PEOPLE = st.lists(
    st.fixed_dictionaries(
        {
            "family": st.sampled_from(["FICTIVE", "MODELE", "INVENTE"]),
            "given": st.sampled_from(["Anouk", "Zoé"]),
            "number": st.sampled_from(["999992400042", "999992600007", "999992600008", "99999 24", ""]),
            "starts": st.sampled_from(["08/01/2024", "07/09/2026", "30/02/2025"]),
            "ends": st.sampled_from(["", "07/01/2025", "06/09/2027"]),
            "state": st.sampled_from(["Candidature acceptée", "Embauche annulée", "Candidature déclinée"]),
            "pass_ends": st.sampled_from(["06/01/2026", "06/01/2027"]),
            "applied": st.sampled_from(["05/12/2023", "06/12/2023"]),
        }
    ),
    min_size=1,
    max_size=5,
)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(people=PEOPLE, accepted=st.booleans())
def test_an_export_brought_twice_changes_nothing_and_what_stood_stands(
    desk: Desk, acting_as: Acting, people: list[dict[str, str]], accepted: bool
) -> None:
    lines = [line(**one) for one in people]
    answers: dict[str, Any] = {f"line{number}": "new" for number in range(2, 7)} if accepted else {}
    with transaction.atomic():
        before = ours(acting_as)
        assume(desk.user.pk, TODAY)
        desk.bring(*lines, **answers)
        after = ours(acting_as)
        assert all(before[table] <= after[table] for table in FACTS), "what stood still stands, with the same values"
        with acting_as("maint"):
            counted = rows_everywhere()
        assume(desk.user.pk, TODAY)
        held = desk.bring(*lines, **answers)
        assert held.counts["created"] == held.counts["changed"] == 0
        with acting_as("maint"):
            assert rows_everywhere() == counted
        transaction.set_rollback(True)

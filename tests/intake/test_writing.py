"""What an import writes: everything that was accepted, once, and nothing else."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone

from convergence.access.models import User
from convergence.intake import holding
from convergence.intake.actor import Importer
from convergence.intake.completing import complete
from convergence.intake.differences import Difference
from convergence.intake.fields import Field
from convergence.intake.known import Known
from convergence.intake.models import ExternalIdentifier, Import
from convergence.intake.planning import preview
from convergence.intake.reading import read
from convergence.intake.writing import write
from convergence.pathways.models import Contract, Pathway
from convergence.people.models import Assignment, CivilStatus, Person, PersonName, Support
from convergence.platform.dated import revise
from convergence.platform.errors import Refused
from convergence.platform.identity import assume
from convergence.situations.models import Situation
from convergence.support.models import Alert, Note
from convergence.territories.models import Mission
from convergence.vocabulary.roles import Role
from tests.builders import TODAY, World, handed_over, make_user
from tests.intake.files import text

Acting = Callable[[str], AbstractContextManager[None]]

TITLES = (
    "Nom", "Prénom", "Date de naissance", "Sexe", "Téléphone", "Langues", "Date d'entrée", "Type de contrat",
    "Début du contrat", "Fin du contrat", "Heures par semaine", "Logement", "RSA", "RQTH", "Titre de séjour jusqu'au",
    "Conseiller", "Commentaire", "Identifiant interne",
)  # fmt: skip
ZOE = (
    "Fictive", "Zoé", "03/05/1998", "Femme", "06 39 98 00 01", "français", "01/09/2025", "CDDI Convergence",
    "02/09/2025", "01/09/2027", "26", "CHRS", "oui", "oui", "30/06/2027", "Ici-Counsellor Exemple",
    "Préfère le matin.", "A1",
)  # fmt: skip
MANUEL = ("Modèle", "Manuel", "1971", *[""] * 15)


class Desk:
    """Somebody who imports: ``plan`` shows what a list would do, ``bring`` writes it."""

    def __init__(self, user: User, world: World) -> None:
        self.user, self.world = user, world
        assume(user.pk, TODAY)

    def plan(self, *rows: Sequence[str], titles: Sequence[str] = TITLES) -> tuple[Import, dict[str, Any]]:
        site = self.world.site
        held, table = holding.hold(self.user.pk, site.pk, "liste.csv", text([titles, *rows]))
        mapping = holding.mapping_of(held, table)
        assert mapping.faults() == []
        plan = preview(table, mapping, Importer.of(self.user.pk, TODAY), site, TODAY)
        holding.write_plan(held, plan)
        held.save()
        return held, plan

    def bring(self, *rows: Sequence[str], titles: Sequence[str] = TITLES, **decisions: str) -> Import:
        """:param decisions: ``line3="accept"``…"""
        held, _plan = self.plan(*rows, titles=titles)
        held.decisions = {line.removeprefix("line"): code for line, code in decisions.items()}
        held.save()
        write(held, TODAY, lambda done, total: None)
        return held


@pytest.fixture
def desk(world: World) -> Desk:
    return Desk(world.users[Role.COUNSELLOR], world)


def rows_everywhere() -> dict[str, int]:
    """Rows of every table of ours that holds something about people, as *maint* counts them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
            " AND relname ~ '^(people|situations|pathways|support|access|intake_ext)'"
        )
        tables = [name for (name,) in cursor.fetchall()]
        counts = {}
        for table in tables:
            cursor.execute(f"SELECT count(*) FROM {table}")
            counts[table] = cursor.fetchone()[0]
    return counts


def named(family: str) -> Person:
    return Person.objects.get(names__family_name=family, names__kind="usual", names__superseded_at=None)


def verbs(plan: dict[str, Any]) -> list[str]:
    return [row["verb"] for row in plan["rows"]]


# -- somebody new ------------------------------------------------------------------------------------------------


def test_everything_that_a_row_says_of_somebody_new_is_written(desk: Desk) -> None:
    held = desk.bring(("Imaginée", *ZOE[1:]))
    person = named("Imaginée")
    assert held.counts == {"created": 1, "changed": 0, "nothing": 0, "left": 0}
    civil = CivilStatus.objects.get(person=person)
    assert (civil.sex, civil.birth, civil.phone, civil.languages) == (
        "woman", "03/05/1998", "06 39 98 00 01", "français",
    )  # fmt: skip
    assert Support.objects.get(person=person).valid == DateRange(date(2025, 9, 1), None)
    contract = Contract.objects.get(person=person)
    assert (contract.kind, contract.programme, contract.valid, contract.weekly_hours, contract.site_id) == (
        "cddi", "cvg", DateRange(date(2025, 9, 2), date(2027, 9, 2)), Decimal(26), desk.world.site.pk,
    )  # fmt: skip
    assert Pathway.objects.get(person=person).valid == DateRange(date(2025, 9, 2), None)
    facts = {row.aspect: (row.value or row.missing, row.starts, row.expires_on) for row in person.situations.all()}
    assert facts == {
        "housing": ("chrs", TODAY, None),
        "residence_permit": ("not_assessed", TODAY, date(2027, 6, 30)),
        "rqth": ("granted", TODAY, None),
        "rsa": ("open", TODAY, None),
    }
    assert Assignment.objects.get(person=person).mission.user == desk.user
    assert Note.objects.get(person=person).body == "Préfère le matin."
    assert ExternalIdentifier.objects.get(person=person).value == "A1"
    sources = {
        row.source for model in (PersonName, Situation, Contract, Note) for row in model.objects.filter(person=person)
    }
    assert sources == {held.source}


def test_what_follows_from_the_facts_follows_from_imported_ones_too(desk: Desk) -> None:
    desk.bring(("Imaginée", *ZOE[1:9], "10/12/2026", *[""] * 8))
    assert Alert.objects.filter(person=named("Imaginée")).exists()


def test_a_name_and_a_year_are_enough(desk: Desk) -> None:
    desk.bring(MANUEL)
    person = named("Modèle")
    assert CivilStatus.objects.get(person=person).birth == "1971"
    assert Support.objects.get(person=person).valid.lower == TODAY
    assert not Contract.objects.filter(person=person).exists()


@pytest.mark.parametrize("turns", [2, 3])
def test_importing_the_same_file_again_inserts_no_row_anywhere(desk: Desk, acting_as: Acting, turns: int) -> None:
    rows = (ZOE, MANUEL, ("Inventé", "Hélène", "12/11/1971", *[""] * 9, "non", "non", "", "", "", "H7"))
    with acting_as("maint"):
        at_first = rows_everywhere()
    desk.bring(*rows)
    with acting_as("maint"):
        before = rows_everywhere()
    added = {table: before[table] - count for table, count in at_first.items() if before[table] != count}
    assert (added["people_person"], added["intake_externalidentifier"], added["pathways_contract"]) == (3, 2, 1)
    for _turn in range(turns - 1):
        held = desk.bring(*rows)
        assert held.counts == {"created": 0, "changed": 0, "nothing": 3, "left": 0}
    with acting_as("maint"):
        assert rows_everywhere() == before


def test_accents_capitals_and_order_do_not_make_another_person(desk: Desk) -> None:
    desk.bring(MANUEL)
    _held, plan = desk.plan(("manuel", "MODELE", "1971", *[""] * 15))
    assert plan["counts"]["nothing"] == 1


# -- somebody known ----------------------------------------------------------------------------------------------


def test_only_what_is_empty_or_different_changes_and_the_preview_shows_both(desk: Desk) -> None:
    desk.bring(ZOE)
    changed = list(ZOE)
    changed[4], changed[11], changed[10] = "06 39 98 00 99", "résidence sociale", "20"
    held, plan = desk.plan(changed)
    assert verbs(plan) == ["change"]
    assert plan["rows"][0]["changes"] == [
        ("Téléphone", "06 39 98 00 01", "06 39 98 00 99"),
        (
            "Contrat",
            "CDDI Convergence du 02/09/2025 au 01/09/2027, 26 h par semaine",
            "CDDI Convergence du 02/09/2025 au 01/09/2027, 20 h par semaine",
        ),
        ("Logement ou hébergement", "Centre d’hébergement et de réinsertion sociale (CHRS)", "Résidence sociale"),
    ]
    write(held, TODAY, lambda done, total: None)
    person = PersonName.objects.get(given_name="Zoé").person
    assert CivilStatus.objects.current().get(person=person).phone == "06 39 98 00 99"
    assert CivilStatus.objects.filter(person=person).count() == 2, "the earlier version stays readable"
    assert Contract.objects.current().get(person=person).weekly_hours == 20
    assert person.situations.current().get(aspect="housing").value == "social_residence"
    assert person.situations.current().filter(aspect="rsa").count() == 1


def test_a_finer_situation_is_not_replaced_by_a_coarser_one_nor_a_known_one_by_nothing(desk: Desk) -> None:
    desk.bring(ZOE)
    for word in ("hébergement collectif", "ne sait pas", ""):
        row = list(ZOE)
        row[11] = word
        _held, plan = desk.plan(row)
        assert plan["counts"]["nothing"] == 1, word


def test_a_renewed_contract_is_one_more_contract(desk: Desk) -> None:
    desk.bring(ZOE)
    row = list(ZOE)
    row[8], row[9] = "02/09/2027", "01/03/2028"
    assert desk.bring(row).counts["changed"] == 1
    assert Contract.objects.current().filter(source__startswith="import").count() == 2


def test_a_contract_that_overlaps_another_is_doubtful_and_replaces_it_once_accepted(desk: Desk) -> None:
    desk.bring(ZOE)
    row = list(ZOE)
    row[8] = "15/09/2025"
    _held, plan = desk.plan(row)
    assert verbs(plan) == ["ask"]
    assert plan["rows"][0]["reasons"] == ["Ce contrat chevauche celui qui est noté\u00a0: il le remplacerait."]
    assert desk.bring(row).counts == {"created": 0, "changed": 0, "nothing": 0, "left": 1}
    assert desk.bring(row, line2="accept").counts["changed"] == 1
    contract = Contract.objects.current().get(person=PersonName.objects.get(given_name="Zoé").person)
    assert contract.valid == DateRange(date(2025, 9, 15), date(2027, 9, 2))


def test_a_difference_in_identity_is_never_written_without_being_accepted(desk: Desk) -> None:
    desk.bring(ZOE)
    person = PersonName.objects.get(given_name="Zoé").person
    row = [*ZOE]
    row[3] = "Homme"
    assert desk.bring(row).counts["left"] == 1
    assert CivilStatus.objects.current().get(person=person).sex == "woman"
    assert desk.bring(row, line2="accept").counts["changed"] == 1
    assert CivilStatus.objects.current().get(person=person).sex == "man"


@pytest.mark.parametrize(
    ("given", "birth"),
    [("Zoe-Lou", "03/05/1998"), ("Zoé", "05/03/1998"), ("Zoé", "03/05/1989"), ("Zoé", "1998"), ("Zoé", "")],
)
def test_somebody_very_close_is_asked_about_and_stays_out_by_default(desk: Desk, given: str, birth: str) -> None:
    desk.bring(ZOE)
    person = PersonName.objects.get(given_name="Zoé").person
    row = ("Fictive", given, birth, *[""] * 9, "non", *[""] * 5)
    _held, plan = desk.plan(row)
    assert verbs(plan) == ["ask"]
    assert [choice["code"] for choice in plan["rows"][0]["choices"]] == [f"person:{person.pk}", "new"]
    assert desk.bring(row).counts["left"] == 1
    assert desk.bring(row, line2=f"person:{person.pk}").counts["changed"] == 1
    assert person.situations.current().get(aspect="rsa").value == "none"
    assert str(person.names.current().get(kind="usual")) == "Zoé Fictive", "her own name stays as noted"


def test_somebody_close_may_be_somebody_else(desk: Desk) -> None:
    desk.bring(ZOE)
    assert desk.bring(("Fictive", "Zoé", "1998", *[""] * 15), line2="new").counts["created"] == 1
    assert PersonName.objects.filter(given_name="Zoé", family_name="Fictive").count() == 2


def test_two_full_birth_dates_without_much_in_common_are_two_people(desk: Desk) -> None:
    desk.bring(ZOE)
    _held, plan = desk.plan(("Fictive", "Zoé", "21/12/1970", *[""] * 15))
    assert verbs(plan) == ["create"]


def test_an_identifier_finds_somebody_only_under_her_own_name(desk: Desk) -> None:
    desk.bring(ZOE)
    _held, plan = desk.plan(("Fictive", "Zoé", "", *[""] * 14, "A1"))
    assert plan["counts"]["nothing"] == 1
    _held, plan = desk.plan(("Factice", "Karim", "", *[""] * 14, "A1"))
    assert verbs(plan) == ["ask"]
    assert plan["rows"][0]["reasons"] == ["Cet identifiant est celui de quelqu’un d’autre."]


def test_nobody_of_another_site_is_found_or_changed(desk: Desk) -> None:
    _held, plan = desk.plan(("Imaginaire", "Sami", "1985", *[""] * 15))
    assert verbs(plan) == ["create"]


# -- rows that stay out ------------------------------------------------------------------------------------------


def test_a_site_that_is_not_the_actor_s_is_refused_in_a_sentence(desk: Desk) -> None:
    titles = ("Nom", "Prénom", "Chantier")
    _held, plan = desk.plan(("Fictive", "Zoé", "Chantier des Tilleuls"), ("Modèle", "Manuel", "saules"), titles=titles)
    assert verbs(plan) == ["refuse", "create"]
    assert plan["rows"][0]["reasons"][0].startswith(
        "«\u00a0Chantier des Tilleuls\u00a0» n’est pas l’un de vos chantiers"
    )


def test_a_colleague_who_is_not_found_makes_the_row_doubtful(desk: Desk) -> None:
    row = (*ZOE[:15], "Quelqu’un d’Inconnu", *ZOE[16:])
    _held, plan = desk.plan(row)
    assert verbs(plan) == ["ask"]
    desk.bring(row, line2="accept")
    assert not Assignment.objects.filter(person=PersonName.objects.get(given_name="Zoé").person).exists()


@pytest.mark.parametrize("who", ["ici-support-worker.exemple@convergence.example", "EXEMPLE Ici-Support-Worker"])
def test_a_colleague_is_found_by_address_or_by_name(desk: Desk, who: str) -> None:
    desk.bring((*ZOE[:15], who, *ZOE[16:]))
    assignment = Assignment.objects.get(person=PersonName.objects.get(given_name="Zoé").person)
    assert assignment.mission.user == desk.world.users[Role.SUPPORT_WORKER]


def test_somebody_repeated_in_the_file_gets_one_file(desk: Desk) -> None:
    titles = ("Nom", "Prénom", "Date de naissance", "Téléphone", "RSA")
    first = ("Fictive", "Zoé", "03/05/1998", "06 39 98 00 01", "")
    second = ("FICTIVE", "zoe", "03/05/1998", "", "oui")
    held, plan = desk.plan(first, second, titles=titles)
    assert verbs(plan) == ["create", "ask"]
    held = desk.bring(first, second, titles=titles, line3="accept")
    assert held.counts == {"created": 1, "changed": 1, "nothing": 0, "left": 0}
    person = PersonName.objects.get(given_name="Zoé").person
    assert person.situations.get(aspect="rsa").value == "open"
    assert CivilStatus.objects.current().get(person=person).phone == "06 39 98 00 01"


def test_a_day_of_entry_to_come_and_a_name_too_long_are_refused(desk: Desk) -> None:
    titles = ("Nom", "Prénom", "Date d'entrée")
    _held, plan = desk.plan(("Fictive", "Zoé", "01/12/2026"), ("F" * 90, "Zoé", ""), titles=titles)
    assert verbs(plan) == ["refuse", "refuse"]


def test_a_line_that_changes_a_file_may_be_left(desk: Desk) -> None:
    desk.bring(ZOE)
    row = (*ZOE[:4], "06 39 98 00 99", *ZOE[5:])
    assert desk.bring(row, line2="leave").counts == {"created": 0, "changed": 0, "nothing": 0, "left": 1}
    assert not CivilStatus.objects.filter(phone="06 39 98 00 99").exists()


# -- rights ------------------------------------------------------------------------------------------------------


def test_a_site_manager_s_import_leaves_social_and_health_out_and_says_so(world: World, acting_as: Acting) -> None:
    desk = Desk(world.users[Role.SITE_MANAGER], world)
    _held, plan = desk.plan(ZOE)
    assert any(
        "Logement ou hébergement, Fin de validité du titre de séjour, RQTH, RSA, Commentaire" in said
        for said in plan["notices"]
    )
    desk.bring(ZOE)
    with acting_as("maint"):
        person = PersonName.objects.get(given_name="Zoé").person
        assert Contract.objects.filter(person=person).exists()
        assert not Situation.objects.filter(person=person).exists()
        assert not Note.objects.filter(person=person).exists()
    held = desk.bring(ZOE)
    assert held.counts["nothing"] == 1


def test_a_mission_that_ended_meanwhile_writes_nothing(desk: Desk, acting_as: Acting) -> None:
    held, _plan = desk.plan(ZOE)
    with acting_as("maint"):
        handed_over(desk.user, desk.world.users[Role.SUPPORT_WORKER])
        Mission.objects.filter(user=desk.user).update(valid=DateRange(date(2024, 1, 8), TODAY))
        before = rows_everywhere()
    assume(desk.user.pk, TODAY)
    with pytest.raises(Refused, match="plus accueillir"):
        write(held, TODAY, lambda done, total: None)
    with acting_as("maint"):
        assert rows_everywhere() == before


# -- between the preview and the writing -------------------------------------------------------------------------


def test_a_file_that_somebody_else_changed_meanwhile_is_left_as_it_is(desk: Desk) -> None:
    desk.bring(ZOE)
    held, _plan = desk.plan((*ZOE[:4], "06 39 98 00 99", *ZOE[5:]))
    civil = CivilStatus.objects.current().get(person=PersonName.objects.get(given_name="Zoé").person)
    revise(civil, phone="06 39 98 00 55")
    write(held, TODAY, lambda done, total: None)
    assert held.counts["left"] == 1
    assert CivilStatus.objects.current().filter(phone="06 39 98 00 55").exists()


def test_two_imports_of_the_same_file_make_each_person_once(desk: Desk) -> None:
    first, _plan = desk.plan(ZOE, MANUEL)
    second, _plan = desk.plan(ZOE, MANUEL)
    write(first, TODAY, lambda done, total: None)
    write(second, TODAY, lambda done, total: None)
    assert second.counts == {"created": 0, "changed": 0, "nothing": 2, "left": 0}


# -- what is kept of the file ------------------------------------------------------------------------------------


def test_the_file_is_sealed_and_its_key_goes_with_the_import(desk: Desk) -> None:
    held, _plan = desk.plan(ZOE)
    stored = Import.objects.get(pk=held.pk)
    everything = b"".join(bytes(part) for part in (stored.file, stored.about, stored.plan, stored.wrapped_key) if part)
    assert b"Fictive" not in everything
    assert b"liste.csv" not in everything
    write(held, TODAY, lambda done, total: None)
    stored = Import.objects.get(pk=held.pk)
    assert (stored.wrapped_key, stored.file, stored.about, stored.plan, stored.returned) == (None,) * 5


def test_rows_that_stay_out_come_back_with_their_reason_and_the_rest_of_the_file_goes(desk: Desk) -> None:
    held = desk.bring(("", "", "1971", *[""] * 15), MANUEL)
    stored = Import.objects.get(pk=held.pk)
    assert stored.file is None
    table = read(holding.returned_file(stored))
    assert [row.cells[:2] for row in table.rows] == [(2, "Le nom manque\u00a0: indiquez au moins un nom ou un prénom.")]


def test_a_week_old_file_loses_its_key_whoever_brought_it(desk: Desk, acting_as: Acting) -> None:
    old, _plan = desk.plan(ZOE)
    fresh, _plan = desk.plan(MANUEL)
    with acting_as("maint"):
        Import.objects.filter(pk=old.pk).update(uploaded_at=timezone.now() - timedelta(days=8))
    with acting_as("worker"):
        assume(None, TODAY)
        assert holding.forget_older_than(timezone.now() - holding.KEPT) == 1
    assume(desk.user.pk, TODAY)
    with pytest.raises(Refused):
        holding.table_of(Import.objects.get(pk=old.pk))
    assert holding.table_of(Import.objects.get(pk=fresh.pk)).rows


def test_nobody_sees_the_import_of_somebody_else(desk: Desk) -> None:
    held, _plan = desk.plan(ZOE)
    assume(desk.world.users[Role.SITE_MANAGER].pk, TODAY)
    assert not Import.objects.filter(pk=held.pk).exists()


def test_a_colleague_who_leaves_soon_does_not_take_over_by_a_list(world: World, acting_as: Acting) -> None:
    """Whom nobody would follow after her is told before the end of the import, which then writes nothing."""
    with acting_as("maint"):
        leaves = DateRange(date(2024, 1, 8), TODAY + timedelta(days=30))
        soon = Mission.objects.create(user=make_user("Courte"), role=Role.COUNSELLOR, site=world.site, valid=leaves)
    assume(world.users[Role.COUNSELLOR].pk, TODAY)
    said = Difference(Field.COUNSELLOR, "Ici-Counsellor Exemple", "Courte Exemple", soon)
    with pytest.raises(Refused, match="jamais sans référent"), transaction.atomic():
        complete(Known(person_id=world.anouk.pk), [said], TODAY, "list")

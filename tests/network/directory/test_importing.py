"""Files of the directory come in row by row: good rows kept, bad ones named, nothing of ours overwritten."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import ProgrammingError, connection, transaction

from convergence.network.directory import writing
from convergence.network.directory.closing import close_asked, leave_open
from convergence.network.directory.holding import File, hold
from convergence.network.directory.models import DirectoryImport, DirectoryPiece, Entry, Kind, Service, Structure, Town
from convergence.network.directory.streaming import JsonItems, unpacked
from convergence.platform.errors import Refused
from convergence.platform.identity import assume
from convergence.vocabulary.roles import Role
from tests.builders import TODAY, World
from tests.network.directory.made import Acting, bring, page, run, service, structure, told

Bring = Callable[..., DirectoryImport]
SAMPLES = Path(__file__).parents[4] / "shared" / "data" / "data-inclusion"


@pytest.fixture
def importing(world: World, acting_as: Acting, time_machine: Any) -> Bring:
    """Import files as the territory's partnership officer."""
    time_machine.move_to(f"{TODAY.isoformat()}T10:00:00+01:00", tick=False)
    officer = world.users[Role.PARTNERSHIP_OFFICER].pk

    def do(*contents: bytes, **options: Any) -> DirectoryImport:
        return bring(officer, acting_as, *contents, **options)

    return do


def test_good_rows_are_kept_and_each_bad_one_is_named(importing: Bring) -> None:
    rows = [
        structure(1),
        structure(2, telephone="06 39"),
        structure(3, id="structure-3"),
        structure(4, longitude=48.8693, latitude=2.3551),
        "pas un objet",
        structure(5),
    ]
    held = importing(page(rows))
    assert list(Structure.objects.order_by("pk").values_list("external_id", flat=True)) == [
        "fictif--structure-1",
        "fictif--structure-5",
    ]
    assert told(held) == [
        (2, "telephone", "Ce numéro de téléphone n’existe pas."),
        (3, "id", "L’identifiant commence par celui de sa source et deux tirets : source--identifiant."),
        (4, "latitude", "Latitude et longitude sont inversées."),
        (5, "", "Cette ligne n’est pas un objet avec des champs nommés."),
    ]
    assert held.counts["structure"] == {"created": 2, "refused": 4}


def test_services_come_after_their_structures_whatever_the_order_of_the_files(importing: Bring) -> None:
    held = importing(page([service(1), service(2, of=99)]), json.dumps([structure(1)]).encode())
    assert Service.objects.get().structure.external_id == "fictif--structure-1"
    assert told(held) == [(2, "structure_id", "Cette structure n’est ni dans les fichiers, ni dans l’annuaire.")]


def test_a_packed_file_and_a_plain_list_are_read(importing: Bring) -> None:
    held = importing(gzip.compress(json.dumps([structure(1), structure(2)]).encode()))
    assert held.counts["structure"] == {"created": 2, "refused": 0}


def test_the_sample_of_the_public_service_comes_in_but_for_its_invalid_rows(importing: Bring) -> None:
    if not SAMPLES.is_dir():
        pytest.skip("the sample of data·inclusion is absent")
    held = importing(*((SAMPLES / f"{name}.json").read_bytes() for name in ("structures", "services")))
    assert Structure.objects.count() == 3
    # Of the six services that are valid, some belong to structures that are refused.
    assert Service.objects.count() + held.counts["service"]["refused"] == 7
    assert Service.objects.filter(external_id="dora--46f7ea19-c97b-4f45-90a9-027b44cad927").exists()
    assert (5, "siret", "14 chiffres sont attendus.") in told(held)


def test_the_same_identifier_twice_in_the_files_counts_once(importing: Bring) -> None:
    far_apart = [structure(number) for number in range(1, writing.AT_ONCE + 10)]
    held = importing(page([structure(1), structure(1, nom="Autre nom"), *far_apart]), page([structure(2)]))
    reason = "Cet identifiant est déjà plus haut dans les fichiers : la première ligne est gardée."
    assert told(held) == [(2, "id", reason), (3, "id", reason), (1, "id", reason)]
    assert list(held.refused.order_by("file", "row").values_list("value", flat=True)) == [
        "ligne 1 de fichier-1.json",
        "ligne 1 de fichier-1.json",
        "ligne 4 de fichier-1.json",
    ]
    assert Structure.objects.get(external_id="fictif--structure-1").name == "Maison Imaginaire 1"


def test_an_update_is_applied_and_an_older_row_is_not(importing: Bring) -> None:
    importing(page([structure(1), structure(2)]))
    held = importing(
        page(
            [structure(1, nom="Nouveau nom", date_maj="2026-06-30"), structure(2, nom="Ancien", date_maj="2025-01-01")]
        )
    )
    assert [str(each) for each in Structure.objects.order_by("pk")] == ["Nouveau nom", "Maison Imaginaire 2"]
    assert held.counts["structure"] == {"updated": 1, "older": 1, "refused": 0}
    assert told(held) == [(2, "date_maj", "Plus ancienne que ce que nous avons déjà : non appliquée.")]


def test_the_same_file_again_changes_nothing(importing: Bring) -> None:
    files = page([structure(1)]), page([service(1)])
    importing(*files)
    before = list(Structure.objects.values("theirs", "corrected")), list(Entry.objects.values_list("pk", flat=True))
    held = importing(*files)
    assert held.counts["structure"] == {"same": 1, "refused": 0}
    assert before == (
        list(Structure.objects.values("theirs", "corrected")),
        list(Entry.objects.values_list("pk", flat=True)),
    )


def test_what_we_corrected_stays_over_an_update(importing: Bring, world: World) -> None:
    importing(page([structure(1)]))
    corrected = {"telephone": {"ours": "01 99 00 00 42", "seen": "01 99 00 00 01"}}
    Structure.objects.update(corrected=corrected)
    importing(page([structure(1, telephone="01 99 00 00 77", nom="Nouveau nom", date_maj="2026-06-30")]))
    one = Structure.objects.get()
    assert (one.value("telephone"), one.value("nom")) == ("01 99 00 00 42", "Nouveau nom")
    assert one.theirs["telephone"] == "01 99 00 00 77"


# -- complete files ----------------------------------------------------------------------------------------------


def test_only_a_complete_file_closes_what_it_no_longer_holds_and_of_its_own_source(importing: Bring) -> None:
    three = [structure(1), structure(2), structure(3)]
    other = structure(9, source="ailleurs", id="ailleurs--9")
    importing(page([*three, other]))
    importing(page(three[:2]))
    assert Structure.objects.filter(closed_on=None).count() == 4
    held = importing(page(three[:2]), complete=True)
    assert held.counts["structure"]["closed"] == 1
    assert Structure.objects.get(closed_on=TODAY).external_id == "fictif--structure-3"
    assert not Entry.objects.filter(structure__external_id="fictif--structure-3").exists()
    importing(page(three))
    assert not Structure.objects.exclude(closed_on=None).exists()
    assert Entry.objects.filter(structure__external_id="fictif--structure-3").exists()


def test_a_refused_row_of_a_complete_file_is_not_closed(importing: Bring) -> None:
    importing(page([structure(1), structure(2), structure(3)]))
    importing(page([structure(1), structure(2), structure(3, telephone="06 39")]), complete=True)
    assert not Structure.objects.exclude(closed_on=None).exists()


@pytest.mark.parametrize(
    ("rows", "about", "doubt"),
    [
        ([structure(1), structure(7, telephone="1"), structure(8, telephone="1")], {}, "refused"),
        ([structure(1)], {}, "many"),
        ([structure(1), structure(2)], {"total": 12}, "pages"),
    ],
    ids=["most refused", "most absent", "pages missing"],
)
def test_nothing_is_closed_without_asking_when_the_file_is_doubtful(
    importing: Bring, rows: list[Any], about: dict[str, int], doubt: str
) -> None:
    importing(page([structure(number) for number in (1, 2, 3)]))
    held = importing(page(rows, **about), complete=True)
    assert [each["doubt"] for each in held.closing] == [doubt]
    assert not Structure.objects.exclude(closed_on=None).exists()
    absent = held.closing[0]["absent"]
    assert close_asked(held, 0) == absent == Structure.objects.exclude(closed_on=None).count()
    with pytest.raises(Refused, match="déjà réglée"):
        close_asked(held, 0)


def test_a_question_is_settled_the_other_way_and_a_later_import_takes_it_over(importing: Bring) -> None:
    importing(page([structure(number) for number in (1, 2, 3)]))
    held = importing(page([structure(1)]), complete=True)
    leave_open(held, 0)
    assert held.closing[0]["closed"] == 0
    held = importing(page([structure(1)]), complete=True)
    DirectoryImport.objects.filter(pk=held.pk).update(ended_at="2026-11-01T10:00Z")
    held.refresh_from_db()
    with pytest.raises(Refused, match="plus récent"):
        close_asked(held, 0)


# -- files that cannot be read -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (page([structure(1)])[:-30], "abîmé ou incomplet"),
        (b'{"structures": []}', "pas de liste « items »"),
        (b"[{]", "abîmé"),
        (b'{"items": 3}', "abîmé"),
        ('[{"nom": "été"}]'.encode("cp1252"), "UTF-8"),
        (gzip.compress(page([structure(1)]))[:-20], "incomplet"),
        (b"[" * 60_000, "abîmé"),
    ],
    ids=["cut", "no items", "wrong sign", "no list", "encoding", "packed and cut", "too deep"],
)
def test_a_file_that_breaks_off_leaves_nothing(importing: Bring, content: bytes, sentence: str) -> None:
    with transaction.atomic():
        held = importing(page([structure(5)]))
    with pytest.raises(Refused, match=sentence), transaction.atomic():
        importing(page([structure(number) for number in range(10, 1_200)]), content)
    assert Structure.objects.count() == 1
    assert DirectoryImport.objects.get() == held


def test_a_file_of_another_kind_is_refused_before_it_is_kept(world: World) -> None:
    officer = world.users[Role.PARTNERSHIP_OFFICER].pk
    assume(officer, TODAY)
    with pytest.raises(Refused, match=r"photo\.png"), transaction.atomic():
        hold(officer, [File("photo.png", [b"\x89PNG\r\n"])], complete=False)
    assert not DirectoryPiece.objects.exists()


# -- who, and what stays -----------------------------------------------------------------------------------------


def test_the_files_go_when_the_import_ends(importing: Bring) -> None:
    held = importing(page([structure(1)]))
    assert held.wrapped_key is None
    assert not DirectoryPiece.objects.exists()


def test_a_batch_is_refused_to_whoever_did_not_ask_for_the_import(world: World, importing: Bring) -> None:
    held = importing(page([structure(1)]))
    for user in (world.users[Role.COORDINATOR], world.users[Role.COUNSELLOR]):
        assume(user.pk, TODAY)
        with pytest.raises(ProgrammingError, match="not an import of this account"), transaction.atomic():
            writing.close(held.pk, Kind.STRUCTURE, "fictif")
    assume(world.users[Role.COUNSELLOR].pk, TODAY)
    with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        hold(world.users[Role.COUNSELLOR].pk, [File("a.json", [b"[]"])], complete=False)


def test_a_counsellor_reads_the_directory_and_corrects_nothing(importing: Bring, world: World) -> None:
    importing(page([structure(1)]))
    assume(world.users[Role.COUNSELLOR].pk, TODAY)
    assert Structure.objects.count() == 1
    assert Structure.objects.update(corrected={"nom": {"ours": "À nous", "seen": None}}) == 0
    assert not DirectoryImport.objects.exists()
    assume(None, TODAY)
    assert not Structure.objects.exists()


def test_files_never_imported_lose_their_key_after_a_week(importing: Bring, world: World, acting_as: Acting) -> None:
    officer = world.users[Role.PARTNERSHIP_OFFICER].pk
    assume(officer, TODAY)
    held = hold(officer, [File("a.json", [page([structure(1)])])], complete=False)
    with acting_as("worker"), connection.cursor() as cursor:
        cursor.execute("SELECT directory_forget('2030-01-01')")
    held.refresh_from_db()
    assert held.wrapped_key is None
    assert not DirectoryPiece.objects.exists()
    with pytest.raises(Refused, match="plus conservés"):
        run(held, acting_as)


def test_towns_stand_where_their_entries_are(importing: Bring) -> None:
    importing(page([structure(1, latitude=48.8, longitude=2.2), structure(2, latitude=48.9, longitude=2.4)]))
    town = Town.objects.get()
    assert (town.insee, town.plain_name, town.entries) == ("75110", "exempleville", 2)
    assert (round(town.latitude, 3), round(town.longitude, 3)) == (48.85, 2.3)


@pytest.mark.parametrize(("name", "read"), [(r"a\u0000b", "ab"), (r"\ud800", "?")])
def test_a_field_whose_name_no_database_stores_is_told_and_stops_nothing(
    importing: Bring, name: str, read: str
) -> None:
    row = json.dumps(structure(1)).removesuffix("}") + f', "{name}": 1}}'
    held = importing(f"[{row}]".encode())
    assert held.counts["structure"] == {"created": 1, "refused": 0}
    assert told(held) == [(1, read, "Champ inconnu de data·inclusion, laissé de côté.")]


def test_half_a_character_in_an_identifier_costs_its_row_alone(importing: Bring) -> None:
    rows = [json.dumps(structure(1)), json.dumps(structure(2)).replace("structure-2", r"structure-2\ud800")]
    held = importing(f"[{','.join(rows)}]".encode())
    assert held.counts["structure"] == {"created": 1, "refused": 1}
    assert "Unicode" in told(held)[0][2]


def test_a_packed_file_that_holds_a_thousand_times_its_weight_is_refused() -> None:
    packed = gzip.compress(b"[" + b" " * 5_000_000 + b"1]")
    assert list(JsonItems([packed])) == [1]
    with pytest.raises(Refused, match="trop"):
        list(unpacked([packed], most=1_000_000))


def test_what_stands_beside_the_list_does_not_fill_the_memory() -> None:
    items = JsonItems([b"{" + b"".join(b'"%d": 1, ' % number for number in range(5_000)) + b'"items": [1]}'])
    assert list(items) == [1]
    assert len(items.about) < 100

"""Bringing a directory by the browser: JSON pages, packed or not, and the spreadsheet; the report; what stays asked."""

import gzip
import io
from collections.abc import Callable
from typing import Any

import openpyxl  # type: ignore[import-untyped]
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from convergence.network.directory import template
from convergence.network.directory.fields import field_label
from convergence.network.directory.models import DirectoryImport, DirectoryPiece, Service, Structure
from convergence.platform.identity import assume
from convergence.platform.models import Job
from convergence.vocabulary.roles import Role
from convergence.web.directory import receiving
from tests.builders import TODAY, World
from tests.network.directory.made import Acting, page, run, service, structure
from tests.web.team import enter, text

Send = Callable[..., Any]


@pytest.fixture
def officer(world: World, time_machine: Any) -> Client:
    time_machine.move_to(f"{TODAY.isoformat()}T10:00:00+01:00", tick=False)
    return enter(world.users[Role.PARTNERSHIP_OFFICER])


@pytest.fixture
def send(officer: Client) -> Send:
    """Send files by the form: (name, content) pairs."""

    def do(*files: tuple[str, bytes], **more: str) -> Any:
        chosen = [SimpleUploadedFile(name, content) for name, content in files]
        return officer.post(reverse("import-directory"), {"chosen": chosen, **more})

    return do


@pytest.fixture
def brought(send: Send, world: World, acting_as: Acting) -> Callable[..., DirectoryImport]:
    """Send files and let the worker do its work."""

    def do(*files: tuple[str, bytes], **more: str) -> DirectoryImport:
        response = send(*files, **more)
        assert response.status_code == 302, text(response)
        held = DirectoryImport.objects.get()
        assume(world.users[Role.PARTNERSHIP_OFFICER].pk, TODAY)
        run(held, acting_as)
        return held

    return do


def workbook(**sheets: list[list[Any]]) -> bytes:
    book = openpyxl.Workbook()
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    del book[book.sheetnames[0]]
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def as_sheet(rows: list[dict[str, Any]], titles: Callable[[str], str] = str) -> list[list[Any]]:
    names = list(rows[0])
    cells = [[", ".join(v) if isinstance(v := row[name], list) else v for name in names] for row in rows]
    return [[titles(name) for name in names], *cells]


def test_several_files_come_in_and_the_report_names_what_was_wrong(
    officer: Client, brought: Callable[..., DirectoryImport]
) -> None:
    structures = [structure(1), structure(2, telephone="06 39", score="8"), structure(3, latitude=999.0)]
    held = brought(("services.json.gz", gzip.compress(page([service(1)]))), ("structures.json", page(structures)))
    said = text(officer.get(reverse("directory-import", args=[held.pk])))
    assert "Ce numéro de téléphone n’existe pas." in said
    assert "Ce point n’existe pas sur la Terre." in said
    assert "score (1 ligne)" in said
    csv = officer.get(reverse("directory-import-refused", args=[held.pk])).content.decode("utf-8-sig")
    assert "structures.json;2;fictif--structure-2;Téléphone;06 39;Ce numéro de téléphone n’existe pas.;non" in csv
    assert "oui" in csv.splitlines()[1] + csv.splitlines()[2] + csv.splitlines()[3]
    assert (Structure.objects.count(), Service.objects.count()) == (1, 1)


def test_the_spreadsheet_is_read_with_codes_or_labels(brought: Callable[..., DirectoryImport]) -> None:
    rows = [structure(1, code_postal=1000, telephone=199000001, siret=None), structure(2, telephone="06 39")]
    services = [service(1, thematiques=["Se maintenir dans le logement"], publics=["Jeunes", "femmes"], type="Atelier")]
    services[0]["date_maj"] = "31/03/2026"
    held = brought(
        (
            "annuaire.xlsx",
            workbook(Structures=as_sheet(rows, field_label), Services=as_sheet(services), Autre=[["rien"]]),
        )
    )
    assert held.counts["structure"] == {"created": 1, "refused": 1}
    assert held.refused.get().row == 3
    assert Structure.objects.get().theirs["code_postal"] == "01000"
    assert Structure.objects.get().theirs["telephone"] == "0199000001"
    one = Service.objects.get()
    assert one.theirs["thematiques"] == ["logement-hebergement--se-maintenir-dans-le-logement"]
    assert (one.theirs["publics"], one.theirs["type"], one.theirs["date_maj"]) == (
        ["femmes", "jeunes"],
        "atelier",
        "2026-03-31",
    )


def test_the_template_can_be_imported_as_it_is(officer: Client, brought: Callable[..., DirectoryImport]) -> None:
    assert officer.get(reverse("directory-template")).content[:2] == b"PK"
    held = brought(("modele.xlsx", template.workbook()))
    assert (held.counts["structure"]["created"], held.counts["service"]["created"]) == (1, 1)


def test_a_csv_is_read(brought: Callable[..., DirectoryImport]) -> None:
    lines = [";".join("" if cell is None else str(cell) for cell in row) for row in as_sheet([structure(1)])]
    held = brought(("structures.csv", "\n".join(lines).encode("cp1252")))
    assert held.counts["structure"] == {"created": 1, "refused": 0}


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("vide.json", b"", "est vide"),
        ("photo.png", b"\x89PNG\r\n\x1a\n", "image"),
        ("liste.csv", b"Nom;Age\nx;3\n", "titres du mod\u00e8le"),
        ("page.html", b"<html><body></body></html>", "page web"),
    ],
    ids=["empty", "picture", "other table", "web page"],
)
def test_a_file_of_another_kind_is_refused_in_a_sentence(send: Send, name: str, content: bytes, sentence: str) -> None:
    response = send((name, content))
    assert response.status_code == 409
    assert sentence in text(response)
    assert not DirectoryImport.objects.exists()
    assert not DirectoryPiece.objects.exists()


def test_no_file_and_too_much_are_said(send: Send, monkeypatch: pytest.MonkeyPatch) -> None:
    assert send().status_code == 422
    monkeypatch.setattr(receiving.SealedUpload.__init__, "__defaults__", (1_000,))
    response = send(("gros.json", b"[" + b" " * 200_000 + b"]"))
    assert response.status_code == 413
    assert "trop lourds" in text(response)


def test_what_was_sent_lies_sealed(send: Send) -> None:
    send(("structures.json", page([structure(1)])))
    assert DirectoryPiece.objects.exists()
    assert all(b"Maison" not in bytes(piece.sealed) for piece in DirectoryPiece.objects.all())


def test_progress_then_failure_may_be_tried_again_or_forgotten(
    officer: Client, send: Send, world: World, acting_as: Acting
) -> None:
    address = send(("structures.json", page([structure(1)])[:-20])).url
    assert "Import en cours" in text(officer.get(address))
    held = DirectoryImport.objects.get()
    assume(world.users[Role.PARTNERSHIP_OFFICER].pk, TODAY)
    Job.objects.update(state=Job.State.FAILED, sentence="structures.json : abîmé")
    said = text(officer.get(address))
    assert "structures.json : abîmé" in said
    colleague = enter(world.users[Role.COORDINATOR])
    assert colleague.post(reverse("directory-import-again", args=[held.pk])).status_code == 404
    officer.post(reverse("directory-import-again", args=[held.pk]), {"choix": "recommencer"})
    assume(world.users[Role.PARTNERSHIP_OFFICER].pk, TODAY)
    held.refresh_from_db()
    assert Job.objects.get(state=Job.State.WAITING).pk == held.job_id
    Job.objects.update(state=Job.State.FAILED)
    officer.post(reverse("directory-import-again", args=[held.pk]), {"choix": "oublier"})
    assert not DirectoryImport.objects.exists()
    assert not DirectoryPiece.objects.exists()


def test_what_a_doubtful_file_would_close_is_asked(
    officer: Client, send: Send, world: World, acting_as: Acting
) -> None:
    for content, more in ((page([structure(n) for n in (1, 2, 3)]), {}), (page([structure(1)]), {"complete": "on"})):
        address = send(("structures.json", content), **more).url
        assume(world.users[Role.PARTNERSHIP_OFFICER].pk, TODAY)
        run(DirectoryImport.objects.get(ended_at=None), acting_as)
    assert "Faut-il les fermer" in text(officer.get(address))
    officer.post(f"{address}absents/", {"question": "0", "choix": "fermer"})
    assume(world.users[Role.PARTNERSHIP_OFFICER].pk, TODAY)
    assert Structure.objects.exclude(closed_on=None).count() == 2
    assert "Faut-il les fermer" not in text(officer.get(address))

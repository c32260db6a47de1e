"""The tab « Documents » as a team fills it: papers kept, looked at, replaced; rights noted in one touch."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from html import unescape
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from convergence.access.models import AccessRecord
from convergence.people.models import Person
from convergence.situations.models import Situation
from convergence.support.documents.contents import Limits
from convergence.support.models import Alert, Document, DocumentPiece, RightAct
from convergence.vocabulary.roles import Role
from convergence.web.documents import deposit
from tests.builders import TODAY, World, add_situation, make_person
from tests.papers import jpeg, pdf, png

Acting = Callable[[str], AbstractContextManager[None]]

MEGABYTE = 1024 * 1024


@pytest.fixture
def lina(world: World, acting_as: Acting, time_machine: Any) -> Person:
    time_machine.move_to(f"{TODAY.isoformat()}T10:00:00+01:00", tick=False)
    with acting_as("maint"):
        return make_person("Lina", "Modèle", world.site)


@pytest.fixture
def clients(world: World, lina: Person) -> dict[Role, Client]:
    made = {}
    for role in (Role.COUNSELLOR, Role.SITE_MANAGER):
        made[role] = Client()
        made[role].force_login(world.users[role])
    return made


@pytest.fixture
def client(clients: dict[Role, Client]) -> Client:
    return clients[Role.COUNSELLOR]


def text_of(response: Any) -> str:
    words = re.sub(r"<[^>]+>", " ", response.content.decode())
    return re.sub(r"\s+", " ", unescape(words))


def file(content: bytes, name: str = "photo.bin") -> SimpleUploadedFile:
    # Neither the name nor what the browser says of it is believed.
    return SimpleUploadedFile(name, content, content_type="text/html")


def send(client: Client, lina: Person, kind: str, *contents: bytes, **fields: Any) -> Any:
    given = {"files_given": [file(content) for content in contents]} if contents else {}
    return client.post(reverse("keep-document", args=[lina.pk, kind]), given | fields)


def page_of(client: Client, lina: Person) -> str:
    return text_of(client.get(reverse("documents", args=[lina.pk])))


def latest(lina: Person) -> Document:
    return Document.objects.current().filter(person=lina).latest("pk")


def test_photographs_of_a_card_are_kept_and_looked_at_each_look_on_record(
    client: Client, lina: Person, acting_as: Acting
) -> None:
    photographs = {"front": file(jpeg(6, b"48.8566 N")), "back": file(png())}
    sent: Any = client.post(
        reverse("keep-document", args=[lina.pk, "driving_licence"]),
        photographs | {"words": "Permis B", "expires_on": "2041-03-01"},
    )
    assert sent.url == reverse("documents", args=[lina.pk])
    assert "Permis de conduire Permis B jusqu’au 1er mars 2041 · 2 pages" in page_of(client, lina)
    kept = latest(lina)
    with acting_as("maint"):
        before = AccessRecord.objects.filter(person_id=lina.pk).count()
    looked: Any = client.get(reverse("document-page", args=[lina.pk, kept.pk, 1]))
    with acting_as("maint"):
        records = list(AccessRecord.objects.filter(person_id=lina.pk).order_by("pk")[before:])
    assert [record.page for record in records] == ["document-page"]
    assert b"48.8566" not in looked.content
    assert {name: looked[name] for name in ("Content-Type", "X-Content-Type-Options", "Content-Security-Policy")} == {
        "Content-Type": "image/jpeg",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    assert looked["Content-Disposition"].startswith("inline; ")
    assert client.get(reverse("document-page", args=[lina.pk, kept.pk, 3])).status_code == 404


def test_a_pdf_is_to_be_kept_never_shown_in_the_page(client: Client, lina: Person) -> None:
    send(client, lina, "lease", pdf())
    given: Any = client.get(reverse("document-page", args=[lina.pk, latest(lina).pk, 1]))
    assert given.content == pdf()
    assert given["Content-Disposition"] == f'attachment; filename="lease-{latest(lina).pk}-1.pdf"'
    assert "no-store" in given["Cache-Control"]


def test_a_permit_and_the_situation_that_it_proves_are_noted_in_one_form_and_asked_for_once(
    client: Client, lina: Person
) -> None:
    address = reverse("keep-document", args=[lina.pk, "residence_permit"])
    form = client.get(address).context["form"]
    assert (form["note"].value(), form["code"].value(), form["since"].value()) == ("note", "one_year", TODAY)
    proof = {"note": "note", "code": "several_years", "since": "2026-10-01", "until": "2027-01-31", "seen_version": ""}
    assert send(client, lina, "residence_permit", png(), **proof).status_code == 302
    fact = Situation.objects.current().get(person=lina, aspect="residence_permit")
    assert (fact.value, fact.starts, fact.expires_on) == ("several_years", date(2026, 10, 1), date(2027, 1, 31))
    asked = Alert.objects.filter(person=lina, due_on=date(2027, 1, 31))
    assert [alert.kind for alert in asked] == ["residence_permit_expiring"]
    # The next one: what is noted is offered again, and another time is what is left to type.
    renewed = client.get(reverse("replace-document", args=[lina.pk, latest(lina).pk])).context["form"]
    assert (renewed["code"].value(), renewed["since"].value()) == ("several_years", TODAY)
    assert renewed["seen_version"].value() == fact.pk
    assert "jusqu’au 31 janvier 2027" in page_of(client, lina)


def test_a_copy_is_kept_without_changing_the_situation(client: Client, lina: Person, acting_as: Acting) -> None:
    with acting_as("maint"):
        add_situation(lina, "residence_permit", "ten_years")
    assert send(client, lina, "residence_permit", png(), note="leave").status_code == 302
    assert Situation.objects.get(person=lina).value == "ten_years"
    assert latest(lina).expires_on is None


def test_a_change_made_meanwhile_is_shown_and_nothing_is_kept(client: Client, lina: Person, acting_as: Acting) -> None:
    with acting_as("maint"):
        theirs = add_situation(lina, "residence_permit", "ten_years")
    proof = {"note": "note", "code": "one_year", "since": TODAY.isoformat(), "seen_version": "", "words": "Carte"}
    refused = send(client, lina, "residence_permit", png(), **proof)
    assert refused.status_code == 409
    said = text_of(refused)
    assert "Noté en ce moment : Carte de dix ans" in said
    assert "le fichier, lui, est à choisir de nouveau" in said
    assert refused.context["form"]["seen_version"].value() == str(theirs.pk)
    assert refused.context["form"]["words"].value() == "Carte"
    assert not Document.objects.filter(person=lina).exists()
    # A file of the wrong kind writes neither the document nor the situation.
    wrong = send(client, lina, "residence_permit", b"GIF89a", **(proof | {"seen_version": theirs.pk}))
    assert wrong.status_code == 409
    assert "ni un PDF, ni une photo" in text_of(wrong)
    assert Situation.objects.filter(person=lina).count() == 1


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"note": "note", "code": "one_year", "since": "2026-10-01", "until": "2026-09-01"}, "vient avant"),
        ({"note": "note", "code": "", "since": "2026-10-01"}, "Choisissez une situation"),
        ({"note": "note", "code": "one_year", "since": ""}, "Donnez la date"),
        ({"note": "note", "code": "one_year", "since": "2150-01-01"}, "hors du possible"),
        ({}, "obligatoire"),
    ],
)
def test_what_is_missing_or_cannot_be_is_said(client: Client, lina: Person, fields: dict[str, str], words: str) -> None:
    refused = send(client, lina, "residence_permit", png(), **fields)
    assert refused.status_code == 422
    assert words in text_of(refused)
    assert not Document.objects.filter(person=lina).exists()


def test_no_file_at_all_is_asked_for_and_the_same_form_twice_keeps_one(client: Client, lina: Person) -> None:
    refused = send(client, lina, "lease", words="Bail")
    assert refused.status_code == 409
    assert "Choisissez au moins un fichier" in text_of(refused)
    token = "5a0f8b5e-6f0c-4c9e-8a5d-0d6a3c1b2e4f"
    for _twice in range(2):
        assert send(client, lina, "lease", png(), submission=token).status_code == 302
    assert Document.objects.filter(person=lina).count() == 1


class Endless(BytesIO):
    """The body of a form of which most is one file, made as it is read."""

    def __init__(self, fields: bytes, megabytes: int) -> None:
        head = fields + b'--x\r\nContent-Disposition: form-data; name="files_given"; filename="l.pdf"\r\n\r\n%PDF-'
        super().__init__(head)
        self.left = megabytes * MEGABYTE

    def read(self, most: int | None = -1) -> bytes:
        if head := super().read(most):
            return head
        size = min(MEGABYTE if most is None or most < 0 else most, self.left)
        self.left -= size
        return b"a" * size


def test_300_megabytes_are_a_sentence_and_what_was_typed_stays(client: Client, lina: Person) -> None:
    body = Endless(b'--x\r\nContent-Disposition: form-data; name="words"\r\n\r\nBail du foyer\r\n', 300)
    told: Any = {"CONTENT_TYPE": "multipart/form-data; boundary=x", "CONTENT_LENGTH": str(301 * MEGABYTE)}
    told["wsgi.input"] = body
    refused: Any = client.generic("POST", reverse("keep-document", args=[lina.pk, "lease"]), **told)
    assert refused.status_code == 413
    assert "Ce document est trop lourd (20 Mo au plus)" in text_of(refused)
    assert refused.context["form"]["words"].value() == "Bail du foyer"
    assert body.left == 0, "the browser is heard to the end, and gets its answer"
    assert not Document.objects.filter(person=lina).exists()


def test_photographs_too_heavy_together_are_refused_too(
    client: Client, lina: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deposit, "LIMITS", Limits(bytes=100_000, pages=20))
    refused = send(client, lina, "lease", pdf(weight=60_000), pdf(weight=60_000), words="Bail")
    assert refused.status_code == 413
    assert "trop lourd" in text_of(refused)
    assert send(client, lina, "lease", pdf(weight=60_000)).status_code == 302


def test_a_file_sent_where_none_is_asked_for_is_passed_over(client: Client, lina: Person) -> None:
    address = reverse("record-situation", args=[lina.pk, "housing"])
    sent: Any = client.post(
        address,
        {"code": "hotel", "since": TODAY.isoformat(), "seen_version": "", "detail": file(bytes(3 * MEGABYTE))},
    )
    assert sent.status_code == 302
    assert not sent.wsgi_request.FILES


def test_a_document_is_replaced_corrected_and_taken_back(client: Client, lina: Person) -> None:
    send(client, lina, "lease", png(), words="Ancien bail")
    first = latest(lina)
    newer = client.post(
        reverse("replace-document", args=[lina.pk, first.pk]),
        {"files_given": file(pdf()), "words": "Nouveau bail", "seen_document": first.pk},
    )
    assert newer.status_code == 302
    second = latest(lina)
    assert client.get(reverse("document-page", args=[lina.pk, first.pk, 1])).status_code == 200
    assert "Une version plus récente est gardée" in text_of(client.get(reverse("document", args=[lina.pk, first.pk])))
    said = {"kind": "insurance", "words": "Assurance", "expires_on": "2027-05-01", "seen_version": second.pk}
    assert client.post(reverse("correct-document", args=[lina.pk, second.pk]), said).status_code == 302
    late = client.post(reverse("correct-document", args=[lina.pk, second.pk]), said | {"words": "Autre"})
    assert late.status_code == 409
    assert "Noté entre-temps : Assurance" in text_of(late)
    corrected = latest(lina)
    gone = client.post(reverse("take-back-document", args=[lina.pk, corrected.pk]), follow=True)
    assert "ses pages sont détruites" in text_of(gone)
    assert not DocumentPiece.objects.filter(person=lina).exists()
    trace = text_of(client.get(reverse("document", args=[lina.pk, first.pk])))
    assert "Ce document a été retiré" in trace
    assert "Ancien bail" in trace
    assert client.get(reverse("document-page", args=[lina.pk, first.pk, 1])).status_code == 409


def test_a_declaration_is_noted_in_one_touch_and_undone(client: Client, lina: Person, acting_as: Acting) -> None:
    with acting_as("maint"):
        add_situation(lina, "rsa", "open", date(2026, 1, 15))
    client.post(reverse("record-contact", args=[lina.pk]), {"kind": "interview", "on": TODAY.isoformat()})
    page = client.get(reverse("documents", args=[lina.pk]))
    said = text_of(page)
    assert "RSA Droit ouvert" in said
    assert "Déclaration trimestrielle avant le 31 octobre 2026, date passée Déclaration à faire sans attendre" in said
    touch = {"done_on": TODAY.isoformat(), "occurrence": "2026-10-31"}
    told = client.post(reverse("note-right-act", args=[lina.pk, "rsa_declaration"]), touch, follow=True)
    said = text_of(told)
    assert "Noté comme fait le 23 novembre 2026" in said
    assert "Déclaration trimestrielle, à partir du 1er janvier 2027, avant le 31 janvier 2027" in said
    undo = re.search(r'action="(/personnes/\d+/droits/faits/\d+/annuler/)"', told.content.decode())
    assert undo
    assert "C’est annulé" in text_of(client.post(undo[1], follow=True))
    assert not RightAct.objects.current().filter(person=lina).exists()


@pytest.mark.parametrize(
    ("touch", "words"),
    [
        ({"done_on": ""}, "Donnez une date"),
        ({"done_on": "2026-11-24", "occurrence": "2027-01-31"}, "dans le futur"),
        ({"done_on": "9999-12-31", "occurrence": "2027-01-31"}, "hors du possible"),
        ({"done_on": "2026-11-20"}, "plus noté comme ouvert"),
    ],
)
def test_an_act_that_cannot_be_is_a_sentence(client: Client, lina: Person, touch: dict[str, str], words: str) -> None:
    said = client.post(reverse("note-right-act", args=[lina.pk, "rsa_declaration"]), touch, follow=True)
    assert words in text_of(said)
    assert not RightAct.objects.filter(person=lina).exists()


def test_the_employer_reads_and_keeps_what_is_about_work(
    clients: dict[Role, Client], client: Client, lina: Person
) -> None:
    send(client, lina, "contract", png())
    path = client.get(reverse("path", args=[lina.pk])).content.decode()
    assert reverse("keep-document", args=[lina.pk, "decision"]) in path
    send(client, lina, "decision", png())
    send(client, lina, "rqth", png(), note="leave")
    hidden = latest(lina)
    manager = clients[Role.SITE_MANAGER]
    said = page_of(manager, lina)
    assert "Contrat de travail ou avenant" in said
    assert "Décision : PASS, prolongation" in said
    assert "RQTH" not in said
    assert manager.get(reverse("keep-document", args=[lina.pk, "rqth"])).status_code == 404
    assert manager.get(reverse("document", args=[lina.pk, hidden.pk])).status_code == 404
    assert send(manager, lina, "certificate", png()).status_code == 302


def test_without_the_token_of_the_form_nothing_is_kept(world: World, lina: Person) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(world.users[Role.COUNSELLOR])
    assert send(strict, lina, "lease", png()).status_code == 403
    assert not Document.objects.filter(person=lina).exists()

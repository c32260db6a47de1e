"""A day without a network: the appointments taken along, notes typed and sent back once, all of it erased."""

import json
import os
import re
import subprocess
import sys
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from convergence.vocabulary.roles import Role
from tests.e2e.conftest import Instance, overflows

WRITTEN = """
from datetime import datetime, timedelta
from django.utils import timezone
from convergence.access.models import User
from convergence.people.models import Assignment
from django.db.backends.postgresql.psycopg_any import DateRange
from convergence.support.meetings.models import Appointment
user = User.objects.get(email={email!r})
today = timezone.localdate()
follows = Assignment.objects.current().valid_on(today).filter(mission__user=user).order_by("pk").first()
at = timezone.make_aware(datetime.combine(today, datetime.min.time())) + timedelta(hours=14)
Appointment.objects.create(person_id=follows.person_id, kind="interview", starts_at=at, minutes=45, colleague=user,
    place="Gare fictive", valid=DateRange(today, today + timedelta(days=1)))
print("person", follows.person_id)
"""


@pytest.fixture(scope="session")
def person_id(instance: Instance) -> int:
    """Somebody whom the demonstration's counsellor meets today."""
    email = next(row[1] for row in instance.sign_ins if row[0] == Role.COUNSELLOR.label)
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("DATABASE_URL", "CONVERGENCE_"))
    }
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    said = subprocess.run(
        [sys.executable, "-m", "convergence", "manage", "shell", "-v", "0", "-c", WRITTEN.format(email=email)],
        env=environment | {"CONVERGENCE_DATA": str(instance.data)},
        capture_output=True,
        text=True,
        check=True,
    )
    return int(said.stdout.rpartition("person ")[2])


def kept_on_the_device(page: Page) -> list[dict[str, Any]]:
    """What IndexedDB holds, as somebody who copies it would read it."""
    found: list[dict[str, Any]] = page.evaluate(
        """async () => {
          const names = (await indexedDB.databases()).map((base) => base.name);
          if (!names.includes("convergence-hors-ligne")) return [];
          const base = await new Promise((done) => {
            const opening = indexedDB.open("convergence-hors-ligne");
            opening.onsuccess = () => done(opening.result);
          });
          const read = (store) => new Promise((done) => {
            const asked = base.transaction(store).objectStore(store).getAll();
            asked.onsuccess = () => done(asked.result);
          });
          const records = await read("records");
          const keys = await read("keys");
          base.close();
          return [...keys.map((key) => ({ extractable: key.extractable })),
                  ...records.map((record) => ({ ...record, sealed: new TextDecoder("latin1").decode(record.sealed) }))];
        }"""
    )
    return found


def take_along(page: Page) -> None:
    page.get_by_role("link", name="Hors ligne").click()
    expect(page.get_by_text("Rien n’est gardé sur cet appareil.")).to_be_visible()
    page.get_by_role("button", name="Emporter mes rendez-vous du jour").click()
    expect(page.get_by_text("Gare fictive").first).to_be_visible()


def times_noted(page: Page, person_id: int, words: str) -> int:
    page.goto(f"/personnes/{person_id}/notes/")
    return page.locator("ul.notes > li > p.body", has_text=words).count()


def test_a_note_typed_without_a_network_stands_once_when_it_comes_back(
    sign_in: Callable[..., Page], person_id: int
) -> None:
    page, words = sign_in("counsellor", width=320), f"Mots fictifs {uuid.uuid4()}"
    take_along(page)
    page.context.set_offline(True)
    page.reload()
    expect(page.get_by_text("Pas de réseau")).to_be_visible()
    # The demonstration gives her other appointments: hers with this person is the one at this place.
    meeting = page.get_by_role("listitem").filter(has_text="Gare fictive")
    meeting.get_by_text("Écrire une note").click()
    meeting.get_by_label("Quelques mots").fill("Passé par la prison fictive")
    expect(meeting.get_by_text("jamais une infraction")).to_be_visible()
    meeting.get_by_label("Quelques mots").fill(words)
    meeting.get_by_role("button", name="Garder la note").click()
    expect(page.get_by_text("Attend le réseau.")).to_be_visible()
    assert not overflows(page)
    kept = kept_on_the_device(page)
    assert [record["extractable"] for record in kept if "extractable" in record] == [False]
    assert sorted(record["kind"] for record in kept if "kind" in record) == ["day", "note"]
    assert not re.search("fictif|Gare|name", json.dumps(kept))
    # The network comes back, and the first answer is lost on its way: the note had arrived, and is sent again.
    page.route(re.compile("hors-ligne/notes"), lambda route: (route.fetch(), route.abort())[1])
    page.context.set_offline(False)
    page.reload()
    expect(page.get_by_text(words)).to_be_visible()
    page.unroute(re.compile("hors-ligne/notes"))
    page.reload()
    expect(page.get_by_text("En ligne.")).to_be_visible()
    expect(page.get_by_text(words)).to_have_count(0)
    assert times_noted(page, person_id, words) == 1


def test_a_refused_note_is_kept_and_said_a_day_erases_and_so_does_signing_out(
    sign_in: Callable[..., Page], person_id: int
) -> None:
    page = sign_in("counsellor")
    page.clock.install()
    take_along(page)
    page.context.set_offline(True)
    page.clock.fast_forward("23:50:00")
    expect(page.get_by_text("Gare fictive").first).to_be_visible()
    page.clock.fast_forward("15:00")
    expect(page.get_by_text("Gare fictive")).to_have_count(0)
    expect(page.get_by_text("Rien n’est gardé sur cet appareil.")).to_be_visible()
    assert kept_on_the_device(page) == []
    page.context.set_offline(False)
    page.reload()
    page.get_by_role("button", name="Emporter mes rendez-vous du jour").click()
    expect(page.get_by_text("Gare fictive").first).to_be_visible()
    # A note about somebody whom she no longer reads.
    note = {"person": 999_999_999, "name": "Personne Fictive", "body": "Mots fictifs.", "compartment": "social"}
    page.evaluate(
        """async (note) => {
          const { user } = await (await fetch("/hors-ligne/journee/")).json();
          await Device.keep("note-gone", "note", String(user), note);
        }""",
        note | {"on": "2026-11-23", "submission": str(uuid.uuid4())},
    )
    page.reload()
    expect(page.get_by_text("Cette personne n’est plus dans vos dossiers")).to_be_visible()
    # Notes that are still there are shown before one signs out.
    page.goto("/aujourdhui/")
    page.get_by_role("button", name="Se déconnecter").click()
    page.wait_for_url("**/hors-ligne/?notes=1")
    page.get_by_role("button", name="Effacer cette note").click()
    expect(page.get_by_text("Mots fictifs.")).to_have_count(0)
    page.get_by_role("link", name="Revenir à Aujourd’hui").click()
    assert kept_on_the_device(page)
    page.get_by_role("button", name="Se déconnecter").click()
    page.wait_for_url("**/compte/login/**")
    assert kept_on_the_device(page) == []
    assert page.evaluate("caches.keys()") == []
    assert page.evaluate("navigator.serviceWorker.getRegistrations().then((all) => all.length)") == 0


def test_from_today_on_a_telephone_a_note_takes_two_touches_and_its_words(sign_in: Callable[..., Page]) -> None:
    page, words = sign_in("counsellor", width=320, has_touch=True), f"Mots fictifs {uuid.uuid4()}"
    page.evaluate("sessionStorage.setItem('touches', 0)")
    page.add_init_script(
        "addEventListener('click', () => { sessionStorage.touches = 1 + Number(sessionStorage.touches); }, true)"
    )
    page.reload()
    page.get_by_role("link", name=re.compile("^Une note")).first.tap()
    expect(page.get_by_label("Quelques mots")).to_be_focused()
    page.keyboard.type(words)
    page.get_by_role("button", name="Enregistrer la note").tap()
    expect(page.get_by_text("La note est enregistrée.")).to_be_visible()
    assert page.url.endswith("/aujourdhui/")
    assert page.evaluate("+sessionStorage.getItem('touches')") == 2

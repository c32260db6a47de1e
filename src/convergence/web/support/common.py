"""What the pages of contacts and notes share, and the fragments that a person's page includes."""

import json
from collections.abc import Set
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from convergence.people.models import Person, Support
from convergence.support.models import Contact, Note
from convergence.support.notes import latest_notes, readers_of, roles_that_read, writable_compartments
from convergence.territories.models import Mission
from convergence.vocabulary.compartments import Compartment
from convergence.vocabulary.contacts import ContactKind
from convergence.vocabulary.sensitive import beginnings
from convergence.web.people.looking import Reach
from convergence.web.requests import Request
from convergence.web.support.forms import NoteForm
from convergence.web.templatetags.display import and_list, short_day


@dataclass(frozen=True)
class ShownNote:
    """A note as the ``notes_list`` component shows it."""

    author: str
    when: str
    kind: str
    text: str


def writes_social(reach: Reach) -> None:
    """:raises PermissionDenied: the actor reads the person without supporting her."""
    if Compartment.SOCIAL.value not in reach.written:
        raise PermissionDenied


def back(request: Request, usual: str) -> str:
    """Where the form came from: the address it names, else the page that sent it, else the usual one."""
    sent_from = urlsplit(request.META.get("HTTP_REFERER", ""))
    page = sent_from.path + (f"?{sent_from.query}" if sent_from.query else "")
    for address in (request.POST.get("next", ""), page if sent_from.netloc == request.get_host() else ""):
        if address.startswith("/") and url_has_allowed_host_and_scheme(address, allowed_hosts=None):
            return address
    return usual


def note_form(request: Request, person_id: int, written: Set[str], data: Any = None, **initial: Any) -> NoteForm:
    """The form of a quick note for somebody who writes these compartments."""
    form = NoteForm(
        data,
        compartments=writable_compartments(written),
        today=request.identity.today,
        initial=initial,
        auto_id="note_%s",
    )
    form.fields["body"].widget.attrs["data-reminded-words"] = reminded_words()
    if "ecrire" in request.GET:
        form.fields["body"].widget.attrs["autofocus"] = True
    return form


@dataclass(frozen=True)
class Readers:
    """Who reads one sort of note that the actor may write, in words; ``colleagues``: how many, besides her."""

    code: str
    label: str
    teams: str
    colleagues: int | None = None


def readers(written: Set[str]) -> list[Readers]:
    """Who will read each sort of note, by their functions."""
    return [Readers(kind.value, kind.label, and_list(readers_of(kind))) for kind in writable_compartments(written)]


def counted_readers(request: Request, person_id: int, written: Set[str]) -> list[Readers]:
    """Who will read each sort of note about this person, and how many they are; one query."""
    today = request.identity.today
    sites = Support.objects.current().valid_on(today).filter(person_id=person_id).values("site_id")
    team = Mission.objects.held_on(today).filter(site_id__in=sites, user__is_active=True)
    held = set(team.exclude(user=request.identity.user).values_list("role", "user_id"))
    return [
        replace(line, colleagues=len({user for role, user in held if role in roles_that_read(Compartment(line.code))}))
        for line in readers(written)
    ]


def reminded_words() -> str:
    """The beginnings of words of which a note's form reminds as one types, for its script, as JSON."""
    return json.dumps({compartment.value: words for compartment, words in beginnings().items()})


def shown(note: Note, today: date) -> ShownNote:
    return ShownNote(
        str(note.recorded_by or ""),
        short_day(note.starts, today),
        Compartment(note.compartment).label,
        note.body,
    )


def contact_words(contact: Contact | None, today: date) -> str:
    """« Appel sans réponse, le 14 nov. »; empty when nothing was ever noted."""
    if contact is None:
        return ""
    return f"{ContactKind(contact.kind).label}, {short_day(contact.starts, today)}"


def fragments(request: Request, person: Person, reach: Reach, latest: Contact | None) -> dict[str, Any]:
    """Context of ``support/quick_note.html``, ``support/latest_notes.html`` and ``support/one_touch.html``.

    Takes one query, whatever is in the file. What the actor may not do is absent: without ``note_form`` she
    writes no note, without ``may_contact`` no contact.

    :param latest: the latest contact that the actor reads.
    """
    today = request.identity.today
    written = reach.written
    context: dict[str, Any] = {
        "latest_notes": [shown(note, today) for note in latest_notes(person.pk)],
        "latest_contact": contact_words(latest, today),
        "may_contact": Compartment.SOCIAL.value in written,
        "here": reverse("person", args=[person.pk]),
    }
    if writable_compartments(written):
        context |= {
            "note_form": note_form(request, person.pk, written, next=context["here"]),
            "note_readers": readers(written),
        }
    return context

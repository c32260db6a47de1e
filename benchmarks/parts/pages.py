"""Which pages somebody can open, and how many queries each takes; asked in this process, as *web* would.

Django is set up for the role *web* before this module is imported.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from http import HTTPStatus
from typing import Any

from django.db import connection, transaction
from django.db.models import Count
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse

from convergence.pathways.models import Candidacy, Contract, Exit, Extension, Pass, Placement, Suspension, Training
from convergence.people.likeness.models import Likeness
from convergence.people.models import Assignment, OutsideReferent, PersonName
from convergence.platform.identity import assume, forget
from convergence.situations.models import Situation
from convergence.support.models import Action, Appointment, Contact, ExtendedSupport, FollowUp, Goal, Need, Note
from convergence.territories.models import Mission, Site, StaffMeans
from convergence.vocabulary.funds import FundStage
from convergence.vocabulary.needs import ReviewPart

OF_THE_TRANSACTION = re.compile(r"(RELEASE )?SAVEPOINT|ROLLBACK|BEGIN|COMMIT")

# Pages that say something else according to what follows the address.
SAYING_MORE: dict[str, list[str]] = {
    "today": ["qui=tous", "qui=tous&page=5"],
    "people": ["page=9999", "q={family_name}", "q={misspelt}", "etape=under_contract&logement=hotel&besoin=housing"],
}


@dataclass(frozen=True)
class Page:
    """A page that somebody can open, and how many queries it takes."""

    name: str
    address: str
    queries: int


def samples(user_id: int, today: date) -> dict[str, Any]:
    """A value that the user reads for each parameter of an address, about somebody with a long file."""
    with transaction.atomic():
        assume(user_id, today)
        try:
            return _samples(user_id, today)
        finally:
            forget()


def _samples(user_id: int, today: date) -> dict[str, Any]:
    missions = list(Mission.objects.held_on(today).filter(user_id=user_id))
    followed = Assignment.objects.current().valid_on(today).filter(mission__in=missions).values("person_id")
    contacts = Contact.objects.current().filter(person_id__in=followed).values("person_id").annotate(number=Count("pk"))
    person_id = contacts.order_by("-number").values_list("person_id", flat=True).first()
    hers: dict[str, Any] = {"person_id": person_id}
    notes = Note.objects.current().filter(**hers)
    name = PersonName.objects.current().filter(**hers).first()
    territory_id = next((mission.territory_id for mission in missions if mission.territory_id), None)
    found = hers | {
        "aspect": "housing",
        "fact_id": _latest(Situation, hers),
        "contract_id": _latest(Contract, hers),
        "referent_id": _latest(OutsideReferent, hers),
        "contact_id": _latest(Contact, hers),
        "note_id": notes.filter(recorded_by_id=user_id).values_list("pk", flat=True).last()
        or notes.values_list("pk", flat=True).last(),
        "extension_id": _latest(Extension, hers),
        "pass_id": _latest(Pass, hers),
        "suspension_id": _latest(Suspension, hers),
        "placement_id": _latest(Placement, hers),
        "training_id": _latest(Training, hers),
        "need_id": _latest(Need, hers),
        "goal_id": _latest(Goal, hers),
        "action_id": _latest(Action, hers),
        "part": ReviewPart.DAILY_LIFE.value,
        "appointment_id": _latest(Appointment, hers),
        "candidacy_id": _latest(Candidacy, hers),
        "exit_id": _latest(Exit, hers),
        "thread_id": _latest(ExtendedSupport, hers),
        "news_id": _latest(FollowUp, hers),
        "kind": "residence_permit",
        "act": "rsa_declaration",
        "stage": FundStage.ENTRY.value,
        "month": f"{today.replace(day=1) - timedelta(days=1):%Y-%m}",
        "year": today.year,
        "likeness_id": Likeness.objects.order_by("pk").values_list("pk", flat=True).first(),
        "site_id": next((mission.site_id for mission in missions if mission.site_id), None)
        or Site.objects.filter(territory_id=territory_id).order_by("pk").values_list("pk", flat=True).first(),
        "territory_id": territory_id,
        "block": "attente",
        "family_name": name.family_name if name else None,
        "misspelt": _misspelt(name.family_name) if name else None,
    }
    means = StaffMeans.objects.current().first()
    if means:
        found |= {"post": means.post, "means_id": means.pk}
    return {parameter: value for parameter, value in found.items() if value is not None}


def _latest(model: Any, hers: dict[str, Any]) -> int | None:
    found: int | None = model.objects.current().filter(**hers).order_by("-pk").values_list("pk", flat=True).first()
    return found


def _misspelt(name: str) -> str:
    """The name with two of its letters the other way round."""
    return name[:1] + name[2:3] + name[1:2] + name[3:]


def pages(values: dict[str, Any], cookies: dict[str, str]) -> tuple[list[Page], list[str]]:
    """Every page that answers the one who holds these cookies, and the addresses that could not be asked for."""
    client = Client(SERVER_NAME="127.0.0.1", raise_request_exception=False)
    client.cookies.load(cookies)
    found, unknown = [], []
    for pattern in _patterns():
        name = pattern.name or ""
        wanted = set(pattern.pattern.regex.groupindex)
        if not wanted <= values.keys():
            unknown.append(f"{name} ({', '.join(sorted(wanted - values.keys()))})")
            continue
        try:
            address = reverse(name, kwargs={parameter: values[parameter] for parameter in wanted})
        except NoReverseMatch:
            unknown.append(name)
            continue
        sizes: set[int] = set()
        for more in ["", *SAYING_MORE.get(name, [])]:
            try:
                asked = "?" + more.format(**values) if more else ""
            except KeyError:
                continue
            count, status, size = queries(client, address + asked)
            if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
                unknown.append(f"{name} (answers {status})")
            # A page that is as long says the same: to this role, what was added means nothing.
            if status == HTTPStatus.OK and size not in sizes:
                sizes.add(size)
                found.append(Page(f"{name}{asked}", address + asked, count))
    return found, unknown


def queries(client: Client, address: str) -> tuple[int, int, int]:
    """Queries that a GET takes, less those that begin and end its transaction; its status and length."""
    asked: list[str] = []
    with connection.execute_wrapper(partial(_note, asked)):
        answer = client.get(address)
    return sum(not OF_THE_TRANSACTION.match(query) for query in asked), answer.status_code, len(answer.content)


def _note(asked: list[str], execute: Callable[..., Any], sql: str, *arguments: Any) -> Any:
    asked.append(sql)
    return execute(sql, *arguments)


def _patterns(resolver: URLResolver | None = None) -> Iterator[URLPattern]:
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            yield from _patterns(pattern)
        else:
            yield pattern

"""The facts of people as the rules read them, gathered in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any

from django.db.models import DateField, Max
from django.db.models.functions import Lower

from convergence.pathways.clocks import paths_of
from convergence.pathways.entry.reading import missing_steps, open_controls
from convergence.pathways.models import Contract, Exit, Pathway
from convergence.pathways.placements.reading import without_result
from convergence.people.models import Support
from convergence.rules.facts import (
    ActFact,
    ActionFact,
    AppointmentFact,
    ContactFact,
    ContractFact,
    DocumentFact,
    Facts,
    HiringFact,
    LearningFact,
    SituationFact,
    Spell,
)
from convergence.situations.models import Situation
from convergence.support.after.reading import threads_of, warnings_of
from convergence.support.funds.reading import fund_times_of
from convergence.support.models import Action, Appointment, Contact, Document, RightAct
from convergence.vocabulary.compartments import Compartment
from convergence.vocabulary.contacts import ContactKind
from convergence.vocabulary.exits import ExitMotive

_Fact = Support | Pathway | Contract | Situation
_PERIOD = ("valid__startswith", "valid__endswith")


def facts_of(person_ids: Collection[int]) -> dict[int, Facts]:
    """Current facts of each person, as far as the one who asks reads them; a fixed number of queries.

    Rows are read as plain values: with tens of thousands of people, making a model's instance of each is the cost.
    """
    supports = defaultdict(list)
    for person_id, starts, ends in _current(Support, person_ids):
        supports[person_id].append(Spell(starts, ends))
    pathways = defaultdict(list)
    for person_id, starts, ends in _current(Pathway, person_ids):
        pathways[person_id].append(Spell(starts, ends))
    contracts = defaultdict(list)
    for person_id, starts, ends, kind in _current(Contract, person_ids, "kind"):
        contracts[person_id].append(ContractFact(kind, Spell(starts, ends)))
    situations = defaultdict(list)
    told = _current(Situation, person_ids, "aspect", "value", "missing", "expires_on")
    for person_id, starts, ends, aspect, value, missing, expires_on in told:
        situations[person_id].append(SituationFact(aspect, value, missing, Spell(starts, ends), expires_on))
    contacts = defaultdict(list)
    latest = (
        Contact.objects.current()
        .filter(person_id__in=person_ids)
        .values("person_id", "kind")
        .annotate(on=Max(Lower("valid"), output_field=DateField()))
    )
    for met in latest:
        contacts[met["person_id"]].append(ContactFact(ContactKind(met["kind"]), met["on"]))
    appointments = defaultdict(list)
    unanswered = Appointment.objects.current().filter(person_id__in=person_ids, outcome="")
    for person_id, compartment, user_id, on in unanswered.values_list(
        "person_id", "compartment", "colleague_id", "valid__startswith"
    ):
        appointments[person_id].append(AppointmentFact(Compartment(compartment), user_id, on))
    actions = defaultdict(list)
    open_ones = Action.objects.current().filter(person_id__in=person_ids, outcome="").order_by("due_on", "pk")
    for person_id, compartment, by, user_id, due_on in open_ones.values_list(
        "person_id", "compartment", "by", "user_id", "due_on"
    ):
        actions[person_id].append(ActionFact(Compartment(compartment), by, user_id, due_on))
    learning = defaultdict(list)
    for person_id, kind, last_day in without_result(person_ids):
        learning[person_id].append(LearningFact(kind, last_day))
    acts, documents = _acts(person_ids), _documents(person_ids)
    hiring = defaultdict(list)
    for person_id, step, due_on in missing_steps(person_ids):
        hiring[person_id].append(HiringFact(step, due_on))
    controls = defaultdict(list)
    for person_id, asked_on in open_controls(person_ids):
        controls[person_id].append(asked_on)
    threads, warnings, funds = threads_of(person_ids), warnings_of(person_ids), fund_times_of(person_ids)
    paths = paths_of(person_ids)
    deaths = Exit.objects.current().filter(person_id__in=person_ids, motive=ExitMotive.DEATH.value)
    died = set(deaths.values_list("person_id", flat=True))
    return {
        person_id: Facts(
            supports=tuple(supports[person_id]),
            pathways=tuple(pathways[person_id]),
            contracts=tuple(contracts[person_id]),
            situations=tuple(situations[person_id]),
            appointments=tuple(appointments[person_id]),
            contacts=tuple(contacts[person_id]),
            actions=tuple(actions[person_id]),
            learning=tuple(learning[person_id]),
            acts=tuple(acts[person_id]),
            documents=tuple(documents[person_id]),
            hiring=tuple(hiring[person_id]),
            controls=tuple(controls[person_id]),
            threads=tuple(threads.get(person_id, ())),
            third_party_warnings=tuple(warnings.get(person_id, ())),
            fund_times=tuple(funds.get(person_id, ())),
            died=person_id in died,
            path=paths.get(person_id),
        )
        for person_id in person_ids
    }


def _current(model: type[_Fact], person_ids: Collection[int], *more: str) -> Iterable[tuple[Any, ...]]:
    """Person, first day, first day after, and more columns, of every fact that stands."""
    rows = model.objects.current().filter(person_id__in=person_ids)
    return rows.values_list("person_id", *_PERIOD, *more)


def _acts(person_ids: Collection[int]) -> dict[int, list[ActFact]]:
    """What was done to keep rights."""
    acts = defaultdict(list)
    done = RightAct.objects.current().filter(person_id__in=person_ids)
    for person_id, act, occurrence, done_on in done.values_list("person_id", "act", "occurrence", "done_on"):
        acts[person_id].append(ActFact(act, occurrence, done_on))
    return acts


def _documents(person_ids: Collection[int]) -> dict[int, list[DocumentFact]]:
    """The documents that end on a date of their own."""
    documents = defaultdict(list)
    ending = Document.objects.current().filter(person_id__in=person_ids, expires_on__isnull=False)
    for person_id, kind, compartment, expires_on in ending.values_list(
        "person_id", "kind", "compartment", "expires_on"
    ):
        if expires_on is not None:
            documents[person_id].append(DocumentFact(kind, Compartment(compartment), expires_on))
    return documents

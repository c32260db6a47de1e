"""Who needs something: stored alerts as lines, one for each person, most pressing first."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import TypeAlias

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from convergence.access.models import User
from convergence.people.models import Assignment, CivilStatus, PersonName, Support
from convergence.rules.alerts import CLOCK_BINDING, is_over, pressing, stage
from convergence.rules.alerts import Alert as Rule
from convergence.rules.sentences import sentence
from convergence.support.alerts import alert_of
from convergence.support.models import Alert, Contact
from convergence.vocabulary.contacts import ContactKind
from convergence.vocabulary.decisions import ClockName
from convergence.vocabulary.people import NameKind
from convergence.vocabulary.right_acts import RIGHT_ACTS
from convergence.web.rules import CARE
from convergence.web.support.common import contact_words
from convergence.web.templatetags.display import duration, from_today, short_day

WEEK = timedelta(days=7)
MONTH = timedelta(days=31)
FORGOTTEN = timedelta(days=14)
"""So long after its day, what a colleague was to do is told to those who follow the person, too."""

PRESSING = frozenset({"late", "week"})

People: TypeAlias = "Collection[int] | QuerySet[Assignment, int] | QuerySet[Support, int]"

PLACES = {
    "action_due": ("needs", "objectifs", gettext_lazy("Voir ce qui est convenu")),
    "eligibility_control": ("eligibility", "controles", gettext_lazy("Voir le contrôle")),
    "hiring_step": ("eligibility", "embauche", gettext_lazy("Voir l’embauche")),
    "document_expiring": ("documents", "documents", gettext_lazy("Voir ses documents")),
    "appointment_unanswered": ("meetings", "a-noter", gettext_lazy("Noter la présence")),
    "learning_result": ("path", "apprendre", gettext_lazy("Noter le résultat")),
    "follow_up_due": ("after", "accompagnement", gettext_lazy("Noter des nouvelles")),
    "follow_up_ending": ("after", "accompagnement", gettext_lazy("Noter la fin")),
    "third_party_warning": ("after", "accompagnement", gettext_lazy("Noter la réponse")),
    "fund_status": ("after", "fse", gettext_lazy("Répondre")),
    "home_reached": ("after", "accompagnement", gettext_lazy("Ouvrir l’accompagnement")),
}
"""Alerts whose answer has its place on a page of the file: the page, where on it, what is done there."""

GROUPS = {
    "late": gettext_lazy("En retard"),
    "week": gettext_lazy("D’ici une semaine"),
    "month": gettext_lazy("D’ici un mois"),
    "later": gettext_lazy("À prévoir"),
}


@dataclass(frozen=True)
class Action:
    """The one thing to do about a line."""

    label: str
    href: str
    icon: str = ""


@dataclass
class Line:
    """One person and what asks for attention about her, the most pressing first."""

    person_id: int
    alerts: list[Rule]
    today: date
    name: str = ""
    phone: str = ""
    email: str = ""
    latest: str = ""
    tried_today: bool = False

    @cached_property
    def due(self) -> date:
        return stage(self.alerts[0], self.today).due

    @cached_property
    def group(self) -> str:
        left = self.due - self.today
        if left < timedelta(0):
            return "late"
        return "week" if left <= WEEK else "month" if left <= MONTH else "later"

    @property
    def tone(self) -> str:
        return {"late": "late", "week": "soon"}.get(self.group, "")

    @property
    def when(self) -> str:
        """« en retard de 2 jours », « aujourd’hui », « avant le 14 déc. »."""
        if self.due < self.today:
            return _("en retard de %(length)s") % {"length": duration(self.due, self.today)}
        if self.due - self.today <= timedelta(days=1):
            return from_today(self.due, self.today)
        return _("avant le %(day)s") % {"day": short_day(self.due, self.today)}

    @property
    def sentence(self) -> str:
        return sentence(self.alerts[0], self.today)

    @property
    def also(self) -> list[str]:
        return [sentence(alert, self.today) for alert in self.alerts[1:]]

    @property
    def speaks_of_contact(self) -> bool:
        return self.alerts[0].kind == "no_contact"

    @property
    def tel(self) -> str:
        return "".join(self.phone.split())

    @property
    def action(self) -> Action:
        """What the most pressing alert asks for, with what is known of the person."""
        alert = self.alerts[0]
        if alert.kind == "no_contact":
            if self.phone:
                return Action(_("Appeler"), f"tel:{self.tel}", "phone")
            if self.email:
                return Action(_("Écrire"), f"mailto:{self.email}", "mail")
            return Action(_("Noter une rencontre"), reverse("record-contact", args=[self.person_id]))
        if alert.kind == CLOCK_BINDING:
            return self._decision(alert)
        if "aspect" in alert.about:
            words = _("Noter la réponse") if alert.kind == "mdph_silence" else _("Noter le renouvellement")
            return Action(words, reverse("record-situation", args=[self.person_id, alert.about["aspect"]]))
        if alert.kind == "housing_unknown":
            return Action(_("Noter le logement"), reverse("record-situation", args=[self.person_id, "housing"]))
        if alert.kind in RIGHT_ACTS:
            return Action(_("Noter que c’est fait"), f"{reverse('documents', args=[self.person_id])}#papiers-et-droits")
        if "right" in alert.about:
            return Action(_("Noter la suite"), reverse("record-situation", args=[self.person_id, alert.about["right"]]))
        if alert.kind in PLACES:
            page, anchor, label = PLACES[alert.kind]
            return Action(str(label), f"{reverse(page, args=[self.person_id])}#{anchor}")
        if alert.kind == "contract_ending" and self.due == alert.on:
            return Action(_("Noter la suite"), reverse("new-contract", args=[self.person_id]))
        # What is left is about a contract: a review, a decision, an end that nobody noted.
        return Action(_("Voir ses contrats"), f"{reverse('person', args=[self.person_id])}#contrats")

    def _decision(self, alert: Rule) -> Action:
        """Where the decision is prepared that keeps the path going; the path itself, where nothing does."""
        if "asked" in alert.about:
            return Action(_("Noter la réponse"), f"{reverse('path', args=[self.person_id])}#prolongations")
        match ClockName(alert.about["value"]):
            case ClockName.PASS:
                return Action(_("Préparer la prolongation"), reverse("extend-pass", args=[self.person_id]))
            case ClockName.CDDI:
                return Action(_("Préparer la prolongation"), reverse("extend-cddi", args=[self.person_id]))
            case ClockName.CONVERGENCE:
                return Action(_("Voir le parcours"), reverse("path", args=[self.person_id]))


def begun(person_ids: People, today: date, user: User | None = None) -> list[Line]:
    """A line for each person about whom something asks for attention today; one query.

    :param user: whoever asks for herself is told what she is to do, whoever it is about, and what a colleague is to
        do once it seems forgotten. None: everything about these people.
    """
    stored = Alert.objects.filter(person_id__in=person_ids, begins_on__lte=today)
    if user is not None:
        forgotten = Q(due_on__lt=today - FORGOTTEN) & ~Q(colleague=user)
        mine = Alert.objects.filter(colleague=user, begins_on__lte=today)
        stored = stored.filter(Q(colleague=None) | forgotten).union(mine, all=True)
    # Sorted all together, and so each person's too: how pressing an alert is takes the rules some time to say.
    asked = ((row.person_id, alert_of(row)) for row in stored)
    alerts = [(person_id, alert) for person_id, alert in asked if not is_over(alert, today)]
    by_person: dict[int, list[Rule]] = {}
    for person_id, alert in sorted(alerts, key=lambda pair: (pressing(pair[1], today), pair[0])):
        by_person.setdefault(person_id, []).append(alert)
    return [Line(person_id, _each_once(hers), today) for person_id, hers in by_person.items()]


def _each_once(alerts: list[Rule]) -> list[Rule]:
    """Without the end of a contract that falls on the day on which a clock binds: one decision is about both."""
    binding = {alert.on for alert in alerts if alert.kind == CLOCK_BINDING}
    return [alert for alert in alerts if alert.kind != "contract_ending" or alert.on not in binding]


def complete(lines: Iterable[Line], today: date) -> None:
    """Fill in the name, how to reach the person, and the latest contact; three queries."""
    by_id = {line.person_id: line for line in lines}
    for name in PersonName.objects.current().filter(kind=NameKind.USUAL, person_id__in=by_id):
        by_id[name.person_id].name = str(name)
    for civil in CivilStatus.objects.current().filter(person_id__in=by_id).only("person_id", "phone", "email"):
        by_id[civil.person_id].phone, by_id[civil.person_id].email = civil.phone, civil.email
    latest = Contact.objects.current().filter(person_id__in=by_id)
    for contact in latest.order_by("person_id", "-valid", "-recorded_at").distinct("person_id"):
        line = by_id[contact.person_id]
        line.latest = contact_words(contact, today)
        line.tried_today = contact.kind == ContactKind.CALL_NO_ANSWER and contact.starts == today


def followed_by(user: User, today: date) -> "QuerySet[Assignment, int]":
    """Ids of the people whom the user follows today, by a mission of support."""
    follows = Assignment.objects.current().valid_on(today).filter(mission__user=user, mission__role__in=CARE)
    return follows.filter(mission__valid__contains=today).values_list("person_id", flat=True).distinct()


def supported_at(site_ids: Collection[int], today: date) -> "QuerySet[Support, int]":
    """Ids of the people whom these sites support today."""
    supports = Support.objects.current().valid_on(today).filter(site_id__in=site_ids)
    return supports.values_list("person_id", flat=True).distinct()


def asking_today(user: User, today: date) -> int:
    """How many of the people whom the user follows need something late or due within a week; one query."""
    return sum(line.group in PRESSING for line in begun(followed_by(user, today), today, user))


def asking_of(lines: Iterable[Line], user: User, followed: Collection[int]) -> int:
    """The same number, out of lines about more people: of those whom she does not follow, only what she is to do."""
    hers = (
        line
        if line.person_id in followed
        else Line(line.person_id, [a for a in line.alerts if a.about.get("colleague") == str(user.pk)], line.today)
        for line in lines
    )
    return sum(bool(line.alerts) and line.group in PRESSING for line in hers)

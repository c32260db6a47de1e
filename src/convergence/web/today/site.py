"""A site as its manager sees it, and the team that a work supervisor finds there: names, within their rights."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from convergence.access.models import User
from convergence.pathways.models import Contract
from convergence.people.models import Assignment, CivilStatus, PersonName
from convergence.rules.alerts import Alert as Rule
from convergence.rules.alerts import pressing, stage
from convergence.rules.sentences import sentence
from convergence.rules.spans import add_months
from convergence.support.alerts import alert_of
from convergence.support.models import Alert
from convergence.vocabulary.contracts import ContractKind
from convergence.vocabulary.people import NameKind
from convergence.vocabulary.roles import Role
from convergence.web.today.lines import supported_at

SOON = 3  # months
SEEN_AHEAD = 6  # months

WITHOUT_END = (ContractKind.OPEN_ENDED, ContractKind.CDI_INCLUSION)

GAPS = {
    "no_contract": _("aucun contrat en cours"),
    "no_hours": _("heures du contrat non notées"),
    "no_end": _("date de fin du contrat non notée"),
    "no_birth": _("année de naissance non notée"),
    "no_sex": _("sexe non noté"),
    "no_phone": _("téléphone non noté"),
}


@dataclass(frozen=True)
class EndingContract:
    """A contract that comes to its end, as a row of the manager's table; ``soon`` within three months, or past."""

    person_id: int
    name: str
    kind: str
    last_day: date
    words: str
    late: bool
    soon: bool


@dataclass(frozen=True)
class Gap:
    """What is missing from files, and whose."""

    label: str
    people: list[PersonName]


@dataclass(frozen=True)
class Team:
    """Usual names, in order, of the people supported at a work supervisor's sites: those assigned to her first."""

    mine: list[PersonName]
    others: list[PersonName]


def team_of(supervisor: User, site_ids: Collection[int], today: date) -> Team:
    """The people supported at these sites today, as the supervisor knows them; one query."""
    assigned = (
        Assignment.objects.current()
        .valid_on(today)
        .filter(
            person_id=OuterRef("person_id"),
            mission__user=supervisor,
            mission__role=Role.WORK_SUPERVISOR,
            mission__valid__contains=today,
        )
    )
    names = (
        PersonName.objects.current()
        .filter(kind=NameKind.USUAL, person_id__in=supported_at(site_ids, today))
        .annotate(mine=Exists(assigned))
        .order_by("sort_key", "pk")
    )
    everybody = list(names)
    return Team([name for name in everybody if name.mine], [name for name in everybody if not name.mine])


def ending_contracts(site_ids: Collection[int], today: date) -> list[EndingContract]:
    """Contracts that end within six months with nothing after them, from stored alerts; two queries."""
    stored = Alert.objects.filter(
        person_id__in=supported_at(site_ids, today), kind="contract_ending", begins_on__lte=today
    )
    found: list[tuple[int, Rule]] = [(row.person_id, alert_of(row)) for row in stored]
    found = [(person_id, alert) for person_id, alert in found if alert.on <= add_months(today, SEEN_AHEAD)]
    names = PersonName.objects.current().filter(
        kind=NameKind.USUAL, person_id__in={person_id for person_id, _ in found}
    )
    by_id = {name.person_id: str(name) for name in names}
    found.sort(key=lambda pair: (pair[1].on, pressing(pair[1], today)))
    return [
        EndingContract(
            person_id=person_id,
            name=by_id.get(person_id, ""),
            kind=ContractKind(alert.about["value"]).label,
            last_day=alert.on,
            words=sentence(alert, today).partition(". ")[2],
            late=stage(alert, today).due < today,
            soon=alert.on <= add_months(today, SOON),
        )
        for person_id, alert in found
    ]


def gaps(site_ids: Collection[int], today: date) -> tuple[int, list[Gap]]:
    """How many people the sites support, and what is missing from whose file; one query."""
    running = Contract.objects.current().valid_on(today).filter(person_id=OuterRef("person_id"))
    civil = CivilStatus.objects.current().filter(person_id=OuterRef("person_id"))
    people = (
        PersonName.objects.current()
        .filter(kind=NameKind.USUAL, person_id__in=supported_at(site_ids, today))
        .annotate(
            no_contract=~Exists(running),
            no_hours=Exists(running.filter(weekly_hours=None)),
            no_end=Exists(running.filter(valid__endswith=None).exclude(kind__in=WITHOUT_END)),
            no_birth=~Exists(civil.filter(birth_year__isnull=False)),
            no_sex=~Exists(civil.exclude(sex="")),
            no_phone=~Exists(civil.exclude(phone="")),
        )
        .order_by("sort_key", "pk")
    )
    everybody = list(people)
    found = [Gap(str(label), [name for name in everybody if getattr(name, gap)]) for gap, label in GAPS.items()]
    return len(everybody), [gap for gap in found if gap.people]

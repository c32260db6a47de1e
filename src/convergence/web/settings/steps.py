"""What is done and what is left of setting up a site or a territory: steps that follow from facts."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from convergence.support.models import SiteStart
from convergence.support.setup import SiteSetup, setup_of
from convergence.territories.identity import Identity
from convergence.territories.models import Choices, Mission, Site, StaffMeans, Territory
from convergence.vocabulary.roles import Role
from convergence.web.rules import EMPLOYER
from convergence.web.templatetags.display import and_list, day

FEWEST_OFFICERS, MOST_OFFICERS = 2, 3
"""Partnership officers of a territory (domain.md §1)."""

DONE, OPEN, OPTIONAL, LATER = "done", "open", "optional", "later"

TAKING_BACK = "reprendre"
"""In the address of what takes a word back: a button pressed twice never says the contrary of what it reads."""


@dataclass(frozen=True)
class Link:
    """What one may do about a step; ``posts`` for a button that does it at once."""

    label: str
    href: str
    posts: bool = False


@dataclass(frozen=True)
class Step:
    """A step: where it stands, in words, who does it, and by what links.

    ``state``: done; open; optional (nothing was chosen, and nothing has to be); later (another step comes first).
    """

    code: str
    title: str
    state: str
    said: str
    roles: tuple[Role, ...]
    links: tuple[Link, ...] = field(default=())

    @property
    def who(self) -> str:
        return and_list([role.label for role in self.roles])


def may_do(identity: Identity, where: Site | Territory, step: Step) -> bool:
    """Whether the step is the actor's to do at this place."""
    if Role.ADMINISTRATOR in step.roles and identity.administers(where):
        return True
    others = [role for role in step.roles if role is not Role.ADMINISTRATOR]
    held = identity.site_ids(*others) if isinstance(where, Site) else identity.territory_ids(*others)
    return where.pk in held


def open_steps(sites: Collection[Site], today: date) -> dict[int, int]:
    """How many steps are open, by site, for those that the actor takes part in; one query."""
    found = setup_of([site.pk for site in sites])
    return {
        site.pk: sum(step.state in {OPEN, LATER} for step in steps_of_site(site, found[site.pk], today))
        for site in sites
        if site.pk in found
    }


def not_started(sites: QuerySet[Site], today: date) -> QuerySet[Site]:
    """Those that have not closed, and whose first day was never noted."""
    present = Q(open_over__upper_inf=True) | Q(open_over__endswith__gt=today)
    started = SiteStart.objects.current().filter(site=OuterRef("pk"))
    return sites.filter(present).filter(~Exists(started))


# -- A site ----------------------------------------------------------------------------------------------------------


def steps_of_site(site: Site, setup: SiteSetup, today: date) -> list[Step]:
    """The steps in the order in which they are usually taken."""
    people = _people(site, setup)
    return [
        _site_entity(site),
        _site_team(site, setup),
        _first_sign_ins(reverse("site", args=[site.pk]), setup.expected, setup.managers + setup.counsellors),
        _means(reverse("site-means", args=[site.pk]), done=setup.has_means, role=Role.SITE_MANAGER),
        _choices(
            reverse("site-choices", args=[site.pk]),
            done=setup.has_chosen,
            role=Role.SITE_MANAGER,
        ),
        people,
        _first_day(site, setup, people, today),
    ]


def _site_entity(site: Site) -> Step:
    link = Link(_("Compléter la fiche"), reverse("change-site", args=[site.pk]))
    if not site.siret:
        return Step("entity", _("La fiche du chantier"), OPEN, _("Le SIRET manque."), (Role.ADMINISTRATOR,), (link,))
    return Step(
        "entity",
        _("La fiche du chantier"),
        DONE,
        _("Structure porteuse, SIRET, territoire et date d’ouverture sont notés."),
        (Role.ADMINISTRATOR,),
    )


def _site_team(site: Site, setup: SiteSetup) -> Step:
    held = {
        Role.SITE_MANAGER: setup.managers,
        Role.COUNSELLOR: setup.counsellors,
        Role.WORK_SUPERVISOR: setup.supervisors,
    }
    missing = [role for role, holders in held.items() if not holders]
    return _team(f"site-{site.pk}", missing, [role.label for role in held], [role.label for role in missing])


def _team(place: str, missing: list[Role], expected: list[str], said: list[str]) -> Step:
    title = _("Qui travaille là, comme quoi")
    if not missing:
        done = _("Chaque fonction attendue a quelqu’un : %s.") % and_list(expected)
        return Step("team", title, DONE, done, (Role.ADMINISTRATOR,))
    links = []
    for role in missing:
        asked = urlencode({"lieu": place, "fonction": role.value})
        links.append(Link(_("Ouvrir un compte : %s") % role.label, f"{reverse('open-account')}?{asked}"))
    links.append(Link(_("Donner une mission à quelqu’un qui a déjà un compte"), reverse("accounts")))
    left = _("Il manque quelqu’un pour : %s.") % and_list(said)
    return Step("team", title, OPEN, left, (Role.ADMINISTRATOR,), tuple(links))


def _first_sign_ins(address: str, expected: int, present: int) -> Step:
    title, roles = _("Chacun s’est connecté une première fois"), (Role.ADMINISTRATOR,)
    if expected:
        said = (
            _("Une personne de l’équipe ne s’est encore jamais connectée.")
            if expected == 1
            else _("%d personnes de l’équipe ne se sont encore jamais connectées.") % expected
        )
        return Step("sign_ins", title, OPEN, said, roles, (Link(_("Relancer l’invitation"), address),))
    if not present:
        return Step("sign_ins", title, LATER, _("Quand les missions seront données."), roles)
    return Step("sign_ins", title, DONE, _("Toute l’équipe s’est connectée."), roles)


def _means(address: str, *, done: bool, role: Role) -> Step:
    said = (
        _("Des postes sont notés pour aujourd’hui.")
        if done
        else _("Aucun poste n’est noté : sans eux, le bilan semestriel n’a pas ses moyens humains.")
    )
    links = () if done else (Link(_("Noter les moyens"), address),)
    return Step("means", _("Les moyens humains"), DONE if done else OPEN, said, (role,), links)


def _choices(address: str, *, done: bool, role: Role) -> Step:
    said = (
        _("Ce que les écrans proposent est choisi.")
        if done
        else _("Tout est proposé tant que rien n’est choisi : aspects de la vie, programmes, contacts, organismes.")
    )
    links = (Link(_("Faire ces choix"), address),)
    return Step("choices", _("Les choix de vocabulaire"), DONE if done else OPTIONAL, said, (role,), links)


def _people(site: Site, setup: SiteSetup) -> Step:
    title = _("Les personnes accompagnées")
    if setup.started_on:
        return Step("people", title, DONE, _("Notées avant le premier jour."), EMPLOYER)
    if setup.imported_on:
        said = _("Une liste a été importée le %(day)s par %(who)s.")
        return Step("people", title, DONE, said % {"day": day(setup.imported_on), "who": setup.imported_by}, EMPLOYER)
    no_list = reverse("nothing-to-import", args=[site.pk])
    if setup.nothing_since:
        said = _("Pas de liste à importer : %(who)s l’a dit le %(day)s. Les personnes s’accueillent une à une.")
        links: tuple[Link, ...] = (Link(_("Il y a une liste, finalement"), f"{no_list}?{TAKING_BACK}", posts=True),)
        words = said % {"day": day(setup.nothing_since), "who": setup.nothing_by}
        return Step("people", title, DONE, words, EMPLOYER, links)
    said = (
        _("Des personnes sont déjà là : dites s’il reste une liste à importer.")
        if setup.has_people
        else _("Personne n’est encore noté : importez votre liste, ou dites qu’il n’y en a pas.")
    )
    links = (
        Link(_("Importer une liste"), reverse("import-people")),
        Link(_("Pas de liste à importer"), no_list, posts=True),
    )
    return Step("people", title, OPEN, said, EMPLOYER, links)


def _first_day(site: Site, setup: SiteSetup, people: Step, today: date) -> Step:
    title = _("Le premier jour, et son état")
    if setup.started_on:
        said = _("Démarré le %s : avant ce jour, « connu le » veut dire « connu à l’import ».") % day(setup.started_on)
        return Step("start", title, DONE, said, EMPLOYER, (Link(_("Lire l’état de ce jour"), _start_page(site)),))
    if site.opened_on and site.opened_on > today:
        return Step("start", title, LATER, _("Le chantier ouvre le %s.") % day(site.opened_on), EMPLOYER)
    if people.state != DONE:
        return Step("start", title, LATER, _("Quand les personnes seront là."), EMPLOYER)
    said = _("Un bouton, une fois les fichiers relus : il garde le compte de ce que l’on sait ce jour-là.")
    return Step("start", title, OPEN, said, EMPLOYER, (Link(_("Noter le premier jour"), _start_page(site)),))


def _start_page(site: Site) -> str:
    return reverse("site-start", args=[site.pk])


# -- A territory -----------------------------------------------------------------------------------------------------


def steps_of_territory(territory: Territory, today: date) -> list[Step]:
    """The territory's own steps; those of its sites are theirs. Four queries."""
    present = Q(valid__upper_inf=True) | Q(valid__endswith__gt=today)
    team = Mission.objects.filter(present, territory=territory, user__is_active=True).aggregate(
        coordinators=Count("pk", filter=Q(role=Role.COORDINATOR)),
        officers=Count("pk", filter=Q(role=Role.PARTNERSHIP_OFFICER)),
        expected=Count("user", filter=Q(user__last_login=None), distinct=True),
    )
    sites = territory.sites.filter(open_over__upper_inf=True).count()
    return [
        _territory_sites(territory, sites),
        _territory_team(territory, team["coordinators"], team["officers"]),
        _first_sign_ins(
            reverse("territory", args=[territory.pk]), team["expected"], team["coordinators"] + team["officers"]
        ),
        _means(
            reverse("territory-means", args=[territory.pk]),
            done=StaffMeans.objects.current().valid_on(today).filter(territory=territory).exists(),
            role=Role.COORDINATOR,
        ),
        _choices(
            reverse("territory-choices", args=[territory.pk]),
            done=Choices.objects.filter(territory=territory).exists(),
            role=Role.COORDINATOR,
        ),
    ]


def _territory_sites(territory: Territory, sites: int) -> Step:
    title, roles = _("Ses chantiers"), (Role.ADMINISTRATOR,)
    link = Link(_("Ajouter un chantier"), f"{reverse('open-site')}?territoire={territory.pk}")
    if not sites:
        return Step("sites", title, OPEN, _("Aucun chantier n’est encore sur ce territoire."), roles, (link,))
    said = _("Un chantier.") if sites == 1 else _("%d chantiers.") % sites
    return Step("sites", title, DONE, said, roles)


def _territory_team(territory: Territory, coordinators: int, officers: int) -> Step:
    missing: list[Role] = []
    said: list[str] = []
    if not coordinators:
        missing.append(Role.COORDINATOR)
        said.append(Role.COORDINATOR.label)
    if officers < FEWEST_OFFICERS:
        missing.append(Role.PARTNERSHIP_OFFICER)
        expected = _("%(role)s (%(n)d sur %(few)d ou %(most)d)") % {
            "role": Role.PARTNERSHIP_OFFICER.label,
            "n": officers,
            "few": FEWEST_OFFICERS,
            "most": MOST_OFFICERS,
        }
        said.append(expected)
    everybody = [Role.COORDINATOR.label, Role.PARTNERSHIP_OFFICER.label]
    return _team(f"territory-{territory.pk}", missing, everybody, said)


# -- Somebody's own --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Task:
    """An open step of somebody's own, at one of her places."""

    where: Site | Territory
    step: Step
    address: str


def tasks_of(identity: Identity) -> list[Task]:
    """What the actor has to do for her sites and her pooled team to be set up; two queries at most."""
    today = identity.today
    held = {m.site_id: m.site for m in identity.missions if m.site and m.role in EMPLOYER}
    sites = [site for site in held.values() if not site.last_day or site.last_day >= today]
    found = setup_of([site.pk for site in sites])
    tasks = [
        Task(site, step, reverse("site-setup", args=[site.pk]))
        for site in sites
        if site.pk in found
        for step in steps_of_site(site, found[site.pk], today)
        if step.state == OPEN and may_do(identity, site, step)
    ]
    return tasks + list(_pooled_tasks(identity))


def _pooled_tasks(identity: Identity) -> Iterable[Task]:
    coordinated = {m.territory_id: m.territory for m in identity.missions if m.role == Role.COORDINATOR}
    if not coordinated:
        return
    means = StaffMeans.objects.current().valid_on(identity.today).filter(territory__in=coordinated)
    noted = set(means.values_list("territory_id", flat=True))
    for territory_id, territory in coordinated.items():
        if territory and territory_id not in noted:
            step = _means(reverse("territory-means", args=[territory_id]), done=False, role=Role.COORDINATOR)
            yield Task(territory, step, reverse("territory-setup", args=[territory_id]))


def today_section(identity: Identity) -> dict[str, Any]:
    """What Today shows of the setting up: the actor's own tasks, and how many sites she administers have not started.

    Empty when nothing waits; one query for a team's member, two for a coordinator or an administrator.
    """
    context: dict[str, Any] = {}
    tasks = tasks_of(identity)
    if tasks:
        context["setup_tasks"] = tasks
    if identity.holds(Role.ADMINISTRATOR):
        sites = Site.objects.all()
        if not identity.administers_all:
            sites = sites.filter(territory__in=identity.territory_ids(Role.ADMINISTRATOR))
        waiting = not_started(sites, identity.today).count()
        if waiting:
            context["sites_not_started"] = waiting
    return context

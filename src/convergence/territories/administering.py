"""Changing the settings of an instance: one editor at a time, and nobody opens a door for herself."""

import hashlib
from datetime import date
from typing import Any, TypeVar

from django.db import IntegrityError, connection, models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from convergence.access.models import User
from convergence.platform.errors import ChangedMeanwhile, Refused
from convergence.territories.identity import Identity
from convergence.territories.models import Funder, Mission, Operator, Site, Territory
from convergence.territories.periods import ONE_DAY, days

Row = TypeVar("Row", bound=models.Model)

NOT_FOR_HERSELF = gettext_lazy(
    "Personne ne change ses propres missions : demandez à une autre personne qui administre Convergence."
)


def fingerprint(row: models.Model) -> str:
    """A short code of what the row says, so that a form knows whether what it showed still stands."""
    # Sign-ins, and the names of other sites, change these without changing what an administrator reads.
    unseen = {"password", "last_login", "label"}
    said = [f"{f.attname}={f.value_from_object(row)}" for f in row._meta.concrete_fields if f.attname not in unseen]
    return hashlib.sha256("\n".join(said).encode()).hexdigest()[:16]


def unchanged(row: Row, seen: str) -> Row:
    """The row as it stands, locked until the transaction ends.

    :param seen: ``fingerprint`` of the row that the form showed.
    :raises ChangedMeanwhile: somebody changed it since.
    :raises Refused: the actor may not change it.
    """
    fresh = type(row)._default_manager.select_for_update(of=("self",)).filter(pk=row.pk).first()
    if fresh is None:
        raise Refused(_("Vous ne pouvez pas modifier cette fiche."))
    if fingerprint(fresh) != seen:
        raise ChangedMeanwhile(
            _("Quelqu’un a modifié cette fiche pendant que vous écriviez : comparez avant d’enregistrer."), fresh
        )
    return fresh


@transaction.atomic
def change(row: Row, seen: str, **values: Any) -> Row:
    """Give the row these values; raises as ``unchanged`` does."""
    fresh = unchanged(row, seen)
    for name, value in values.items():
        setattr(fresh, name, value)
    fresh.save(update_fields=list(values))
    return fresh


@transaction.atomic
def give_mission(
    user: User,
    role: str,
    since: date,
    last_day: date | None,
    *,
    actor_id: int,
    site: Site | None = None,
    territory: Territory | None = None,
) -> Mission:
    """Somebody works at a place as something from a day on, possibly until a last day (included).

    A mission may begin before its site opens, to prepare it, and run on after it closed, to end what is under way.

    :raises Refused: for oneself; on a closed account; once the site has closed, or over before it opens.
    :raises IntegrityError: the place does not suit the role, or she holds that mission already.
    """
    if user.pk == actor_id:
        raise Refused(str(NOT_FOR_HERSELF))
    if not user.is_active:
        raise Refused(_("Ce compte est fermé : rouvrez-le avant de lui donner une mission."))
    _check_dates(site, since, last_day)
    return Mission.objects.create(user=user, role=role, site=site, territory=territory, valid=days(since, last_day))


FOLLOWS_STILL = "mission_followed_after"
"""The database's name for what it refuses: a mission that ends while people have no other referent (people room)."""


@transaction.atomic
def date_mission(mission: Mission, seen: str, since: date, last_day: date | None, *, actor_id: int) -> Mission:
    """Change the dates of a mission: most often, say the last day on which it is held.

    :raises Refused: one's own, dates that do not suit the site, or people who would remain without a referent;
        raises otherwise as ``unchanged`` does.
    """
    if mission.user_id == actor_id:
        raise Refused(str(NOT_FOR_HERSELF))
    _check_dates(mission.site, since, last_day)
    try:
        with transaction.atomic():
            return change(mission, seen, valid=days(since, last_day))
    except IntegrityError as error:
        if not _follows_still(error):
            raise
        raise Refused(
            _(
                "Cette mission suit des personnes qui resteraient sans référent à ces dates : elle-même, ou la "
                "direction du chantier, les confie d’abord à quelqu’un d’autre (page « Qui suit qui »)."
            )
        ) from error


def _follows_still(error: IntegrityError) -> bool:
    return getattr(getattr(error.__cause__, "diag", None), "constraint_name", None) == FOLLOWS_STILL


def _check_dates(site: Site | None, since: date, last_day: date | None) -> None:
    if site and site.last_day and since > site.last_day:
        raise Refused(_("Ce chantier est fermé à cette date."))
    if site and site.opened_on and last_day and last_day < site.opened_on:
        raise Refused(_("Cette mission finirait avant l’ouverture du chantier : vérifiez ses dates."))


@transaction.atomic
def rename_funder(funder: Funder, seen: str, name: str, since: date) -> Funder:
    """A funder takes another name from a day on; the earlier name keeps its own dates.

    :raises Refused: the earlier name began later, or was already followed by another; otherwise as ``unchanged``.
    """
    earlier = unchanged(funder, seen)
    if earlier.later_names.exists():
        raise Refused(_("Ce financeur a déjà changé de nom : donnez le nouveau nom à partir du plus récent."))
    if earlier.since and since <= earlier.since:
        raise Refused(_("Le nouveau nom doit commencer après l’ancien."))
    if earlier.last_day is None or since <= earlier.last_day:
        earlier.named_over = days(earlier.since, since - ONE_DAY)
        earlier.save(update_fields=["named_over"])
    return Funder.objects.create(name=name, named_over=days(since, None), formerly=earlier)


@transaction.atomic
def correct_funder(funder: Funder, seen: str, name: str, since: date | None, last_day: date | None) -> Funder:
    """Correct one name and its dates, between the name before it and the one after.

    :raises Refused: it would run while another name of the same funder does; otherwise as ``unchanged``.
    """
    fresh = unchanged(funder, seen)
    before, after = fresh.formerly, fresh.later_names.first()
    if before and (since is None or before.last_day is None or since <= before.last_day):
        raise Refused(_("Ce nom doit commencer après la fin du précédent."))
    if after and (last_day is None or after.since is None or last_day >= after.since):
        raise Refused(_("Ce nom doit finir avant que le suivant commence."))
    return change(fresh, seen, name=name, named_over=days(since, last_day))


def names_of(funder: Funder) -> list[Funder]:
    """The successive names of one funder, the latest first."""
    latest = funder
    while later := latest.later_names.order_by("-named_over").first():
        latest = later
    chain: list[Funder] = []
    name: Funder | None = latest
    while name is not None:
        chain.append(name)
        name = name.formerly
    return chain


@transaction.atomic
def open_account(email: str, given_name: str, family_name: str, *, actor_id: int) -> User:
    """An account without a password: its owner chooses one from the invitation that she receives.

    :raises Refused: the address already has an account.
    """
    try:
        with transaction.atomic():
            return User.objects.create_user(
                email, given_name=given_name, family_name=family_name, opened_by_id=actor_id
            )
    except IntegrityError as error:
        raise Refused(_("Un compte existe déjà à cette adresse : cherchez-le dans la liste.")) from error


def may_change(identity: Identity, account: User) -> bool:
    """Whether the actor may change this account: the administrator of a territory, if it works nowhere else."""
    return identity.administers_all or _answers("administers_account", account.pk)


def may_rename(identity: Identity, operator: Operator) -> bool:
    """Whether the actor may rename this operator: the administrator of a territory, if it runs sites nowhere else."""
    return identity.administers_all or _answers("administers_operator", operator.pk)


def _answers(function: str, row_id: int) -> bool:
    """What the database's own function says of a row, as its policies do."""
    with connection.cursor() as cursor:
        cursor.callproc(function, [row_id])
        (may,) = cursor.fetchone()
    return bool(may)


def check_may_change(identity: Identity, account: User) -> None:
    """:raises Refused: the account signs in on another territory too."""
    if not may_change(identity, account):
        raise Refused(
            _("Cette personne travaille aussi ailleurs : seule l’administration de toute l’instance change son compte.")
        )


@transaction.atomic
def change_account(account: User, seen: str, email: str, given_name: str, family_name: str) -> User:
    """:raises Refused: the address already has an account; otherwise as ``unchanged``."""
    fresh = unchanged(account, seen)
    fresh.email, fresh.given_name, fresh.family_name = email.strip().lower(), given_name, family_name
    try:
        with transaction.atomic():
            fresh.save(update_fields=["email", "given_name", "family_name"])
    except IntegrityError as error:
        raise Refused(_("Un autre compte utilise déjà cette adresse.")) from error
    return fresh


@transaction.atomic
def close_account(account: User, seen: str, last_day: date, *, actor_id: int) -> User:
    """Nobody signs in with it any more; its running missions end after ``last_day``; what it wrote stays.

    A mission that still follows people stays open, so that none of them remains without a referent: it reads
    nothing more, and the site's manager is told to hand them over.

    :raises Refused: one's own account; otherwise as ``unchanged``.
    """
    if account.pk == actor_id:
        raise Refused(_("Vous ne pouvez pas fermer votre propre compte."))
    fresh = change(account, seen, is_active=False)
    for mission in fresh.missions.select_for_update(of=("self",)).filter(valid__contains=last_day):
        mission.valid = days(mission.since, last_day)
        try:
            with transaction.atomic():
                mission.save(update_fields=["valid"])
        except IntegrityError as error:
            if not _follows_still(error):
                raise
    return fresh


def reopen_account(account: User) -> None:
    """Its owner signs in again; missions that ended stay ended."""
    User.objects.filter(pk=account.pk).update(is_active=True)

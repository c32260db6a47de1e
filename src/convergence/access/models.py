"""Accounts, scopes, and the derived table that every person policy reads."""

from typing import Any

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField, DateRangeField
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from convergence.platform.fields import TermField
from convergence.platform.policies import ACTOR, SCOPES, SIGNED_IN, TODAY, RowPolicy, holds_role
from convergence.vocabulary.compartments import Compartment
from convergence.vocabulary.roles import Role


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **names: Any) -> "User":
        """An account; without a password its owner asks for one by e-mail."""
        user = self.model(email=email.strip().lower(), **names)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """Somebody who signs in. What she may do follows from her missions, never from the account."""

    email = models.EmailField(_("adresse e-mail"), unique=True)
    given_name = models.CharField(_("prénom"), max_length=80)
    family_name = models.CharField(_("nom"), max_length=80)
    is_active = models.BooleanField(_("compte ouvert"), default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    # An administrator of one territory keeps the accounts that she opened, before any mission says whose they are.
    opened_by = models.ForeignKey("self", on_delete=models.RESTRICT, null=True, editable=False, related_name="+")

    objects = UserManager()
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    class Meta:
        ordering = ["family_name", "given_name"]
        constraints = [
            # Signing in reads an account before anybody is known, and a forgotten password changes one.
            RowPolicy(
                name="user",
                read="true",
                insert=f"{holds_role(Role.ADMINISTRATOR)} OR (opened_by_id = {ACTOR} AND administers_somewhere())",
                update=(
                    f"id = {ACTOR} OR {ACTOR} IS NULL OR {holds_role(Role.ADMINISTRATOR)} OR administers_account(id)"
                ),
            )
        ]

    def __str__(self) -> str:
        return self.get_full_name()

    def get_full_name(self) -> str:
        return f"{self.given_name} {self.family_name}"


class Scope(models.Model):
    """A set of readers: those who hold a role at a site, one mission, one account that hosts people, or those who
    cover a domain on a territory (``role`` is then the domain's code).

    Filled by database triggers.
    """

    class Kind(models.TextChoices):
        SITE = "site"
        MISSION = "mission"
        HOST = "host"
        DOMAIN = "domain"

    kind = TermField(max_length=10, choices=Kind.choices)
    holder_id = models.BigIntegerField(help_text="the site's or the mission's id")
    role = TermField(max_length=24, choices=Role.choices())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "holder_id", "role"], name="scope_once"),
            RowPolicy(name="scope", read=SIGNED_IN),
        ]


class SiteRight(models.Model):
    """A cell of ``access.rights`` as the database's triggers read it."""

    kind = TermField(max_length=10, choices=Scope.Kind.choices)
    role = TermField(max_length=24, choices=Role.choices())
    compartment = TermField(max_length=10, choices=Compartment.choices())
    may_write = models.BooleanField()

    class Meta:
        db_table = "access_right"
        constraints = [
            models.UniqueConstraint(fields=["kind", "role", "compartment"], name="right_once"),
            RowPolicy(name="site_right", read=SIGNED_IN),
        ]


class Readable(models.Model):
    """Which scope reads which compartment of which person, from when to when.

    Derived from support and assignments by triggers; ``rebuild_readable()`` makes it anew at any time. No
    foreign key to the person: access stands below people.
    """

    scope = models.ForeignKey(Scope, on_delete=models.CASCADE, db_index=False)
    person_id = models.BigIntegerField()
    compartment = TermField(max_length=10, choices=Compartment.choices())
    may_write = models.BooleanField()
    valid = DateRangeField()
    origin = models.CharField(max_length=12)
    origin_id = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person_id", "compartment", "scope", "origin", "origin_id", "valid"], name="readable_once"
            ),
            RowPolicy(name="readable", read=f"scope_id = ANY ({SCOPES}) AND valid @> {TODAY}"),
        ]
        indexes = [
            # Every policy asks it, and never has to open the table: whom a scope reads, and until when.
            models.Index(
                fields=["scope", "compartment", "person_id"],
                include=["valid", "may_write", "origin"],
                name="readable_by_scope",
            ),
            models.Index(fields=["origin", "origin_id"], name="readable_by_origin"),
        ]


class AccessSeal(models.Model):
    """A batch of access records, chained to the batch before: an altered or missing record breaks the chain."""

    sealed_at = models.DateTimeField(db_default=Now())
    records = models.PositiveIntegerField()
    digest = models.BinaryField()

    class Meta:
        constraints = [RowPolicy(name="access_seal", read=holds_role(Role.DATA_PROTECTION_OFFICER))]


class AccessRecord(models.Model):
    """Who looked at whom: ids and compartments, never values. Written by ``record_access()`` only."""

    at = models.DateTimeField(db_default=Now())
    actor_id = models.BigIntegerField()
    acting_as = ArrayField(models.CharField(max_length=24))
    page = models.CharField(max_length=60)
    person_id = models.BigIntegerField()
    compartments = ArrayField(models.CharField(max_length=10))
    seal = models.ForeignKey(AccessSeal, on_delete=models.RESTRICT, null=True, related_name="+")

    class Meta:
        constraints = [RowPolicy(name="access_record", read=holds_role(Role.DATA_PROTECTION_OFFICER))]
        indexes = [models.Index(fields=["person_id", "at"], name="access_record_by_person")]

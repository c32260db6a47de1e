"""The dated fact: what is true from–to, and what was known when.

Every table that a report reads derives from :class:`DatedFact`. A correction inserts a new row and closes the
other's ``superseded_at``; nothing is erased, so "as known on 31 March" is a plain query.
See docs/decisions/0001-dated-facts.md.
"""

import uuid
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, Self, TypeVar, cast

from django.conf import settings
from django.contrib.postgres.fields import DateRangeField
from django.contrib.postgres.functions import TransactionNow
from django.db import connection, models, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from convergence.platform.changes import changed
from convergence.platform.errors import ChangedMeanwhile, Refused

Row = TypeVar("Row", bound="Version")
Fact = TypeVar("Fact", bound="DatedFact")


class VersionQuerySet(models.QuerySet[Row]):
    """Versions, asked for by what was known when."""

    def bulk_create(self, objs: Iterable[Row], *args: Any, **options: Any) -> list[Row]:
        made = super().bulk_create(objs, *args, **options)
        for row in made:
            say_changed(row)
        return made

    def current(self) -> Self:
        """What is known now."""
        return self.filter(superseded_at=None)

    def known_on(self, moment: datetime) -> Self:
        """What was known at a moment, whatever was learnt since."""
        return self.filter(recorded_at__lte=moment).exclude(superseded_at__lte=moment)


class DatedFactQuerySet(VersionQuerySet[Fact]):
    """Dated facts, asked for by what was true when."""

    def valid_on(self, day: date) -> Self:
        return self.filter(valid__contains=day)


class Version(models.Model):
    """One version of something recorded: rows of the same ``series`` tell its history.

    ``recorded_at`` and ``recorded_by`` are set by the database for the deployed roles (platform_stamp_version);
    ``superseded_at`` is the only column that the web role may change.
    """

    series = models.UUIDField(default=uuid.uuid4, editable=False, db_index=True)
    recorded_at = models.DateTimeField(gettext_lazy("noté le"), db_default=TransactionNow(), editable=False)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        # An account that has written is closed, never deleted: facts keep their author.
        on_delete=models.RESTRICT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=gettext_lazy("noté par"),
    )
    superseded_at = models.DateTimeField(null=True, editable=False)
    source = models.CharField(max_length=40, default="screen", editable=False)

    objects = VersionQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **options: Any) -> None:
        super().save(*args, **options)
        say_changed(self)


class DatedFact(Version):
    """A version of a fact that is true over ``valid``: dates, end excluded, open where unknown or running."""

    valid = DateRangeField(gettext_lazy("période"))

    objects = DatedFactQuerySet.as_manager()  # type: ignore[misc]  # the base's manager, with more words

    class Meta(Version.Meta):
        abstract = True

    @property
    def starts(self) -> date | None:
        """First day, or None when the beginning is not known."""
        return cast("date | None", self.valid.lower)

    @property
    def ends(self) -> date | None:
        """First day on which it is no longer true, or None while it runs."""
        return cast("date | None", self.valid.upper)


def say_changed(row: Version) -> None:
    """What follows from the person's facts is to be made anew, where the row is about a person."""
    person_id = getattr(row, "person_id", None)
    if person_id is not None:
        changed(person_id)


def withdraw(row: Version) -> None:
    """Close a version without replacing it, because it was typed by mistake.

    :raises ChangedMeanwhile: another person closed it first, or recorded it after this transaction began.
    :raises Refused: the actor reads it but may not change it.
    """
    manager = type(row)._default_manager
    standing = manager.filter(pk=row.pk, superseded_at=None, recorded_at__lte=TransactionNow())
    if not standing.update(superseded_at=TransactionNow()):
        fresh = manager.filter(series=row.series, superseded_at=None).first()
        if fresh is not None and standing.exists():
            raise Refused(_("Vous ne pouvez pas modifier cette information."))
        raise ChangedMeanwhile(_("Cette information a changé pendant que vous la modifiiez."), fresh)
    say_changed(row)


def hold(*person_ids: int) -> None:
    """Whoever else changes these people's facts waits until this transaction ends; call it before reading them."""
    with connection.cursor() as cursor:
        # In the same order for everybody: two transactions never wait for each other.
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended('person:' || p.id, 0))"
            " FROM (SELECT unnest(%s::bigint[]) AS id ORDER BY 1) p",
            [list(person_ids)],
        )


STAMPED = {"id", "recorded_at", "recorded_by", "superseded_at"}


def _copy(row: Row, **changes: Any) -> Row:
    """An unsaved row like this one but for ``changes`` (field names) and what the database stamps."""
    kept = {
        field.attname: getattr(row, field.attname)
        for field in type(row)._meta.concrete_fields
        if not field.generated and field.name not in STAMPED and not {field.name, field.attname} & changes.keys()
    }
    return type(row)(**kept, **changes)


@transaction.atomic
def revise(row: Row, **changes: Any) -> Row:
    """Replace a version by one that differs by ``changes``; the earlier one stays readable.

    :raises ChangedMeanwhile: another person replaced or withdrew it first.
    """
    withdraw(row)
    renewed = _copy(row, **changes)
    renewed.save(force_insert=True)
    return renewed


def again(row: Row) -> Row:
    """Make a closed version stand again, as the latest of its series."""
    renewed = _copy(row)
    renewed.save(force_insert=True)
    return renewed


@transaction.atomic
def place(new: Fact, among: "DatedFactQuerySet[Fact]") -> Fact:
    """Put a fact in its place on a line where one thing is true at a time.

    What ran before ends where the new fact begins; without an end of its own the new fact ends where the next
    one begins; one that began the very same day is corrected by it. After a fact with an end, what ran before
    it runs on.

    :param among: all the versions of that line (one person, one subject).
    """
    begins, ends = new.valid.lower, new.valid.upper
    for other in among.current().order_by("valid"):
        if other.ends is not None and begins is not None and other.ends <= begins:
            continue
        starts_before = begins is not None and (other.starts is None or other.starts < begins)
        if not starts_before and other.starts != begins:
            if ends is None or (other.starts is not None and other.starts < ends):
                ends = other.starts
            break
        if starts_before:
            revise(other, valid=DateRange(other.starts, begins))
        else:
            withdraw(other)
            new.series = other.series
        if ends is not None and (other.ends is None or other.ends > ends):
            _copy(other, series=uuid.uuid4(), valid=DateRange(ends, other.ends)).save(force_insert=True)
            break
    new.valid = DateRange(begins, ends)
    new.save(force_insert=True)
    return new

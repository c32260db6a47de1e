"""Structures and services of the public directory, the files that brought them, and what those files held of wrong."""

import uuid
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.utils.translation import gettext_lazy as _

from convergence.platform.fields import TermField
from convergence.platform.policies import ACTOR, SIGNED_IN, RowPolicy, holds_role
from convergence.vocabulary.roles import Role

KEEPS_DIRECTORY = holds_role(Role.PARTNERSHIP_OFFICER, Role.COORDINATOR)
"""The directory is one for the whole instance: whoever keeps the network of a territory keeps it."""
_OWN_IMPORT = (
    "EXISTS (SELECT 1 FROM network_directoryimport whole"  # noqa: S608 - names of our own
    f" WHERE whole.id = import_id AND whole.asked_by_id = {ACTOR})"
)


class Kind(models.TextChoices):
    """The two kinds of rows that data·inclusion publishes."""

    STRUCTURE = "structure", _("structure")
    SERVICE = "service", _("service")


class DirectoryRecord(models.Model):
    """One row of the directory.

    :ivar external_id: data·inclusion's ``source--identifier``.
    :ivar theirs: the row as its source last published it, under data·inclusion's field names, without empty fields.
    :ivar corrected: field → {"ours": our value or null, "seen": theirs when it was settled}; no import changes it.
    :ivar updated_on: ``date_maj`` of ``theirs``.
    :ivar closed_on: since when its source no longer publishes it.
    :ivar seen_import, seen_file, seen_row: where it was last met, in a file that was not necessarily applied.
    """

    external_id = models.TextField(unique=True)
    source = models.TextField()
    theirs = models.JSONField()
    corrected = models.JSONField(default=dict, db_default={})
    updated_on = models.DateField()
    closed_on = models.DateField(null=True)
    seen_import = models.UUIDField()
    seen_file = models.PositiveSmallIntegerField()
    seen_row = models.PositiveIntegerField()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return str(self.value("nom"))

    def value(self, field: str) -> Any:
        """What stands of a field: our correction, else what its source says; None when there is nothing."""
        if field in self.corrected:
            return self.corrected[field]["ours"]
        return self.theirs.get(field)

    @property
    def record(self) -> dict[str, Any]:
        """Every field that says something, our corrections included."""
        ours = {field: kept["ours"] for field, kept in self.corrected.items()}
        return {field: value for field, value in (self.theirs | ours).items() if value is not None}

    @property
    def name(self) -> str:
        return str(self)


def _rows(name: str) -> RowPolicy:
    """Public rows: every account reads them, imports write them (definer functions), the network's keepers correct."""
    return RowPolicy(
        name=name,
        read=SIGNED_IN,
        update=KEEPS_DIRECTORY,
        update_columns=["corrected"],
    )


def _indexes(name: str) -> list[models.Index]:
    return [
        models.Index(fields=["source"], name=f"{name}_of_source"),
        models.Index(fields=["external_id"], condition=~models.Q(corrected={}), name=f"{name}_corrected"),
    ]


class Structure(DirectoryRecord):
    """A body that carries services, as a public directory describes it."""

    class Meta:
        indexes = _indexes("structure")
        constraints = [_rows("directory_structure")]


class Service(DirectoryRecord):
    """A service of a structure."""

    structure = models.ForeignKey(Structure, on_delete=models.RESTRICT, related_name="services")

    class Meta:
        indexes = _indexes("service")
        constraints = [_rows("directory_service")]


class DirectoryImport(models.Model):
    """One import of the directory: its files until it ends, then what it did.

    :ivar files: for each, its name, and whether it is a spreadsheet's sheet turned into rows.
    :ivar complete: the user says that these files hold everything their sources publish.
    :ivar counts: what became of the rows, by kind and verdict; numbers only.
    :ivar closing: what a complete import would close and waits to be told: source → [kind, number].
    :ivar job_id: the job that does it, read by whoever asked for it alone and forgotten in time.
    :ivar wrapped_key: opens the pieces; gone with them when the import ends.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.RESTRICT, related_name="+")
    asked_at = models.DateTimeField(auto_now_add=True)
    files = models.JSONField(default=list)
    complete = models.BooleanField(_("Ce fichier est complet"), default=False)
    job_id = models.UUIDField(null=True)
    ended_at = models.DateTimeField(null=True)
    counts = models.JSONField(default=dict)
    closing = models.JSONField(default=list)
    wrapped_key = models.BinaryField(null=True)

    class Meta:
        ordering = ["-asked_at"]
        constraints = [
            RowPolicy(
                name="directory_import",
                read=KEEPS_DIRECTORY,
                insert=f"{KEEPS_DIRECTORY} AND asked_by_id = {ACTOR}",
                update=f"{KEEPS_DIRECTORY}",
                delete=f"asked_by_id = {ACTOR} AND ended_at IS NULL",
                update_columns=["files", "job_id", "ended_at", "counts", "closing", "wrapped_key"],
            )
        ]


class DirectoryPiece(models.Model):
    """A stretch of a file on its way in, packed and sealed for its very place."""

    directory_import = models.ForeignKey(
        DirectoryImport, on_delete=models.CASCADE, related_name="pieces", db_column="import_id", db_index=False
    )
    file = models.PositiveSmallIntegerField()
    place = models.PositiveIntegerField()
    sealed = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["directory_import", "file", "place"], name="directory_piece_once"),
            RowPolicy(name="directory_piece", read=_OWN_IMPORT, insert=_OWN_IMPORT, delete=_OWN_IMPORT),
        ]


class RefusedRow(models.Model):
    """Something wrong in a row of a file.

    :ivar row: its number in the file (in the list of items of a JSON file), from 1.
    :ivar field: data·inclusion's field name; empty when the row as a whole is meant.
    :ivar value: what the field held, shortened.
    :ivar reason: the sentence, without the value: rows are counted by it.
    :ivar kept: the row was kept, and only this field was left aside.
    """

    directory_import = models.ForeignKey(
        DirectoryImport, on_delete=models.CASCADE, related_name="refused", db_column="import_id", db_index=False
    )
    file = models.PositiveSmallIntegerField()
    row = models.PositiveIntegerField()
    kind = TermField(max_length=9, choices=Kind.choices)
    external_id = models.TextField(blank=True)
    field = models.TextField(blank=True)
    value = models.TextField(blank=True)
    reason = models.TextField()
    kept = models.BooleanField()

    class Meta:
        indexes = [models.Index(fields=["directory_import", "file", "row"], name="refused_row_of_import")]
        constraints = [
            RowPolicy(
                name="directory_refused",
                read="EXISTS (SELECT 1 FROM network_directoryimport i WHERE i.id = import_id)",
                insert=_OWN_IMPORT,
                delete=_OWN_IMPORT,
            )
        ]


class Entry(models.Model):
    """What the search looks at: one row for each open structure and service, kept by the database's triggers.

    :ivar words: the words of its name (A), structure (B), themes and town (C), as written and stemmed; stems of its
        description (D).
    :ivar tags: what filters choose from: ``theme:…``, ``category:…``, ``public:…``, ``type:…``, ``fee:…``, ``mode:…``.
    """

    structure = models.ForeignKey(Structure, on_delete=models.CASCADE, related_name="+", db_index=False)
    service = models.OneToOneField(Service, on_delete=models.CASCADE, null=True, related_name="+")
    words = SearchVectorField()
    tags = ArrayField(models.TextField())
    insee = models.TextField(blank=True)
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    updated_on = models.DateField()

    class Meta:
        indexes = [
            GinIndex(fields=["words", "tags"], name="entry_words"),
            models.Index(fields=["insee"], name="entry_insee"),
            models.Index(fields=["latitude", "longitude"], name="entry_position"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["structure"], condition=models.Q(service=None), name="entry_of_structure_once"
            ),
            RowPolicy(name="directory_entry", read=SIGNED_IN),
        ]


class Word(models.Model):
    """A word met in the names of the directory, to mend what is mistyped."""

    word = models.TextField(primary_key=True)

    class Meta:
        indexes = [GinIndex(fields=["word"], opclasses=["gin_trgm_ops"], name="directory_word_like")]
        constraints = [RowPolicy(name="directory_word", read=SIGNED_IN)]


class Town(models.Model):
    """A town of the directory, where its entries stand on average: what « autour de » starts from.

    :ivar plain_name: its name without accents nor capitals.
    """

    insee = models.TextField(primary_key=True)
    name = models.TextField()
    plain_name = models.TextField()
    postcode = models.TextField()
    latitude = models.FloatField()
    longitude = models.FloatField()
    entries = models.PositiveIntegerField()

    class Meta:
        indexes = [
            models.Index(fields=["plain_name"], opclasses=["text_pattern_ops"], name="town_by_name"),
            models.Index(fields=["postcode"], opclasses=["text_pattern_ops"], name="town_by_postcode"),
        ]
        constraints = [RowPolicy(name="directory_town", read=SIGNED_IN)]

"""Datasets and evaluations, with the sealed pieces of their files (docs/decisions/0024-evidence.md)."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from convergence.platform.fields import TermField
from convergence.platform.policies import ACTOR, RowPolicy, holds_role
from convergence.territories.models import Territory
from convergence.vocabulary.roles import Role

EVALUATES = holds_role(Role.EVALUATOR)
PUBLIC_READERS = (Role.FUNDER, Role.COORDINATOR, Role.SITE_MANAGER)
"""Whoever reads an evaluation once it is published; evaluators read all of them."""
COORDINATES = f"holds_on_territory(territory_id, '{Role.COORDINATOR}')"


def _own(column: str) -> str:
    return f"{EVALUATES} AND {column} = {ACTOR}"


def _with_their(table: str, column: str) -> str:
    """SQL condition: the row that a piece belongs to is read, under that table's own policy."""
    return f"EXISTS (SELECT 1 FROM {table} whole WHERE whole.id = {column})"  # noqa: S608 - our own names


class Dataset(models.Model):
    """A pseudonymised dataset, or people to compare with, that an evaluator or an operator brought to the instance.

    :ivar digest: SHA-256 of its manifest, which holds those of its files; of a comparison, of its files.
    :ivar people: 0 where it is not known before a run; ``rows``: of all its tables.
    """

    class Kind(models.TextChoices):
        SIMULATED = "simulated", _("simulé, sans aucune personne réelle")
        RECORDS = "records", _("dossiers réels, pseudonymisés")
        COMPARISON = "comparison", _("personnes de comparaison")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    name = models.CharField(_("nom"), max_length=120)
    kind = TermField(max_length=10, choices=Kind.choices)
    made_on = models.DateField()
    as_of = models.DateField()
    version = models.PositiveSmallIntegerField()
    people = models.PositiveIntegerField()
    rows = models.PositiveBigIntegerField()
    digest = models.CharField(max_length=64)
    brought_at = models.DateTimeField(auto_now_add=True)
    brought_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.RESTRICT, null=True, related_name="+")
    wrapped_key = models.BinaryField()

    class Meta:
        ordering = ["-brought_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["digest"],
                name="dataset_once",
                violation_error_message=_("Ce jeu de données est déjà gardé ici."),
            ),
            RowPolicy(name="evidence_dataset", read=EVALUATES, insert=_own("brought_by_id"), delete=EVALUATES),
        ]

    def __str__(self) -> str:
        return self.name


class DatasetPiece(models.Model):
    """A stretch of one file of a dataset, sealed for its very place."""

    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="pieces", db_index=False)
    file = models.CharField(max_length=200)
    place = models.PositiveIntegerField()
    sealed = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["dataset", "file", "place"], name="dataset_piece_once"),
            RowPolicy(name="evidence_dataset_piece", read=EVALUATES, insert=EVALUATES, delete=EVALUATES),
        ]


class Evaluation(models.Model):
    """One evaluation: what was asked, and once it is made, what stands of its results outside the sealed files.

    :ivar territory: whose it is, and whose coordinator reads it before it is published; none: several territories.
    :ivar dataset: what it was made of; none where its results were brought from elsewhere, or the dataset was removed.
    :ivar comparison: people brought to compare with; none where none was given, or it was removed: its name, in
        ``options``, stays.
    :ivar options: seed, the texts of the files given to the command (protocol, scenario), and ``comparison``.
    :ivar facts: what lists show without opening a file: people, kind of data, day known, headline.
    :ivar job_id: the job that makes it; the job itself is read by whoever asked for it alone, and forgotten in time.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    title = models.CharField(_("titre"), max_length=120)
    territory = models.ForeignKey(
        Territory, on_delete=models.RESTRICT, null=True, blank=True, related_name="+", verbose_name=_("territoire")
    )
    dataset = models.ForeignKey(
        Dataset,
        on_delete=models.SET_NULL,
        null=True,
        related_name="evaluations",
        verbose_name=_("jeu de données"),
    )
    comparison = models.ForeignKey(
        Dataset,
        on_delete=models.SET_NULL,
        null=True,
        related_name="compared",
        verbose_name=_("personnes de comparaison"),
    )
    options = models.JSONField(default=dict)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.RESTRICT, null=True, related_name="+")
    asked_at = models.DateTimeField(auto_now_add=True)
    job_id = models.UUIDField(null=True)
    made_at = models.DateTimeField(null=True)
    facts = models.JSONField(default=dict)
    wrapped_key = models.BinaryField()
    published_at = models.DateTimeField(null=True)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.RESTRICT, null=True, related_name="+")

    class Meta:
        ordering = ["-asked_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(published_at=None) | Q(made_at__isnull=False),
                name="evaluation_made_before_published",
                violation_error_message=_("Cette évaluation n’a pas encore de résultats : rien à publier."),
            ),
            RowPolicy(
                name="evidence_evaluation",
                read=(
                    f"{EVALUATES} OR (made_at IS NOT NULL AND {COORDINATES})"
                    f" OR (published_at IS NOT NULL AND {holds_role(*PUBLIC_READERS)})"
                ),
                insert=_own("asked_by_id"),
                update=f"{EVALUATES} OR (made_at IS NOT NULL AND {COORDINATES})",
                delete=f"{EVALUATES} AND published_at IS NULL",
                update_columns=[
                    "dataset_id",
                    "comparison_id",
                    "job_id",
                    "made_at",
                    "facts",
                    "published_at",
                    "published_by_id",
                ],
            ),
        ]

    def __str__(self) -> str:
        return self.title


class ResultPiece(models.Model):
    """A stretch of one file of an evaluation's results, sealed for its very place; read by who reads the evaluation."""

    evaluation = models.ForeignKey(Evaluation, on_delete=models.CASCADE, related_name="pieces", db_index=False)
    file = models.CharField(max_length=200)
    place = models.PositiveIntegerField()
    sealed = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["evaluation", "file", "place"], name="result_piece_once"),
            RowPolicy(
                name="evidence_result_piece",
                read=_with_their("evidence_evaluation", "evaluation_id"),
                insert=EVALUATES,
                delete=EVALUATES,
            ),
        ]

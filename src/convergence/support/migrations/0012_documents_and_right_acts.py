"""Documents with their sealed pieces, and what is done again and again to keep a right."""

import uuid

import django.contrib.postgres.functions
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import convergence.access.policies
import convergence.people.sealed
import convergence.support.documents.policies


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0009_hand_overs"),
        ("support", "0011_meetings"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Document",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("series", models.UUIDField(db_index=True, default=uuid.uuid4, editable=False)),
                (
                    "recorded_at",
                    models.DateTimeField(
                        db_default=django.contrib.postgres.functions.TransactionNow(),
                        editable=False,
                        verbose_name="noté le",
                    ),
                ),
                ("superseded_at", models.DateTimeField(editable=False, null=True)),
                ("source", models.CharField(default="screen", editable=False, max_length=40)),
                ("compartment", models.CharField(max_length=10)),
                ("kind", models.CharField(max_length=32)),
                (
                    "words",
                    convergence.people.sealed.SealedTextField(
                        blank=True, editable=True, null=True, verbose_name="précision"
                    ),
                ),
                ("expires_on", models.DateField(blank=True, null=True, verbose_name="valable jusqu’au")),
                ("scan", models.UUIDField(default=uuid.uuid4)),
                ("pages", models.JSONField(default=list)),
                (
                    "person",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="documents",
                        to="people.person",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="noté par",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "indexes": [models.Index(fields=["person", "-recorded_at"], name="document_latest")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("compartment", "health"),
                                (
                                    "kind__in",
                                    ["aah", "health_card", "mdph", "other_health", "rqth", "solidarity_cover"],
                                ),
                            ),
                            models.Q(("compartment", "justice"), ("kind__in", ["court"])),
                            models.Q(
                                ("compartment", "social"),
                                (
                                    "kind__in",
                                    [
                                        "bank_details",
                                        "benefits",
                                        "domiciliation",
                                        "identity_card",
                                        "insurance",
                                        "lease",
                                        "other",
                                        "passport",
                                        "permit_receipt",
                                        "protection",
                                        "residence_permit",
                                        "social_housing",
                                        "tax_notice",
                                    ],
                                ),
                            ),
                            models.Q(
                                ("compartment", "work"),
                                (
                                    "kind__in",
                                    [
                                        "certificate",
                                        "contract",
                                        "diploma",
                                        "driving_licence",
                                        "eligibility",
                                        "work_fitness",
                                    ],
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="document_in_its_compartment",
                        violation_error_message="Ce genre de document n’existe pas.",
                    ),
                    convergence.access.policies.PersonVersions(name="document", person="person_id", writable=True),
                ],
            },
        ),
        migrations.CreateModel(
            name="DocumentPiece",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("compartment", models.CharField(max_length=10)),
                ("scan", models.UUIDField()),
                ("page", models.PositiveSmallIntegerField()),
                ("place", models.PositiveSmallIntegerField()),
                ("sealed", models.BinaryField()),
                (
                    "person",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="+",
                        to="people.person",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("scan", "page", "place"), name="document_piece_once"),
                    convergence.support.documents.policies.PieceRows(name="document_piece"),
                ],
            },
        ),
        migrations.CreateModel(
            name="RightAct",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("series", models.UUIDField(db_index=True, default=uuid.uuid4, editable=False)),
                (
                    "recorded_at",
                    models.DateTimeField(
                        db_default=django.contrib.postgres.functions.TransactionNow(),
                        editable=False,
                        verbose_name="noté le",
                    ),
                ),
                ("superseded_at", models.DateTimeField(editable=False, null=True)),
                ("source", models.CharField(default="screen", editable=False, max_length=40)),
                ("compartment", models.CharField(max_length=10)),
                ("act", models.CharField(max_length=40)),
                ("occurrence", models.DateField()),
                ("done_on", models.DateField(verbose_name="fait le")),
                (
                    "person",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="right_acts",
                        to="people.person",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="noté par",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("act__in", ["aah_declaration"]), ("compartment", "health")),
                            models.Q(
                                (
                                    "act__in",
                                    [
                                        "ass_renewal",
                                        "domiciliation_visit",
                                        "housing_aid_check",
                                        "in_work_declaration",
                                        "rsa_declaration",
                                        "siao_update",
                                    ],
                                ),
                                ("compartment", "social"),
                            ),
                            _connector="OR",
                        ),
                        name="right_act_in_its_compartment",
                        violation_error_message="Cette démarche n’existe pas.",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("superseded_at", None)),
                        fields=("person", "act", "occurrence"),
                        name="right_act_once",
                        violation_error_message="C’est déjà noté.",
                    ),
                    convergence.access.policies.PersonVersions(name="right_act", person="person_id", writable=True),
                ],
            },
        ),
    ]

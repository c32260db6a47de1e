"""Case conferences: their agenda, and what is decided for each person."""

import uuid

import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.contrib.postgres.functions
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import convergence.access.policies
import convergence.people.sealed
import convergence.platform.policies


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0011_candidates"),
        ("support", "0014_extended_support"),
        ("territories", "0006_setting_up"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Conference",
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
                (
                    "also_sites",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), blank=True, default=list, size=None
                    ),
                ),
                ("held_on", models.DateField(verbose_name="jour")),
                (
                    "colleagues",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), blank=True, default=list, size=None
                    ),
                ),
                ("guests", models.CharField(blank=True, max_length=300, verbose_name="autres personnes présentes")),
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
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="+",
                        to="territories.site",
                        verbose_name="chantier",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "indexes": [
                    models.Index(
                        condition=models.Q(("superseded_at", None)), fields=["-held_on"], name="conference_by_day"
                    )
                ],
                "constraints": [
                    convergence.platform.policies.VersionRows(
                        insert="(holds_at_site(site_id, 'counsellor', 'support_worker') OR EXISTS (SELECT 1 FROM unnest(also_sites) AS also WHERE holds_at_site(also, 'counsellor', 'support_worker')))",
                        name="conference",
                        read="(holds_at_site(site_id, 'counsellor', 'support_worker') OR EXISTS (SELECT 1 FROM unnest(also_sites) AS also WHERE holds_at_site(also, 'counsellor', 'support_worker')))",
                        update="(holds_at_site(site_id, 'counsellor', 'support_worker') OR EXISTS (SELECT 1 FROM unnest(also_sites) AS also WHERE holds_at_site(also, 'counsellor', 'support_worker')))",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ConferenceDecision",
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
                ("valid", django.contrib.postgres.fields.ranges.DateRangeField(verbose_name="période")),
                ("compartment", models.CharField(default="social", max_length=10, verbose_name="qui peut la lire")),
                ("conference", models.UUIDField()),
                (
                    "words",
                    convergence.people.sealed.SealedTextField(
                        blank=True, editable=True, null=True, verbose_name="ce qui est décidé"
                    ),
                ),
                ("action", models.UUIDField(editable=False, null=True)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="conference_decisions",
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
                        condition=models.Q(("words__isnull", False)),
                        name="conference_decision_says_what",
                        violation_error_message="Écrivez ce qui est décidé.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("compartment__in", ["social", "health", "justice"])),
                        name="conference_decision_compartment",
                    ),
                    convergence.access.policies.PersonVersions(
                        name="conference_decision", person="person_id", writable=True
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Discussion",
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
                ("conference", models.UUIDField()),
                ("rank", models.PositiveSmallIntegerField()),
                ("agreed_on", models.DateField(verbose_name="accord donné le")),
                ("agreed_how", models.CharField(max_length=12, verbose_name="comment")),
                (
                    "question",
                    convergence.people.sealed.SealedTextField(
                        blank=True, editable=True, null=True, verbose_name="de quoi parler"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.RESTRICT, related_name="discussions", to="people.person"
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
                        condition=models.Q(("agreed_how__in", ["spoken", "telephone", "message", "written"])),
                        name="discussion_with_her_agreement",
                        violation_error_message="Dites comment la personne a donné son accord.",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("superseded_at", None)),
                        fields=("conference", "person"),
                        name="discussion_once",
                        violation_error_message="Cette personne est déjà à l’ordre du jour.",
                    ),
                    convergence.access.policies.PersonVersions(
                        compartment="social", name="discussion", person="person_id", writable=True
                    ),
                ],
            },
        ),
    ]

"""Datasets, evaluations and their publication: sealed files, with row-level policies."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import convergence.platform.policies


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("territories", "0006_setting_up"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Dataset",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=120, verbose_name="nom")),
                ("kind", models.CharField(max_length=10)),
                ("made_on", models.DateField()),
                ("as_of", models.DateField()),
                ("version", models.PositiveSmallIntegerField()),
                ("people", models.PositiveIntegerField()),
                ("rows", models.PositiveBigIntegerField()),
                ("digest", models.CharField(max_length=64)),
                ("brought_at", models.DateTimeField(auto_now_add=True)),
                ("wrapped_key", models.BinaryField()),
                (
                    "brought_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-brought_at"],
            },
        ),
        migrations.CreateModel(
            name="DatasetPiece",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("file", models.CharField(max_length=200)),
                ("place", models.PositiveIntegerField()),
                ("sealed", models.BinaryField()),
                (
                    "dataset",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="pieces",
                        to="evidence.dataset",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Evaluation",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ("title", models.CharField(max_length=120, verbose_name="titre")),
                ("options", models.JSONField(default=dict)),
                ("asked_at", models.DateTimeField(auto_now_add=True)),
                ("job_id", models.UUIDField(null=True)),
                ("made_at", models.DateTimeField(null=True)),
                ("facts", models.JSONField(default=dict)),
                ("wrapped_key", models.BinaryField()),
                ("published_at", models.DateTimeField(null=True)),
                (
                    "asked_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "dataset",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="evaluations",
                        to="evidence.dataset",
                        verbose_name="jeu de données",
                    ),
                ),
                (
                    "published_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "territory",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="+",
                        to="territories.territory",
                        verbose_name="territoire",
                    ),
                ),
            ],
            options={
                "ordering": ["-asked_at"],
            },
        ),
        migrations.CreateModel(
            name="ResultPiece",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("file", models.CharField(max_length=200)),
                ("place", models.PositiveIntegerField()),
                ("sealed", models.BinaryField()),
                (
                    "evaluation",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="pieces",
                        to="evidence.evaluation",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="dataset",
            constraint=models.UniqueConstraint(
                fields=("digest",), name="dataset_once", violation_error_message="Ce jeu de données est déjà gardé ici."
            ),
        ),
        migrations.AddConstraint(
            model_name="dataset",
            constraint=convergence.platform.policies.RowPolicy(
                delete="(SELECT nullif(current_setting('app.roles', true), '')::text[])::text[] && ARRAY['evaluator']::text[]",
                insert="(SELECT nullif(current_setting('app.roles', true), '')::text[])::text[] && ARRAY['evaluator']::text[] AND brought_by_id = (SELECT nullif(current_setting('app.actor', true), '')::bigint)",
                name="evidence_dataset",
                read="(SELECT nullif(current_setting('app.roles', true), '')::text[])::text[] && ARRAY['evaluator']::text[]",
            ),
        ),
        migrations.AddConstraint(
            model_name="datasetpiece",
            constraint=models.UniqueConstraint(fields=("dataset", "file", "place"), name="dataset_piece_once"),
        ),
        migrations.AddConstraint(
            model_name="datasetpiece",
            constraint=convergence.platform.policies.RowPolicy(
                delete="(SELECT nullif(current_setting('app.roles', true), '')::text[])::text[] && ARRAY['evaluator']::text[]",
                insert="(SELECT nullif(current_setting('app.roles', true), '')::text[])::text[] && ARRAY['evaluator']::text[]",
                name="evidence_dataset_piece",
                read="(SELECT nullif(current_setting('app.roles', true), '')::text[])::text[] && ARRAY['evaluator']::text[]",
            ),
        ),
        migrations.AddConstraint(
            model_name="evaluation",
            constraint=models.CheckConstraint(
                condition=models.Q(("published_at", None), ("made_at__isnull", False), _connector="OR"),
                name="evaluation_made_before_published",
                violation_error_message="Cette évaluation n’a pas encore de résultats\xa0: rien à publier.",
            ),
        ),
        migrations.AddConstraint(
            model_name="evaluation",
            constraint=convergence.platform.policies.RowPolicy(
                delete="(SELECT nullif(current_setting('app.roles', true), '')::text[])::text[] && ARRAY['evaluator']::text[] AND published_at IS NULL",
                insert="(SELECT nullif(current_setting('app.roles', true), '')::text[])::text[] && ARRAY['evaluator']::text[] AND asked_by_id = (SELECT nullif(current_setting('app.actor', true), '')::bigint)",
                name="evidence_evaluation",
                read="(SELECT nullif(current_setting('app.roles', true), '')::text[])::text[] && ARRAY['evaluator']::text[] OR (made_at IS NOT NULL AND holds_on_territory(territory_id, 'coordinator')) OR (published_at IS NOT NULL AND (SELECT nullif(current_setting('app.roles', true), '')::text[])::text[] && ARRAY['funder', 'coordinator', 'site_manager']::text[])",
                update="(SELECT nullif(current_setting('app.roles', true), '')::text[])::text[] && ARRAY['evaluator']::text[] OR (made_at IS NOT NULL AND holds_on_territory(territory_id, 'coordinator'))",
                update_columns=("dataset_id", "job_id", "made_at", "facts", "published_at", "published_by_id"),
            ),
        ),
        migrations.AddConstraint(
            model_name="resultpiece",
            constraint=models.UniqueConstraint(fields=("evaluation", "file", "place"), name="result_piece_once"),
        ),
        migrations.AddConstraint(
            model_name="resultpiece",
            constraint=convergence.platform.policies.RowPolicy(
                delete="(SELECT nullif(current_setting('app.roles', true), '')::text[])::text[] && ARRAY['evaluator']::text[]",
                insert="(SELECT nullif(current_setting('app.roles', true), '')::text[])::text[] && ARRAY['evaluator']::text[]",
                name="evidence_result_piece",
                read="EXISTS (SELECT 1 FROM evidence_evaluation whole WHERE whole.id = evaluation_id)",
            ),
        ),
    ]

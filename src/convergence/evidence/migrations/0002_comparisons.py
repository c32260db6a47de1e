"""An evaluation may be given people to compare with, kept as datasets are."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import convergence.platform.policies


class Migration(migrations.Migration):
    dependencies = [
        ("evidence", "0001_evaluations"),
        ("territories", "0006_setting_up"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="evaluation",
            name="evidence_evaluation",
        ),
        migrations.AddField(
            model_name="evaluation",
            name="comparison",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="compared",
                to="evidence.dataset",
                verbose_name="personnes de comparaison",
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
                update_columns=(
                    "dataset_id",
                    "comparison_id",
                    "job_id",
                    "made_at",
                    "facts",
                    "published_at",
                    "published_by_id",
                ),
            ),
        ),
    ]

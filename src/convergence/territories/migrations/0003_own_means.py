"""A post’s facts follow one another; staff means are kept by those who answer for the place; names are given once."""

import uuid

import django.contrib.postgres.constraints
import django.contrib.postgres.functions
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

import convergence.platform.policies

FUNCTION = """
-- Whether the actor holds one of these roles on the territory today.
CREATE FUNCTION holds_on_territory(wanted_territory bigint, VARIADIC wanted_roles text[]) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    RETURN EXISTS (
        SELECT 1 FROM territories_mission m
         WHERE m.user_id = nullif(current_setting('app.actor', true), '')::bigint
           AND m.territory_id = wanted_territory AND m.role = ANY (wanted_roles)
           AND m.valid @> nullif(current_setting('app.today', true), '')::date);
REVOKE ALL ON FUNCTION holds_on_territory(bigint, text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION holds_on_territory(bigint, text[]) TO convergence_web, convergence_worker;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("territories", "0002_scopes_and_identity"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL(FUNCTION),
        migrations.RemoveConstraint(
            model_name="mission",
            name="mission",
        ),
        migrations.RemoveConstraint(
            model_name="staffmeans",
            name="staff_means",
        ),
        migrations.AddField(
            model_name="staffmeans",
            name="post",
            field=models.UUIDField(db_default=django.contrib.postgres.functions.RandomUUID(), default=uuid.uuid4),
        ),
        migrations.AlterField(
            model_name="operator",
            name="name",
            field=models.CharField(max_length=160, verbose_name="nom"),
        ),
        migrations.AlterField(
            model_name="territory",
            name="name",
            field=models.CharField(max_length=120, verbose_name="nom"),
        ),
        migrations.AddConstraint(
            model_name="funder",
            constraint=models.CheckConstraint(
                condition=models.Q(("named_over__isempty", False)),
                name="funder_period_not_empty",
                violation_error_message="La fin doit venir après le début.",
            ),
        ),
        migrations.AddConstraint(
            model_name="mission",
            constraint=models.CheckConstraint(
                condition=models.Q(("valid__isempty", False)),
                name="mission_period_not_empty",
                violation_error_message="La fin doit venir après le début.",
            ),
        ),
        migrations.AddConstraint(
            model_name="mission",
            constraint=convergence.platform.policies.RowPolicy(
                insert="(SELECT nullif(current_setting('app.roles', true), '')::text[])::text[] && ARRAY['administrator']::text[] AND user_id <> (SELECT nullif(current_setting('app.actor', true), '')::bigint)",
                name="mission",
                read="(SELECT nullif(current_setting('app.actor', true), '')::bigint) IS NOT NULL",
                update="(SELECT nullif(current_setting('app.roles', true), '')::text[])::text[] && ARRAY['administrator']::text[] AND user_id <> (SELECT nullif(current_setting('app.actor', true), '')::bigint)",
                update_columns=("valid",),
            ),
        ),
        migrations.AddConstraint(
            model_name="operator",
            constraint=models.UniqueConstraint(
                django.db.models.functions.text.Lower("name"),
                name="operator_name_once",
                violation_error_message="Une structure porteuse porte déjà ce nom.",
            ),
        ),
        migrations.AddConstraint(
            model_name="site",
            constraint=models.CheckConstraint(
                condition=models.Q(("open_over__isempty", False)),
                name="site_open_period_not_empty",
                violation_error_message="La fin doit venir après le début.",
            ),
        ),
        migrations.AddConstraint(
            model_name="staffmeans",
            constraint=models.CheckConstraint(
                condition=models.Q(("yearly_cost__isnull", True), ("yearly_cost__gte", 0), _connector="OR"),
                name="staff_means_cost_not_negative",
                violation_error_message="Un coût ne peut pas être négatif.",
            ),
        ),
        migrations.AddConstraint(
            model_name="staffmeans",
            constraint=models.CheckConstraint(
                condition=models.Q(("valid__isempty", False)),
                name="staff_means_period_not_empty",
                violation_error_message="La fin doit venir après le début.",
            ),
        ),
        migrations.AddConstraint(
            model_name="staffmeans",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                condition=models.Q(("superseded_at", None)),
                expressions=[("post", "="), ("valid", "&&")],
                name="staff_means_post_one_at_a_time",
                violation_error_message="Ce poste a déjà d’autres valeurs à ces dates.",
            ),
        ),
        migrations.AddConstraint(
            model_name="staffmeans",
            constraint=convergence.platform.policies.VersionRows(
                insert="((SELECT nullif(current_setting('app.roles', true), '')::text[])::text[] && ARRAY['administrator']::text[] OR holds_at_site(site_id, 'site_manager') OR holds_on_territory(territory_id, 'coordinator'))",
                name="staff_means",
                read="((SELECT nullif(current_setting('app.roles', true), '')::text[])::text[] && ARRAY['administrator']::text[] OR holds_at_site(site_id, 'site_manager') OR holds_on_territory(territory_id, 'coordinator'))",
                update="((SELECT nullif(current_setting('app.roles', true), '')::text[])::text[] && ARRAY['administrator']::text[] OR holds_at_site(site_id, 'site_manager') OR holds_on_territory(territory_id, 'coordinator'))",
            ),
        ),
        migrations.AddConstraint(
            model_name="territory",
            constraint=models.UniqueConstraint(
                django.db.models.functions.text.Lower("name"),
                name="territory_name_once",
                violation_error_message="Un territoire porte déjà ce nom.",
            ),
        ),
    ]

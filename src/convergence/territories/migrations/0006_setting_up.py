"""Setting up a place by configuration: choices of vocabulary, administrators of one territory, sites told apart."""

import uuid

import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.functions
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import convergence.platform.policies
import convergence.vocabulary.roles

FUNCTIONS = """
-- The identity of one transaction. Whoever administers one territory only is not among the administrators of the
-- whole: her rights follow from the place of her mission.
CREATE OR REPLACE FUNCTION identify(actor bigint, on_day date) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    held_scopes bigint[];
    held_roles text[];
    known bigint;
BEGIN
    SELECT id INTO known FROM access_user WHERE id = actor AND is_active;
    SELECT coalesce(array_agg(DISTINCT s.id) FILTER (WHERE s.id IS NOT NULL), '{}'),
           coalesce(array_agg(DISTINCT m.role)
                    FILTER (WHERE NOT (m.role = 'administrator' AND m.territory_id IS NOT NULL)), '{}')
      INTO held_scopes, held_roles
      FROM territories_mission m
      LEFT JOIN access_scope s
             ON (s.kind = 'site' AND s.holder_id = m.site_id AND s.role = m.role)
             OR (s.kind = 'mission' AND s.holder_id = m.id AND s.role = m.role)
     WHERE m.user_id = known AND m.valid @> on_day;
    PERFORM set_config('app.actor', coalesce(known::text, ''), true),
            set_config('app.today', coalesce(on_day::text, ''), true),
            set_config('app.scopes', held_scopes::text, true),
            set_config('app.roles', held_roles::text, true);
END $$;

-- Territories that the actor administers today by a mission on each; none for whoever administers the whole.
CREATE FUNCTION administered_territories() RETURNS SETOF bigint
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    BEGIN ATOMIC
        SELECT m.territory_id FROM territories_mission m
         WHERE m.user_id = nullif(current_setting('app.actor', true), '')::bigint
           AND m.role = 'administrator' AND m.territory_id IS NOT NULL
           AND m.valid @> nullif(current_setting('app.today', true), '')::date;
    END;

CREATE FUNCTION administers_somewhere() RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    RETURN EXISTS (SELECT 1 FROM administered_territories());

-- Whether the site, or else the territory, is of a territory that the actor administers today.
CREATE FUNCTION administers_place(wanted_site bigint, wanted_territory bigint) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    RETURN coalesce((SELECT s.territory_id FROM territories_site s WHERE s.id = wanted_site), wanted_territory)
           IN (SELECT administered_territories());

-- Whether the actor may give a mission to this account: she opened it, or it has worked on her territory.
CREATE FUNCTION may_appoint(account bigint) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    RETURN EXISTS (SELECT 1 FROM access_user u WHERE u.id = account
                    AND u.opened_by_id = nullif(current_setting('app.actor', true), '')::bigint)
        OR EXISTS (SELECT 1 FROM territories_mission m
                    WHERE m.user_id = account AND administers_place(m.site_id, m.territory_id));

-- Whether the account is hers to change: an address that signs in elsewhere too is not.
CREATE FUNCTION administers_account(account bigint) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    RETURN administers_somewhere() AND may_appoint(account)
       AND NOT EXISTS (SELECT 1 FROM territories_mission m
                        WHERE m.user_id = account
                          AND (upper_inf(m.valid)
                               OR upper(m.valid) > nullif(current_setting('app.today', true), '')::date)
                          AND NOT coalesce(administers_place(m.site_id, m.territory_id), false));

-- Whether every site of the operator is on territories that the actor administers.
CREATE FUNCTION administers_operator(wanted bigint) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    RETURN administers_somewhere()
       AND NOT EXISTS (SELECT 1 FROM territories_site s
                        WHERE s.operator_id = wanted AND NOT administers_place(s.id, NULL));

-- Whether the history of this row of the settings is of a territory that the actor administers.
CREATE FUNCTION administers_setting(wanted_table text, wanted_row bigint) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    RETURN administers_somewhere() AND coalesce(CASE wanted_table
        WHEN 'territories_territory' THEN administers_place(NULL, wanted_row)
        WHEN 'territories_site' THEN administers_place(wanted_row, NULL)
        WHEN 'territories_operator' THEN administers_operator(wanted_row)
        WHEN 'access_user' THEN administers_account(wanted_row)
        WHEN 'territories_mission' THEN
            (SELECT administers_place(m.site_id, m.territory_id) FROM territories_mission m WHERE m.id = wanted_row)
        WHEN 'territories_choices' THEN
            (SELECT administers_place(c.site_id, c.territory_id) FROM territories_choices c WHERE c.id = wanted_row)
        END, false);

REVOKE ALL ON FUNCTION administered_territories(), administers_somewhere(), administers_place(bigint, bigint),
    may_appoint(bigint), administers_account(bigint), administers_operator(bigint), administers_setting(text, bigint)
    FROM PUBLIC;
GRANT EXECUTE ON FUNCTION administers_somewhere(), administers_place(bigint, bigint), may_appoint(bigint),
    administers_account(bigint), administers_operator(bigint), administers_setting(text, bigint)
    TO convergence_web, convergence_worker;
"""

LABELS = """
-- A site's label: its name, and its territory's where another site bears the same name.
CREATE FUNCTION territories_label_sites() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE territories_site s SET label = said.label
      FROM (SELECT s.id, CASE WHEN count(*) OVER (PARTITION BY plain(s.name)) > 1
                              THEN s.name || ' (' || t.name || ')' ELSE s.name END AS label
              FROM territories_site s JOIN territories_territory t ON t.id = s.territory_id) said
     WHERE said.id = s.id AND s.label IS DISTINCT FROM said.label;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION territories_label_sites() FROM PUBLIC;
CREATE TRIGGER label_after_insert AFTER INSERT ON territories_site
    FOR EACH STATEMENT EXECUTE FUNCTION territories_label_sites();
CREATE TRIGGER label_after_update AFTER UPDATE OF name, territory_id ON territories_site
    FOR EACH STATEMENT EXECUTE FUNCTION territories_label_sites();
CREATE TRIGGER label_after_update AFTER UPDATE OF name ON territories_territory
    FOR EACH STATEMENT EXECUTE FUNCTION territories_label_sites();
UPDATE territories_territory SET name = name;
"""

HISTORY = """
-- What follows from other rows (a site's label) is no change of the row.
CREATE OR REPLACE FUNCTION territories_keep_what_was() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    changed jsonb;
BEGIN
    SELECT jsonb_object_agg(o.key, o.value) INTO changed
      FROM jsonb_each(to_jsonb(OLD) - 'password' - 'last_login' - 'label') o
      JOIN jsonb_each(to_jsonb(NEW)) n ON n.key = o.key
     WHERE o.value IS DISTINCT FROM n.value;
    IF changed IS NOT NULL THEN
        INSERT INTO territories_settingchange (changed_at, actor_id, setting, row_id, before)
            VALUES (now(), nullif(current_setting('app.actor', true), '')::bigint, TG_TABLE_NAME, OLD.id, changed);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER history AFTER UPDATE ON territories_choices
    FOR EACH ROW EXECUTE FUNCTION territories_keep_what_was();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("territories", "0005_second_factor_removed"),
        ("access", "0005_opened_by"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Choices",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "aspects_aside",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), blank=True, null=True, size=None
                    ),
                ),
                (
                    "programmes_aside",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=8), blank=True, null=True, size=None
                    ),
                ),
                (
                    "contacts_aside",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20), blank=True, null=True, size=None
                    ),
                ),
                (
                    "bodies",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=160), blank=True, null=True, size=None
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="NothingToImport",
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
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.AlterModelOptions(
            name="site",
            options={"ordering": ["name", "territory"]},
        ),
        migrations.RemoveConstraint(
            model_name="mission",
            name="mission_at_its_place",
        ),
        migrations.RemoveConstraint(
            model_name="mission",
            name="mission",
        ),
        migrations.RemoveConstraint(
            model_name="operator",
            name="operator",
        ),
        migrations.RemoveConstraint(
            model_name="settingchange",
            name="setting_change",
        ),
        migrations.RemoveConstraint(
            model_name="site",
            name="site",
        ),
        migrations.RemoveConstraint(
            model_name="staffmeans",
            name="staff_means",
        ),
        migrations.RemoveConstraint(
            model_name="territory",
            name="territory",
        ),
        migrations.AddField(
            model_name="site",
            name="label",
            field=models.CharField(db_default="", default="", editable=False, max_length=250),
        ),
        migrations.AddField(
            model_name="choices",
            name="site",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.RESTRICT,
                related_name="choices",
                to="territories.site",
            ),
        ),
        migrations.AddField(
            model_name="choices",
            name="territory",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.RESTRICT,
                related_name="choices",
                to="territories.territory",
            ),
        ),
        migrations.AddField(
            model_name="nothingtoimport",
            name="recorded_by",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.RESTRICT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="noté par",
            ),
        ),
        migrations.AddField(
            model_name="nothingtoimport",
            name="site",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.RESTRICT, related_name="nothing_to_import", to="territories.site"
            ),
        ),
        migrations.RunSQL(FUNCTIONS),
        migrations.AddConstraint(
            model_name="mission",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        (
                            "role__in",
                            (
                                convergence.vocabulary.roles.Role["COUNSELLOR"],
                                convergence.vocabulary.roles.Role["SUPPORT_WORKER"],
                                convergence.vocabulary.roles.Role["WORK_SUPERVISOR"],
                                convergence.vocabulary.roles.Role["SITE_MANAGER"],
                            ),
                        ),
                        ("site__isnull", False),
                        ("territory__isnull", True),
                    ),
                    models.Q(
                        (
                            "role__in",
                            (
                                convergence.vocabulary.roles.Role["PARTNERSHIP_OFFICER"],
                                convergence.vocabulary.roles.Role["COORDINATOR"],
                                convergence.vocabulary.roles.Role["FUNDER"],
                            ),
                        ),
                        ("site__isnull", True),
                        ("territory__isnull", False),
                    ),
                    models.Q(
                        ("role", convergence.vocabulary.roles.Role["ADMINISTRATOR"]),
                        ("site__isnull", True),
                        ("territory__isnull", False),
                    ),
                    models.Q(
                        models.Q(
                            (
                                "role__in",
                                [
                                    convergence.vocabulary.roles.Role["COUNSELLOR"],
                                    convergence.vocabulary.roles.Role["SUPPORT_WORKER"],
                                    convergence.vocabulary.roles.Role["WORK_SUPERVISOR"],
                                    convergence.vocabulary.roles.Role["SITE_MANAGER"],
                                    convergence.vocabulary.roles.Role["PARTNERSHIP_OFFICER"],
                                    convergence.vocabulary.roles.Role["COORDINATOR"],
                                    convergence.vocabulary.roles.Role["FUNDER"],
                                ],
                            ),
                            _negated=True,
                        ),
                        ("site__isnull", True),
                        ("territory__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="mission_at_its_place",
                violation_error_message="Cette fonction s’exerce sur un chantier ou sur un territoire : choisissez le lieu qui convient.",
            ),
        ),
        migrations.AddConstraint(
            model_name="mission",
            constraint=convergence.platform.policies.RowPolicy(
                insert="((SELECT nullif(current_setting('app.roles', true), '')::text[])::text[] && ARRAY['administrator']::text[] OR (administers_place(site_id, territory_id) AND may_appoint(user_id))) AND user_id <> (SELECT nullif(current_setting('app.actor', true), '')::bigint)",
                name="mission",
                read="(SELECT nullif(current_setting('app.actor', true), '')::bigint) IS NOT NULL",
                update="((SELECT nullif(current_setting('app.roles', true), '')::text[])::text[] && ARRAY['administrator']::text[] OR administers_place(site_id, territory_id)) AND user_id <> (SELECT nullif(current_setting('app.actor', true), '')::bigint)",
                update_columns=("valid",),
            ),
        ),
        migrations.AddConstraint(
            model_name="operator",
            constraint=convergence.platform.policies.RowPolicy(
                insert="((SELECT nullif(current_setting('app.roles', true), '')::text[])::text[] && ARRAY['administrator']::text[] OR administers_somewhere())",
                name="operator",
                read="(SELECT nullif(current_setting('app.actor', true), '')::bigint) IS NOT NULL",
                update="((SELECT nullif(current_setting('app.roles', true), '')::text[])::text[] && ARRAY['administrator']::text[] OR administers_operator(id))",
            ),
        ),
        migrations.AddConstraint(
            model_name="settingchange",
            constraint=convergence.platform.policies.RowPolicy(
                name="setting_change",
                read="((SELECT nullif(current_setting('app.roles', true), '')::text[])::text[] && ARRAY['administrator']::text[] OR administers_setting(setting, row_id))",
            ),
        ),
        migrations.AddConstraint(
            model_name="site",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                condition=models.Q(models.Q(("siret", ""), _negated=True), ("antenna_of", None)),
                expressions=[("siret", "="), ("open_over", "&&")],
                name="site_siret_once_at_a_time",
                violation_error_message="Un autre chantier a déjà ce SIRET.",
            ),
        ),
        migrations.AddConstraint(
            model_name="site",
            constraint=convergence.platform.policies.RowPolicy(
                insert="((SELECT nullif(current_setting('app.roles', true), '')::text[])::text[] && ARRAY['administrator']::text[] OR administers_place(NULL, territory_id))",
                name="site",
                read="(SELECT nullif(current_setting('app.actor', true), '')::bigint) IS NOT NULL",
                update="((SELECT nullif(current_setting('app.roles', true), '')::text[])::text[] && ARRAY['administrator']::text[] OR administers_place(NULL, territory_id))",
            ),
        ),
        migrations.AddConstraint(
            model_name="staffmeans",
            constraint=convergence.platform.policies.VersionRows(
                insert="((SELECT nullif(current_setting('app.roles', true), '')::text[])::text[] && ARRAY['administrator']::text[] OR administers_place(site_id, territory_id) OR holds_at_site(site_id, 'site_manager') OR holds_on_territory(territory_id, 'coordinator'))",
                name="staff_means",
                read="((SELECT nullif(current_setting('app.roles', true), '')::text[])::text[] && ARRAY['administrator']::text[] OR administers_place(site_id, territory_id) OR holds_at_site(site_id, 'site_manager') OR holds_on_territory(territory_id, 'coordinator'))",
                update="((SELECT nullif(current_setting('app.roles', true), '')::text[])::text[] && ARRAY['administrator']::text[] OR administers_place(site_id, territory_id) OR holds_at_site(site_id, 'site_manager') OR holds_on_territory(territory_id, 'coordinator'))",
            ),
        ),
        migrations.AddConstraint(
            model_name="territory",
            constraint=convergence.platform.policies.RowPolicy(
                insert="(SELECT nullif(current_setting('app.roles', true), '')::text[])::text[] && ARRAY['administrator']::text[]",
                name="territory",
                read="(SELECT nullif(current_setting('app.actor', true), '')::bigint) IS NOT NULL",
                update="((SELECT nullif(current_setting('app.roles', true), '')::text[])::text[] && ARRAY['administrator']::text[] OR administers_place(NULL, id))",
            ),
        ),
        migrations.AddConstraint(
            model_name="choices",
            constraint=models.CheckConstraint(
                condition=models.Q(("site__isnull", False), ("territory__isnull", False), _connector="XOR"),
                name="choices_of_one_place",
                violation_error_message="Des choix appartiennent à un chantier, ou à un territoire.",
            ),
        ),
        migrations.AddConstraint(
            model_name="choices",
            constraint=convergence.platform.policies.RowPolicy(
                insert="((SELECT nullif(current_setting('app.roles', true), '')::text[])::text[] && ARRAY['administrator']::text[] OR administers_place(site_id, territory_id) OR holds_at_site(site_id, 'site_manager') OR holds_on_territory(territory_id, 'coordinator'))",
                name="choices",
                read="(SELECT nullif(current_setting('app.actor', true), '')::bigint) IS NOT NULL",
                update="((SELECT nullif(current_setting('app.roles', true), '')::text[])::text[] && ARRAY['administrator']::text[] OR administers_place(site_id, territory_id) OR holds_at_site(site_id, 'site_manager') OR holds_on_territory(territory_id, 'coordinator'))",
            ),
        ),
        migrations.AddConstraint(
            model_name="nothingtoimport",
            constraint=models.UniqueConstraint(
                condition=models.Q(("superseded_at", None)),
                fields=("site",),
                name="nothing_to_import_once",
                violation_error_message="C’est déjà noté pour ce chantier.",
            ),
        ),
        migrations.AddConstraint(
            model_name="nothingtoimport",
            constraint=convergence.platform.policies.VersionRows(
                insert="holds_at_site(site_id, 'counsellor', 'support_worker', 'site_manager')",
                name="nothing_to_import",
                read="(SELECT nullif(current_setting('app.actor', true), '')::bigint) IS NOT NULL",
                update="holds_at_site(site_id, 'counsellor', 'support_worker', 'site_manager')",
            ),
        ),
        migrations.RunSQL(HISTORY),
        migrations.RunSQL(LABELS),
    ]

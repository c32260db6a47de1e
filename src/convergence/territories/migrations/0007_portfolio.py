"""Which domains a partnership officer covers, kept by whoever coordinates or administers her territory."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import convergence.platform.policies

FUNCTIONS = """
-- Whether the actor says what this officer covers: whoever coordinates or administers the territory, but nobody says
-- it of herself.
CREATE FUNCTION keeps_portfolio(wanted bigint) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    RETURN EXISTS (
        SELECT 1 FROM territories_mission m
         WHERE m.id = wanted AND m.role = 'partnership_officer'
           AND m.user_id <> nullif(current_setting('app.actor', true), '')::bigint
           AND ('administrator' = ANY (nullif(current_setting('app.roles', true), '')::text[])
                OR administers_place(NULL, m.territory_id) OR holds_on_territory(m.territory_id, 'coordinator')));
REVOKE ALL ON FUNCTION keeps_portfolio(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION keeps_portfolio(bigint) TO convergence_web, convergence_worker;

-- A territory has a scope for each domain: whoever covers it there reads by it those who agreed.
CREATE FUNCTION territories_scopes_of_territory() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO access_scope (kind, holder_id, role)
        SELECT DISTINCT 'domain', NEW.id, r.role FROM access_right r WHERE r.kind = 'domain'
        ON CONFLICT DO NOTHING;
    RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION territories_scopes_of_territory() FROM PUBLIC;
CREATE TRIGGER scopes AFTER INSERT ON territories_territory
    FOR EACH ROW EXECUTE FUNCTION territories_scopes_of_territory();

"""

HISTORY = """
-- Whether the history of this row of the settings is of a territory that the actor administers.
CREATE OR REPLACE FUNCTION administers_setting(wanted_table text, wanted_row bigint) RETURNS boolean
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
        WHEN 'territories_portfolio' THEN
            (SELECT administers_place(NULL, m.territory_id)
               FROM territories_portfolio p JOIN territories_mission m ON m.id = p.mission_id WHERE p.id = wanted_row)
        END, false);
CREATE TRIGGER history AFTER UPDATE ON territories_portfolio
    FOR EACH ROW EXECUTE FUNCTION territories_keep_what_was();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("territories", "0006_setting_up"),
    ]

    operations = [
        migrations.RunSQL(FUNCTIONS),
        migrations.CreateModel(
            name="Portfolio",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "domains",
                    django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=12), size=None),
                ),
                (
                    "mission",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.RESTRICT, related_name="portfolio", to="territories.mission"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "domains__contained_by",
                                ["employment", "housing", "health", "rights", "disability", "daily_life"],
                            ),
                            ("domains__len__gt", 0),
                        ),
                        name="portfolio_of_known_domains",
                        violation_error_message="Choisissez au moins un domaine dans la liste.",
                    ),
                    convergence.platform.policies.RowPolicy(
                        insert="keeps_portfolio(mission_id)",
                        name="portfolio",
                        read="(SELECT nullif(current_setting('app.actor', true), '')::bigint) IS NOT NULL",
                        update="keeps_portfolio(mission_id)",
                    ),
                ],
            },
        ),
        migrations.RunSQL(HISTORY),
    ]

"""The first day of a site with its counts, and what is done of setting it up, for those who take part in it."""

import uuid

import django.contrib.postgres.functions
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import convergence.platform.policies

FUNCTIONS = """
-- A count of situations that would tell of one to four people is withheld.
CREATE FUNCTION support_withheld(counted bigint) RETURNS bigint
    LANGUAGE sql IMMUTABLE
    RETURN CASE WHEN counted BETWEEN 1 AND 4 THEN NULL ELSE counted END;

-- Today becomes the site's first day: the counts of what is known now of the people that it supports. NULL where
-- the actor is not of its team, or where its first day is more than a month ago and moves no more.
CREATE FUNCTION support_record_start(wanted bigint) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    today date := nullif(current_setting('app.today', true), '')::date;
    made bigint;
BEGIN
    IF NOT holds_at_site(wanted, 'counsellor', 'support_worker', 'site_manager')
       OR EXISTS (SELECT 1 FROM support_sitestart b WHERE b.site_id = wanted AND b.superseded_at IS NULL
                     AND b.started_on < today - interval '1 month') THEN
        RETURN NULL;
    END IF;
    UPDATE support_sitestart SET superseded_at = now() WHERE site_id = wanted AND superseded_at IS NULL;
    INSERT INTO support_sitestart (series, site_id, started_on, source)
        VALUES (gen_random_uuid(), wanted, today, 'screen') RETURNING id INTO made;
    INSERT INTO support_sitestartcount (start_id, site_id, subject, known, unsaid)
        WITH present AS (
            SELECT DISTINCT p.person_id AS person FROM people_support p
             WHERE p.site_id = wanted AND p.superseded_at IS NULL AND p.valid @> today
        ), civil AS (
            SELECT count(*) FILTER (WHERE c.birth_year IS NOT NULL) AS birth,
                   count(*) FILTER (WHERE c.phone <> '') AS phone
              FROM present JOIN people_civilstatus c ON c.person_id = present.person AND c.superseded_at IS NULL
        ), employed AS (
            SELECT count(DISTINCT c.person_id) AS n FROM present
              JOIN pathways_contract c ON c.person_id = present.person AND c.site_id = wanted
             WHERE c.superseded_at IS NULL AND c.valid @> today
        )
        SELECT made, wanted, 'people', count(*), 0 FROM present
        UNION ALL SELECT made, wanted, 'under_contract', n, 0 FROM employed
        UNION ALL SELECT made, wanted, 'birth', birth, 0 FROM civil
        UNION ALL SELECT made, wanted, 'phone', phone, 0 FROM civil
        UNION ALL
        SELECT made, wanted, f.aspect, support_withheld(count(*) FILTER (WHERE f.value <> '')),
               support_withheld(count(*) FILTER (WHERE f.missing <> ''))
          FROM present JOIN situations_situation f ON f.person_id = present.person
         WHERE f.superseded_at IS NULL AND f.valid @> today AND f.compartment <> 'justice'
         GROUP BY f.aspect;
    RETURN made;
END $$;

-- What is done of setting up these sites, for whoever administers or coordinates them or is of their team.
CREATE FUNCTION support_site_setup(wanted bigint[]) RETURNS TABLE (
        site_id bigint, managers bigint, counsellors bigint, supervisors bigint, expected bigint, has_means boolean,
        has_chosen boolean, has_people boolean, imported_on date, imported_by text, nothing_since date,
        nothing_by text, started_on date, started_by text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH asked AS (
        SELECT nullif(current_setting('app.actor', true), '')::bigint AS actor,
               nullif(current_setting('app.today', true), '')::date AS today,
               coalesce(nullif(current_setting('app.roles', true), '')::text[] && ARRAY['administrator'], false)
                   AS everywhere
    ), held AS (
        SELECT m.site_id, m.territory_id FROM asked JOIN territories_mission m
            ON m.user_id = actor AND m.valid @> today
         WHERE m.role IN ('administrator', 'coordinator', 'counsellor', 'support_worker', 'site_manager')
    ), site AS (
        SELECT s.id, s.territory_id FROM asked, territories_site s
         WHERE s.id = ANY (wanted)
           AND (everywhere OR s.id IN (SELECT held.site_id FROM held)
                OR s.territory_id IN (SELECT held.territory_id FROM held))
    ), team AS (
        SELECT m.site_id,
               count(*) FILTER (WHERE m.role = 'site_manager') AS managers,
               count(*) FILTER (WHERE m.role = 'counsellor') AS counsellors,
               count(*) FILTER (WHERE m.role = 'work_supervisor') AS supervisors,
               count(DISTINCT u.id) FILTER (WHERE u.last_login IS NULL) AS expected
          FROM asked, site JOIN territories_mission m ON m.site_id = site.id JOIN access_user u ON u.id = m.user_id
         WHERE u.is_active AND (upper_inf(m.valid) OR upper(m.valid) > today)
         GROUP BY m.site_id
    ), brought AS (
        SELECT DISTINCT ON (p.site_id) p.site_id, n.recorded_at, n.recorded_by_id
          FROM site JOIN people_support p ON p.site_id = site.id
          JOIN people_personname n ON n.person_id = p.person_id
         WHERE p.superseded_at IS NULL AND n.source LIKE 'import%'
         ORDER BY p.site_id, n.recorded_at DESC
    )
    SELECT site.id, coalesce(team.managers, 0), coalesce(team.counsellors, 0), coalesce(team.supervisors, 0),
           coalesce(team.expected, 0),
           EXISTS (SELECT 1 FROM territories_staffmeans k
                    WHERE k.site_id = site.id AND k.superseded_at IS NULL AND k.valid @> today),
           EXISTS (SELECT 1 FROM territories_choices c
                    WHERE c.site_id = site.id OR c.territory_id = site.territory_id),
           EXISTS (SELECT 1 FROM people_support p WHERE p.site_id = site.id AND p.superseded_at IS NULL),
           (brought.recorded_at AT TIME ZONE 'Europe/Paris')::date,
           by_import.given_name || ' ' || by_import.family_name,
           (n.recorded_at AT TIME ZONE 'Europe/Paris')::date,
           by_nothing.given_name || ' ' || by_nothing.family_name,
           b.started_on, by_start.given_name || ' ' || by_start.family_name
      FROM asked CROSS JOIN site
      LEFT JOIN team ON team.site_id = site.id
      LEFT JOIN brought ON brought.site_id = site.id
      LEFT JOIN access_user by_import ON by_import.id = brought.recorded_by_id
      LEFT JOIN territories_nothingtoimport n ON n.site_id = site.id AND n.superseded_at IS NULL
      LEFT JOIN access_user by_nothing ON by_nothing.id = n.recorded_by_id
      LEFT JOIN support_sitestart b ON b.site_id = site.id AND b.superseded_at IS NULL
      LEFT JOIN access_user by_start ON by_start.id = b.recorded_by_id
$$;
REVOKE ALL ON FUNCTION support_record_start(bigint), support_site_setup(bigint[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION support_record_start(bigint), support_site_setup(bigint[])
    TO convergence_web, convergence_worker;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("support", "0003_need_in_its_compartment"),
        ("territories", "0006_setting_up"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="SiteStart",
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
                ("started_on", models.DateField()),
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
                        on_delete=django.db.models.deletion.RESTRICT, related_name="starts", to="territories.site"
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="SiteStartCount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("subject", models.CharField(max_length=40)),
                ("known", models.PositiveIntegerField(null=True)),
                ("unsaid", models.PositiveIntegerField(null=True)),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.RESTRICT, related_name="+", to="territories.site"
                    ),
                ),
                (
                    "start",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.RESTRICT, related_name="counts", to="support.sitestart"
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="sitestart",
            constraint=models.UniqueConstraint(
                condition=models.Q(("superseded_at", None)),
                fields=("site",),
                name="site_start_once",
                violation_error_message="Le démarrage de ce chantier vient d’être noté par quelqu’un d’autre.",
            ),
        ),
        migrations.AddConstraint(
            model_name="sitestart",
            constraint=convergence.platform.policies.VersionRows(
                name="site_start", read="(SELECT nullif(current_setting('app.actor', true), '')::bigint) IS NOT NULL"
            ),
        ),
        migrations.AddConstraint(
            model_name="sitestartcount",
            constraint=models.UniqueConstraint(fields=("start", "subject"), name="site_start_count_once"),
        ),
        migrations.AddConstraint(
            model_name="sitestartcount",
            constraint=convergence.platform.policies.RowPolicy(
                name="site_start_count", read="holds_at_site(site_id, 'counsellor', 'support_worker', 'site_manager')"
            ),
        ),
        migrations.RunSQL(FUNCTIONS),
    ]

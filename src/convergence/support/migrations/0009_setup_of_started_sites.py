"""What is done of setting up sites, told without reading the people of those that have started."""

from django.db import migrations

FUNCTION = """
-- What is done of setting up these sites, for whoever administers or coordinates them or is of their team.
CREATE OR REPLACE FUNCTION support_site_setup(wanted bigint[]) RETURNS TABLE (
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
           -- Once a site has started, nobody asks any more where its people came from.
           AND NOT EXISTS (SELECT 1 FROM support_sitestart b WHERE b.site_id = site.id AND b.superseded_at IS NULL)
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
"""


class Migration(migrations.Migration):
    dependencies = [("support", "0008_counts_made_once")]
    operations = [migrations.RunSQL(FUNCTION)]

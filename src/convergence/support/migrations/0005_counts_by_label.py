"""A coordinator of two territories tells apart their sites of one name."""

from django.db import migrations

FUNCTION = """
CREATE OR REPLACE FUNCTION support_territory_counts() RETURNS TABLE (
        site_id bigint, site_name text, supported bigint, under_contract bigint, ending_soon bigint,
        housing_unknown bigint)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH asked AS (
        SELECT nullif(current_setting('app.actor', true), '')::bigint AS actor,
               nullif(current_setting('app.today', true), '')::date AS today
    ), site AS (
        SELECT DISTINCT s.id, s.label AS name
          FROM asked
          JOIN territories_mission m ON m.user_id = actor AND m.role = 'coordinator' AND m.valid @> today
          JOIN territories_site s ON s.territory_id = m.territory_id AND s.open_over @> today
    ), present AS (
        SELECT DISTINCT site.id AS site, p.person_id AS person
          FROM asked, site JOIN people_support p ON p.site_id = site.id
         WHERE p.superseded_at IS NULL AND p.valid @> today
    ), flagged AS (
        SELECT present.site,
               EXISTS (SELECT 1 FROM pathways_contract c
                        WHERE c.person_id = present.person AND c.site_id = present.site
                          AND c.superseded_at IS NULL AND c.valid @> today) AS under_contract,
               EXISTS (SELECT 1 FROM pathways_contract c
                        WHERE c.person_id = present.person AND c.site_id = present.site
                          AND c.superseded_at IS NULL AND c.valid @> today
                          AND upper(c.valid) - 1 <= today + interval '3 months'
                          AND NOT EXISTS (SELECT 1 FROM pathways_contract n
                                           WHERE n.person_id = c.person_id AND n.superseded_at IS NULL
                                             AND lower(n.valid) > lower(c.valid)
                                             AND (upper_inf(n.valid) OR upper(n.valid) > upper(c.valid)))
                       ) AS ending_soon,
               NOT EXISTS (SELECT 1 FROM situations_situation f
                            WHERE f.person_id = present.person AND f.aspect = 'housing'
                              AND f.superseded_at IS NULL AND f.valid @> today AND f.value <> '') AS housing_unknown
          FROM asked, present
    ), counted AS (
        SELECT site, count(*) AS supported,
               count(*) FILTER (WHERE under_contract) AS under_contract,
               count(*) FILTER (WHERE ending_soon) AS ending_soon,
               count(*) FILTER (WHERE housing_unknown) AS housing_unknown
          FROM flagged GROUP BY site
    )
    SELECT site.id, site.name::text,
           support_shown(coalesce(c.supported, 0)),
           support_shown(coalesce(c.under_contract, 0), ARRAY[c.supported]),
           support_shown(coalesce(c.ending_soon, 0), ARRAY[c.supported, c.under_contract]),
           support_shown(coalesce(c.housing_unknown, 0), ARRAY[c.supported])
      FROM site LEFT JOIN counted c ON c.site = site.id
     ORDER BY site.name, site.id
$$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("support", "0004_site_starts"),
        ("territories", "0006_setting_up"),
    ]
    operations = [migrations.RunSQL(FUNCTION)]

"""How many people each mission of support follows, and about how many of them something asks for attention."""

from django.db import migrations

FUNCTION = """
-- For the missions of sites at which the actor supports people or manages. Alerts of justice are not counted.
CREATE FUNCTION support_care_balance(at_sites bigint[])
    RETURNS TABLE (mission_id bigint, people bigint, asking bigint)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH asked AS (
        SELECT nullif(current_setting('app.today', true), '')::date AS today
    ), followed AS MATERIALIZED (
        SELECT DISTINCT m.id AS mission, a.person_id AS person, today
          FROM asked
          JOIN territories_mission m ON m.site_id = ANY (at_sites) AND m.valid @> today
                                    AND m.role IN ('counsellor', 'support_worker')
          JOIN people_assignment a ON a.mission_id = m.id AND a.superseded_at IS NULL AND a.valid @> today
          JOIN people_support p ON p.person_id = a.person_id AND p.site_id = m.site_id
                               AND p.superseded_at IS NULL AND p.valid @> today
         WHERE holds_at_site(m.site_id, 'counsellor', 'support_worker', 'site_manager')
    )
    SELECT mission, count(*),
           count(*) FILTER (WHERE EXISTS (SELECT 1 FROM support_alert l
                                           WHERE l.person_id = person AND l.begins_on <= today
                                             AND l.compartment <> 'justice'))
      FROM followed GROUP BY mission
$$;
REVOKE ALL ON FUNCTION support_care_balance(bigint[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION support_care_balance(bigint[]) TO convergence_web, convergence_worker;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("support", "0012_documents_and_right_acts"),
        ("people", "0009_hand_overs"),
    ]
    operations = [migrations.RunSQL(FUNCTION)]

"""Who follows a person from a site that no longer supports her is nobody's referent: another must follow before one stops."""

from django.db import migrations

FUNCTION = """
-- The days, from today on, over which a person supported by a mission's site would be followed by nobody whose own site
-- supports her then.
CREATE OR REPLACE FUNCTION people_unfollowed(wanted bigint, by_mission bigint, over datemultirange)
    RETURNS datemultirange
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT over
           * datemultirange(daterange(coalesce(nullif(current_setting('app.today', true), '')::date, current_date), NULL))
           * (SELECT coalesce(range_agg(p.valid), '{}') FROM people_support p
               WHERE p.person_id = wanted AND p.site_id = m.site_id AND p.superseded_at IS NULL)
           - (SELECT coalesce(range_agg(a.valid * o.valid * p.valid), '{}')
                FROM people_assignment a
                JOIN territories_mission o ON o.id = a.mission_id
                JOIN people_support p ON p.person_id = a.person_id AND p.site_id = o.site_id AND p.superseded_at IS NULL
               WHERE a.person_id = wanted AND a.superseded_at IS NULL
                 AND o.role IN ('counsellor', 'support_worker'))
      FROM territories_mission m WHERE m.id = by_mission
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0014_candidates_of_a_site")]
    operations = [migrations.RunSQL(FUNCTION)]

"""Whether a PASS number stands in a file that the actor does not read: yes or no, never whose, where or since when."""

from django.db import migrations

FUNCTION = """
CREATE FUNCTION passes_noted_elsewhere(asked text[]) RETURNS SETOF text
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT DISTINCT p.number::text FROM pathways_officialpass p
     WHERE p.superseded_at IS NULL AND p.number = ANY (asked)
       -- Asked only by those who welcome people at a site: to them alone it is of use.
       AND nullif(current_setting('app.roles', true), '')::text[] && ARRAY['counsellor', 'support_worker', 'site_manager']
       AND NOT EXISTS (
        SELECT 1 FROM access_readable r
         WHERE r.person_id = p.person_id AND r.compartment = 'work'
           AND r.scope_id = ANY (nullif(current_setting('app.scopes', true), '')::bigint[])
           AND r.valid @> nullif(current_setting('app.today', true), '')::date)
$$;
REVOKE ALL ON FUNCTION passes_noted_elsewhere(text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION passes_noted_elsewhere(text[]) TO convergence_web, convergence_worker;
"""


class Migration(migrations.Migration):
    dependencies = [("pathways", "0002_official_sayings"), ("people", "0003_who_may_follow")]
    operations = [migrations.RunSQL(FUNCTION)]

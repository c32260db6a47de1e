"""A PASS noted in a hidden file is told with the person to whose file a link joins it, where the actor keeps that one."""

from django.db import migrations

FUNCTION = """
DROP FUNCTION passes_noted_elsewhere(text[]);

-- Of the numbers asked for, those that stand in a file that the actor does not read: never whose, where or since when.
-- ``linked_to``: the person whose file she keeps and to which that one is linked; null without a link.
CREATE FUNCTION passes_noted_elsewhere(asked text[]) RETURNS TABLE (number text, linked_to bigint)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT DISTINCT p.number::text,
           (SELECT min(l.id) FROM linked_people(p.person_id) AS l (id) WHERE pathways_keeps_work(l.id))
      FROM pathways_officialpass p
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
    dependencies = [("pathways", "0004_shared_by_links")]
    operations = [migrations.RunSQL(FUNCTION)]

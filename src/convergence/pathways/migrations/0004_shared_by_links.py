"""What a link between two files shares of work: days used under CDDI and the official PASS, without their places."""

from django.db import migrations

FUNCTIONS = """
-- Whether the actor keeps the working side of a person's file today.
CREATE FUNCTION pathways_keeps_work(wanted bigint) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    RETURN EXISTS (
        SELECT 1 FROM access_readable r
         WHERE r.person_id = wanted AND r.compartment = 'work' AND r.may_write
           AND r.scope_id = ANY (nullif(current_setting('app.scopes', true), '')::bigint[])
           AND r.valid @> nullif(current_setting('app.today', true), '')::date);

-- Days under CDDI up to today over all the files of one person, whoever employed her: dates, and nothing of where. No
-- row where no link joins her to another file.
CREATE FUNCTION linked_days(wanted bigint) RETURNS TABLE (first_day date, last_day date)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH linked AS (SELECT g.id FROM linked_people(wanted) AS g (id) WHERE pathways_keeps_work(wanted)),
    used AS (
        SELECT unnest(range_agg(
                   c.valid * daterange(NULL, nullif(current_setting('app.today', true), '')::date, '[]'))) AS days
          FROM pathways_contract c JOIN linked ON linked.id = c.person_id
         WHERE c.superseded_at IS NULL AND c.kind = 'cddi' AND (SELECT count(*) FROM linked) > 1
    )
    SELECT lower(days), upper(days) - 1 FROM used WHERE NOT isempty(days) ORDER BY lower(days)
$$;

-- The official PASS noted in her other files.
CREATE FUNCTION linked_passes(wanted bigint)
    RETURNS TABLE (number text, state text, first_day date, last_day date, said_on date)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT DISTINCT p.number::text, p.state::text, lower(p.valid), upper(p.valid) - 1, p.said_on
      FROM linked_people(wanted) AS linked (id) JOIN pathways_officialpass p ON p.person_id = linked.id
     WHERE linked.id <> wanted AND p.superseded_at IS NULL AND pathways_keeps_work(wanted)
     ORDER BY lower(p.valid), p.number::text
$$;

REVOKE ALL ON FUNCTION pathways_keeps_work(bigint), linked_days(bigint), linked_passes(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION linked_days(bigint), linked_passes(bigint) TO convergence_web, convergence_worker;
"""


class Migration(migrations.Migration):
    dependencies = [("pathways", "0003_passes_noted_elsewhere"), ("people", "0005_likeness_functions")]
    operations = [migrations.RunSQL(FUNCTIONS)]

"""Whether another file of a person holds a work-integration contract at some dates: yes or no, nothing of where."""

from django.db import migrations

FUNCTION = """
CREATE FUNCTION contract_runs_elsewhere(wanted bigint, period daterange) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    RETURN pathways_keeps_work(wanted) AND EXISTS (
        SELECT 1 FROM linked_people(wanted) AS linked (id) JOIN pathways_contract c ON c.person_id = linked.id
         WHERE linked.id <> wanted AND c.superseded_at IS NULL AND c.kind IN ('cddi', 'ei', 'etti', 'ai')
           AND c.valid && period);
REVOKE ALL ON FUNCTION contract_runs_elsewhere(bigint, daterange) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION contract_runs_elsewhere(bigint, daterange) TO convergence_web, convergence_worker;
"""


class Migration(migrations.Migration):
    dependencies = [("pathways", "0006_decisions")]
    operations = [migrations.RunSQL(FUNCTION)]

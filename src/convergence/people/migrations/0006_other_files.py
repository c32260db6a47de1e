"""Whether a link joins a file to others: asked with a person's page, so that most pages ask nothing more."""

from django.db import migrations

FUNCTION = """
CREATE FUNCTION has_other_files(wanted bigint) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT 1 FROM people_likeness l
                    WHERE l.state = 'linked' AND (l.low_id = wanted OR l.high_id = wanted))
       AND EXISTS (SELECT 1 FROM access_readable r
                    WHERE r.person_id = wanted AND r.compartment = 'contact' AND r.may_write
                      AND r.scope_id = ANY (nullif(current_setting('app.scopes', true), '')::bigint[])
                      AND r.valid @> nullif(current_setting('app.today', true), '')::date)
$$;
REVOKE ALL ON FUNCTION has_other_files(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION has_other_files(bigint) TO convergence_web, convergence_worker;
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0005_likeness_functions")]
    operations = [migrations.RunSQL(FUNCTION)]

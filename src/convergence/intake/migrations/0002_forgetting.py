"""The worker destroys the keys of old imports, whoever uploaded them: through this function only."""

from django.db import migrations

FUNCTION = """
CREATE FUNCTION intake_forget(before timestamptz) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    forgotten bigint;
BEGIN
    UPDATE intake_import
       SET wrapped_key = NULL, file = NULL, about = NULL, plan = NULL, returned = NULL, decisions = '{}'
     WHERE uploaded_at < before AND wrapped_key IS NOT NULL;
    GET DIAGNOSTICS forgotten = ROW_COUNT;
    RETURN forgotten;
END $$;
REVOKE ALL ON FUNCTION intake_forget(timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION intake_forget(timestamptz) TO convergence_worker;
"""


class Migration(migrations.Migration):
    dependencies = [("intake", "0001_initial")]
    operations = [migrations.RunSQL(FUNCTION)]

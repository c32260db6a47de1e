"""Files of imports that were never ended lose their key, whoever brought them; nothing else of them is touched."""

from django.db import migrations

FUNCTION = """
CREATE FUNCTION directory_forget(before timestamptz) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    forgotten bigint;
BEGIN
    UPDATE network_directoryimport SET wrapped_key = NULL WHERE asked_at < before AND wrapped_key IS NOT NULL;
    GET DIAGNOSTICS forgotten = ROW_COUNT;
    DELETE FROM network_directorypiece p USING network_directoryimport i
     WHERE i.id = p.import_id AND i.wrapped_key IS NULL;
    RETURN forgotten;
END $$;
REVOKE ALL ON FUNCTION directory_forget(timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION directory_forget(timestamptz) TO convergence_worker;
"""


class Migration(migrations.Migration):
    dependencies = [("network", "0003_partners")]
    operations = [migrations.RunSQL(FUNCTION)]

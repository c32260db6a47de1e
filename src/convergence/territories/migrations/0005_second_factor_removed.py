"""An account's history tells that its second factor was removed, and by whom: the row itself is gone."""

from django.db import migrations

TRIGGER = """
CREATE FUNCTION territories_keep_second_factor() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO territories_settingchange (changed_at, actor_id, setting, row_id, before)
        VALUES (now(), nullif(current_setting('app.actor', true), '')::bigint, 'access_user', OLD.user_id,
                '{"second_factor": true}');
    RETURN OLD;
END $$;
REVOKE ALL ON FUNCTION territories_keep_second_factor() FROM PUBLIC;
CREATE TRIGGER history AFTER DELETE ON mfa_authenticator
    FOR EACH ROW WHEN (OLD.type <> 'recovery_codes') EXECUTE FUNCTION territories_keep_second_factor();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("territories", "0004_history"),
        ("mfa", "0003_authenticator_type_uniq"),
    ]
    operations = [
        migrations.RunSQL(TRIGGER),
    ]

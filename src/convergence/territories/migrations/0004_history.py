"""Settings, missions and accounts keep what they said before each change: a trigger writes it, nobody rewrites it."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

import convergence.platform.policies

TRIGGERS = """
CREATE FUNCTION territories_keep_what_was() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    changed jsonb;
BEGIN
    SELECT jsonb_object_agg(o.key, o.value) INTO changed
      FROM jsonb_each(to_jsonb(OLD) - 'password' - 'last_login') o
      JOIN jsonb_each(to_jsonb(NEW)) n ON n.key = o.key
     WHERE o.value IS DISTINCT FROM n.value;
    IF changed IS NOT NULL THEN
        INSERT INTO territories_settingchange (changed_at, actor_id, setting, row_id, before)
            VALUES (now(), nullif(current_setting('app.actor', true), '')::bigint, TG_TABLE_NAME, OLD.id, changed);
    END IF;
    RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION territories_keep_what_was() FROM PUBLIC;
CREATE TRIGGER history AFTER UPDATE ON territories_territory
    FOR EACH ROW EXECUTE FUNCTION territories_keep_what_was();
CREATE TRIGGER history AFTER UPDATE ON territories_operator
    FOR EACH ROW EXECUTE FUNCTION territories_keep_what_was();
CREATE TRIGGER history AFTER UPDATE ON territories_site
    FOR EACH ROW EXECUTE FUNCTION territories_keep_what_was();
CREATE TRIGGER history AFTER UPDATE ON territories_funder
    FOR EACH ROW EXECUTE FUNCTION territories_keep_what_was();
CREATE TRIGGER history AFTER UPDATE ON territories_mission
    FOR EACH ROW EXECUTE FUNCTION territories_keep_what_was();
-- Signing in and choosing a password change no setting.
CREATE TRIGGER history AFTER UPDATE OF email, given_name, family_name, is_active ON access_user
    FOR EACH ROW EXECUTE FUNCTION territories_keep_what_was();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("territories", "0003_own_means"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="SettingChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("changed_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("setting", models.CharField(help_text="the table's name", max_length=40)),
                ("row_id", models.BigIntegerField()),
                ("before", models.JSONField()),
                (
                    "actor",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["setting", "row_id", "changed_at"], name="setting_change_of_row")],
                "constraints": [
                    convergence.platform.policies.RowPolicy(
                        name="setting_change",
                        read="(SELECT nullif(current_setting('app.roles', true), '')::text[])::text[] && ARRAY['administrator']::text[]",
                    )
                ],
            },
        ),
        migrations.RunSQL(TRIGGERS),
    ]

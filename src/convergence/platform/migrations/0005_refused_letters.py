"""A letter that cannot be delivered is given up, and what caused it is told."""

from django.db import migrations, models

FUNCTIONS = """
CREATE OR REPLACE FUNCTION platform_take_mail() RETURNS TABLE (id bigint, sealed bytea)
    LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp
BEGIN ATOMIC
    SELECT m.id, m.sealed FROM platform_outgoingmail m
     WHERE m.sent_at IS NULL AND m.refused_on IS NULL AND m.try_after <= clock_timestamp()
     ORDER BY m.id LIMIT 1 FOR UPDATE SKIP LOCKED;
END;

-- A letter was not sent: it waits for its next turn, or is emptied and given up where this is the attempt (NULL: never)
-- at which its address is. Rooms that wrote it hear of it by a trigger on ``refused_on``.
DROP FUNCTION platform_mail_failed(bigint);
CREATE FUNCTION platform_mail_failed(letter bigint, given_up_at integer, on_day date) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp
BEGIN ATOMIC
    UPDATE platform_outgoingmail
       SET attempts = attempts + 1, try_after = clock_timestamp() + interval '1 minute' * power(2, least(attempts, 10)),
           refused_on = CASE WHEN attempts + 1 >= given_up_at THEN on_day END,
           sealed = CASE WHEN attempts + 1 >= given_up_at THEN NULL ELSE sealed END
     WHERE id = letter;
END;

-- What has served: forms received, jobs ended and letters sent or given up more than a month ago.
CREATE OR REPLACE FUNCTION platform_purge() RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp
BEGIN ATOMIC
    DELETE FROM platform_submission WHERE received_at < now() - interval '30 days';
    DELETE FROM platform_job WHERE ended_at < now() - interval '30 days';
    DELETE FROM platform_outgoingmail WHERE sent_at < now() - interval '30 days' OR refused_on < now() - interval '30 days';
END;

REVOKE ALL ON FUNCTION platform_mail_failed(bigint, integer, date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION platform_mail_failed(bigint, integer, date) TO convergence_worker;
"""


class Migration(migrations.Migration):
    dependencies = [("platform", "0004_bulk_loading")]

    operations = [
        migrations.AddField("outgoingmail", "about", models.CharField(blank=True, default="", max_length=60)),
        migrations.AddField("outgoingmail", "refused_on", models.DateField(null=True)),
        migrations.RunSQL(FUNCTIONS),
    ]

"""What the worker may do to jobs and letters that are not its own: through these functions only."""

from django.db import migrations

FUNCTIONS = """
CREATE FUNCTION platform_start_job(wanted uuid) RETURNS TABLE (kind varchar, actor_id bigint)
    LANGUAGE sql SECURITY DEFINER SET search_path = public
BEGIN ATOMIC
    UPDATE platform_job j SET state = 'running', started_at = clock_timestamp(), done = 0
     WHERE j.id = wanted AND j.state IN ('waiting', 'running')
    RETURNING j.kind, j.actor_id;
END;

CREATE FUNCTION platform_job_progress(wanted uuid, now_done integer, now_total integer) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = public
BEGIN ATOMIC
    UPDATE platform_job SET done = now_done, total = now_total WHERE id = wanted;
END;

CREATE FUNCTION platform_take_mail() RETURNS TABLE (id bigint, sealed bytea)
    LANGUAGE sql SECURITY DEFINER SET search_path = public
BEGIN ATOMIC
    SELECT m.id, m.sealed FROM platform_outgoingmail m
     WHERE m.sent_at IS NULL ORDER BY m.id LIMIT 100 FOR UPDATE SKIP LOCKED;
END;

CREATE FUNCTION platform_mail_sent(letter bigint) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = public
BEGIN ATOMIC
    UPDATE platform_outgoingmail SET sent_at = clock_timestamp(), sealed = NULL WHERE id = letter;
END;

REVOKE ALL ON FUNCTION platform_start_job(uuid), platform_job_progress(uuid, integer, integer),
    platform_take_mail(), platform_mail_sent(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION platform_start_job(uuid), platform_job_progress(uuid, integer, integer),
    platform_take_mail(), platform_mail_sent(bigint) TO convergence_worker;
"""


class Migration(migrations.Migration):
    dependencies = [("platform", "0002_initial")]
    operations = [migrations.RunSQL(FUNCTIONS)]

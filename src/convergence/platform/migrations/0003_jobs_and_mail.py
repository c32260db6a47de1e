"""What the worker may do to jobs and letters that are not its own: through these functions only."""

from django.db import migrations

FUNCTIONS = """
CREATE FUNCTION platform_start_job(wanted uuid) RETURNS TABLE (kind varchar, actor_id bigint)
    LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp
BEGIN ATOMIC
    UPDATE platform_job j SET state = 'running', started_at = clock_timestamp(), done = 0
     WHERE j.id = wanted AND j.state IN ('waiting', 'running')
    RETURNING j.kind, j.actor_id;
END;

CREATE FUNCTION platform_job_progress(wanted uuid, now_done integer, now_total integer) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp
BEGIN ATOMIC
    UPDATE platform_job SET done = now_done, total = now_total WHERE id = wanted;
END;

CREATE FUNCTION platform_end_job(wanted uuid, new_state text, said text) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp
BEGIN ATOMIC
    UPDATE platform_job SET state = new_state, sentence = left(said, 400), ended_at = clock_timestamp()
     WHERE id = wanted;
END;

-- One letter at a time: one that the mail server refuses neither blocks nor repeats the others.
CREATE FUNCTION platform_take_mail() RETURNS TABLE (id bigint, sealed bytea)
    LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp
BEGIN ATOMIC
    SELECT m.id, m.sealed FROM platform_outgoingmail m
     WHERE m.sent_at IS NULL AND m.try_after <= clock_timestamp()
     ORDER BY m.id LIMIT 1 FOR UPDATE SKIP LOCKED;
END;

CREATE FUNCTION platform_mail_sent(letter bigint) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp
BEGIN ATOMIC
    UPDATE platform_outgoingmail SET sent_at = clock_timestamp(), sealed = NULL WHERE id = letter;
END;

CREATE FUNCTION platform_mail_failed(letter bigint) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp
BEGIN ATOMIC
    UPDATE platform_outgoingmail
       SET attempts = attempts + 1, try_after = clock_timestamp() + interval '1 minute' * power(2, least(attempts, 10))
     WHERE id = letter;
END;

-- What has served: forms received, jobs ended and letters sent more than a month ago.
CREATE FUNCTION platform_purge() RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp
BEGIN ATOMIC
    DELETE FROM platform_submission WHERE received_at < now() - interval '30 days';
    DELETE FROM platform_job WHERE ended_at < now() - interval '30 days';
    DELETE FROM platform_outgoingmail WHERE sent_at < now() - interval '30 days';
END;

REVOKE ALL ON FUNCTION platform_start_job(uuid), platform_job_progress(uuid, integer, integer),
    platform_end_job(uuid, text, text), platform_take_mail(), platform_mail_sent(bigint),
    platform_mail_failed(bigint), platform_purge() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION platform_start_job(uuid), platform_job_progress(uuid, integer, integer),
    platform_end_job(uuid, text, text), platform_take_mail(), platform_mail_sent(bigint),
    platform_mail_failed(bigint), platform_purge() TO convergence_worker;
"""


class Migration(migrations.Migration):
    dependencies = [("platform", "0002_initial")]
    operations = [migrations.RunSQL(FUNCTIONS)]

"""Reminders, lapses and links follow the terms of each territory."""

from importlib import import_module

from django.db import migrations

KEPT = ", ".join(import_module("convergence.referrals.migrations.0001_referrals").KEPT)

FUNCTIONS = """
DROP FUNCTION renew_link(bytea, bytea, date, date);
DROP FUNCTION remind_referral(bytea, date, integer, date);

-- A new link for whoever holds one that works no more, at the address of before: nothing, and nothing made, where the
-- partner has nothing to answer, where the agreement was withdrawn, or where a link was made within a quarter of an
-- hour. It works as many days as the territory says, or ``usual_days``.
CREATE FUNCTION renew_link(dead bytea, fresh bytea, on_day date, usual_days integer)
    RETURNS TABLE (link uuid, address text, until date)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    found referrals_link := referrals_linked(dead);
    own integer;
BEGIN
    IF found.id IS NULL
       OR NOT EXISTS (SELECT 1 FROM referrals_referral f
                       WHERE f.series = found.referral AND f.superseded_at IS NULL
                         AND f.state IN ('sent', 'waiting_list', 'accepted', 'started'))
       OR EXISTS (SELECT 1 FROM referrals_link l
                   WHERE l.referral = found.referral AND l.recorded_at > now() - interval '15 minutes') THEN
        RETURN;
    END IF;
    SELECT t.link_days INTO own FROM referrals_referral f
      JOIN territories_referralterms t ON t.territory_id = f.territory_id
     WHERE f.series = found.referral AND f.superseded_at IS NULL;
    RETURN QUERY
    INSERT INTO referrals_link (series, recorded_at, source, person_id, compartment, referral, digest, reason, sent_to,
                                sent_on, expires_on)
        VALUES (gen_random_uuid(), now(), 'renewed', found.person_id, found.compartment, found.referral, fresh,
                'renewed', found.sent_to, on_day, on_day + coalesce(own, usual_days))
        RETURNING series, sent_to::text, expires_on;
END $$;

-- Referrals that wait for their partner, since when, and the terms of their territory where it says its own.
CREATE OR REPLACE VIEW referrals_waiting WITH (security_invoker = true) AS
    SELECT f.id, f.series, f.person_id, f.compartment,
           greatest(f.sent_on, (f.appointment_at AT TIME ZONE 'Europe/Paris')::date) AS since,
           t.reminder_days, t.lapse_days, t.link_days
      FROM referrals_referral f LEFT JOIN territories_referralterms t ON t.territory_id = f.territory_id
     WHERE f.superseded_at IS NULL AND f.state = 'sent'
       AND (f.appointment_at IS NULL OR f.confirmed_on IS NOT NULL);

-- One partner that has not answered for as many days as the territory says (``usual_reminder``: where it says
-- nothing), reminded once for a referral: a new link is made, its address told to the worker; nothing when nobody is
-- left.
CREATE FUNCTION remind_referral(fresh bytea, on_day date, usual_reminder integer, usual_days integer)
    RETURNS TABLE (link uuid, address text, until date)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    earlier referrals_link;
    days integer;
BEGIN
    SELECT l.* INTO earlier FROM referrals_link l JOIN referrals_waiting w ON w.series = l.referral
     WHERE l.superseded_at IS NULL AND l.shut_on IS NULL
       AND w.since + coalesce(w.reminder_days, usual_reminder) <= on_day
       AND (referrals_linked(l.digest)).id IS NOT NULL
       AND NOT EXISTS (SELECT 1 FROM referrals_link r WHERE r.referral = l.referral AND r.reason = 'reminder')
     ORDER BY w.since, l.id DESC LIMIT 1 FOR UPDATE OF l SKIP LOCKED;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    SELECT coalesce(w.link_days, usual_days) INTO days FROM referrals_waiting w WHERE w.series = earlier.referral;
    RETURN QUERY
    INSERT INTO referrals_link (series, recorded_at, source, person_id, compartment, referral, digest, reason, sent_to,
                                sent_on, expires_on)
        VALUES (gen_random_uuid(), now(), 'time', earlier.person_id, earlier.compartment, earlier.referral, fresh,
                'reminder', earlier.sent_to, on_day, on_day + days)
        RETURNING series, sent_to::text, expires_on;
END $$;

-- Referrals that their partner never answered lapse, and the places kept for them are free again.
CREATE OR REPLACE FUNCTION lapse_referrals(on_day date, after_days integer) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    late bigint[];
    closed bigint;
BEGIN
    PERFORM 1 FROM referrals_referral f
     WHERE f.id IN (SELECT w.id FROM referrals_waiting w
                     WHERE w.since + coalesce(w.lapse_days, after_days) <= on_day) FOR UPDATE;
    -- Read again under the locks: an answer that was being written has come by now.
    SELECT array_agg(w.id), count(*) INTO late, closed FROM referrals_waiting w
     WHERE w.since + coalesce(w.lapse_days, after_days) <= on_day;
    UPDATE referrals_referral SET superseded_at = now() WHERE id = ANY (late);
    INSERT INTO referrals_referral (COLUMNS, state, ended_on, recorded_at, source)
        SELECT COLUMNS, 'lapsed', on_day, now(), 'time' FROM referrals_referral WHERE id = ANY (late);
    UPDATE network_hold h SET superseded_at = now()
      FROM referrals_referral f WHERE f.id = ANY (late) AND h.referral = f.series AND h.superseded_at IS NULL;
    RETURN closed;
END $$;

REVOKE ALL ON FUNCTION renew_link(bytea, bytea, date, integer), remind_referral(bytea, date, integer, integer)
    FROM PUBLIC;
GRANT EXECUTE ON FUNCTION renew_link(bytea, bytea, date, integer) TO convergence_web;
GRANT EXECUTE ON FUNCTION remind_referral(bytea, date, integer, integer) TO convergence_worker;
""".replace("COLUMNS", KEPT)


class Migration(migrations.Migration):
    dependencies = [("referrals", "0003_partner_page"), ("territories", "0008_referral_terms")]
    operations = [migrations.RunSQL(FUNCTIONS)]

"""What tells of health is read by who reads health, whatever the referral is about; letters go to who agreed to them.

A partner's link changes none of the dates that others noted.
"""

from django.db import migrations

import convergence.referrals.policies

FUNCTIONS = """
-- Whether this address is still one of a contact of the referral's partner who agreed to be written to.
CREATE FUNCTION referrals_may_write(wanted uuid, address text) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT 1 FROM referrals_referral f
                     JOIN network_offer o ON o.id = f.offer_id
                     JOIN network_contact c ON c.partner_id = o.partner_id
                    WHERE f.series = wanted AND f.superseded_at IS NULL AND lower(c.email) = lower(address)
                      AND c.superseded_at IS NULL AND c.agreed_on IS NOT NULL)
$$;

-- A new link for whoever holds one that works no more, at the address of before: nothing, and nothing made, where the
-- partner has nothing to answer, where the agreement was withdrawn, where the contact does not agree to be written to,
-- or where a link was made within a quarter of an hour, or five within a day.
CREATE OR REPLACE FUNCTION renew_link(dead bytea, fresh bytea, on_day date, usual_days integer)
    RETURNS TABLE (link uuid, address text, until date)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    found referrals_link := referrals_linked(dead);
    own integer;
BEGIN
    IF found.id IS NOT NULL THEN
        -- Two demands at the same moment count one after the other.
        PERFORM pg_advisory_xact_lock(hashtextextended('partner link:' || found.referral, 0));
    END IF;
    IF found.id IS NULL OR NOT referrals_may_write(found.referral, found.sent_to)
       OR NOT EXISTS (SELECT 1 FROM referrals_referral f
                       WHERE f.series = found.referral AND f.superseded_at IS NULL
                         AND f.state IN ('sent', 'waiting_list', 'accepted', 'started'))
       OR EXISTS (SELECT 1 FROM referrals_link l
                   WHERE l.referral = found.referral AND l.recorded_at > now() - interval '15 minutes')
       OR (SELECT count(*) FROM referrals_link l
            WHERE l.referral = found.referral AND l.source = 'renewed'
              AND l.recorded_at > now() - interval '1 day') >= 5 THEN
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

-- One partner that has not answered for as many days as the territory says (``usual_reminder``: where it says
-- nothing), reminded once for a referral: a new link is made, its address told to the worker; nothing when nobody is
-- left.
CREATE OR REPLACE FUNCTION remind_referral(fresh bytea, on_day date, usual_reminder integer, usual_days integer)
    RETURNS TABLE (link uuid, address text, until date)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    earlier referrals_link;
    days integer;
BEGIN
    SELECT l.* INTO earlier FROM referrals_link l JOIN referrals_waiting w ON w.series = l.referral
     WHERE l.superseded_at IS NULL AND l.shut_on IS NULL
       AND w.since + coalesce(w.reminder_days, usual_reminder) <= on_day
       AND (referrals_linked(l.digest)).id IS NOT NULL AND referrals_may_write(l.referral, l.sent_to)
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

-- The partner's link says what a partner may say: its answers, and no date of the person's or of the team's.
CREATE FUNCTION referrals_keep_dates() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    before referrals_referral;
BEGIN
    SELECT f.* INTO before FROM referrals_referral f WHERE f.series = NEW.series ORDER BY f.id DESC LIMIT 1;
    IF (before.opened_on, before.proposed_on, before.agreed_on, before.sent_on, before.fact_on)
       IS DISTINCT FROM (NEW.opened_on, NEW.proposed_on, NEW.agreed_on, NEW.sent_on, NEW.fact_on)
       OR NEW.confirmed_on IS NOT NULL AND (before.confirmed_on, before.appointment_at)
                                           IS DISTINCT FROM (NEW.confirmed_on, NEW.appointment_at) THEN
        RAISE EXCEPTION 'the partner speaks for itself' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER dates BEFORE INSERT ON referrals_referral FOR EACH ROW
    WHEN (nullif(current_setting('app.link', true), '') IS NOT NULL) EXECUTE FUNCTION referrals_keep_dates();

REVOKE ALL ON FUNCTION referrals_may_write(uuid, text), referrals_keep_dates() FROM PUBLIC;
"""


class Migration(migrations.Migration):
    dependencies = [("referrals", "0004_own_terms")]

    operations = [
        migrations.RemoveConstraint(model_name="share", name="share"),
        migrations.AddConstraint(
            model_name="share",
            constraint=convergence.referrals.policies.ShareRows(name="share", person="person_id", writable=True),
        ),
        migrations.RunSQL(FUNCTIONS),
    ]

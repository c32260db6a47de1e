"""A referral tells that the letter to its partner could not be delivered: the team holds the next step."""

from importlib import import_module

from django.db import migrations, models

KEPT = ", ".join(
    (
        *import_module("convergence.referrals.migrations.0001_referrals").KEPT,
        *("state", "waiting_since", "full_until", "accepted_on", "started_on", "ended_on", "fact_on"),
    )
)

FUNCTIONS = """
-- Referrals that wait for their partner, since when, and the terms of their territory where it says its own. A partner
-- that no letter reached was told nothing: it is not waited for.
CREATE OR REPLACE VIEW referrals_waiting WITH (security_invoker = true) AS
    SELECT f.id, f.series, f.person_id, f.compartment,
           greatest(f.sent_on, (f.appointment_at AT TIME ZONE 'Europe/Paris')::date) AS since,
           t.reminder_days, t.lapse_days, t.link_days
      FROM referrals_referral f LEFT JOIN territories_referralterms t ON t.territory_id = f.territory_id
     WHERE f.superseded_at IS NULL AND f.state = 'sent' AND f.undelivered_on IS NULL
       AND (f.appointment_at IS NULL OR f.confirmed_on IS NOT NULL);

-- A letter that led to a referral was given up: the referral says so, unless another letter left since for another
-- address, and the contact's address is marked.
CREATE FUNCTION referrals_letter_refused() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    sent referrals_link;
    partner bigint;
    closed bigint;
BEGIN
    SELECT l.* INTO sent FROM referrals_link l
     WHERE l.series = split_part(NEW.about, ':', 2)::uuid ORDER BY l.id DESC LIMIT 1;
    SELECT o.partner_id INTO partner FROM referrals_referral f JOIN network_offer o ON o.id = f.offer_id
     WHERE f.series = sent.referral AND f.superseded_at IS NULL;
    IF partner IS NULL THEN
        RETURN NULL;
    END IF;
    PERFORM network_mark_address(partner, sent.sent_to, NEW.refused_on, 'mail');
    UPDATE referrals_referral SET superseded_at = now()
     WHERE series = sent.referral AND superseded_at IS NULL AND undelivered_on IS NULL
       AND state IN ('sent', 'waiting_list', 'accepted', 'started')
       AND NOT EXISTS (SELECT 1 FROM referrals_link l WHERE l.referral = sent.referral AND l.id > sent.id
                          AND lower(l.sent_to) <> lower(sent.sent_to))
    RETURNING id INTO closed;
    INSERT INTO referrals_referral (COLUMNS, undelivered_on, recorded_at, source)
        SELECT COLUMNS, NEW.refused_on, now(), 'mail' FROM referrals_referral WHERE id = closed;
    RETURN NULL;
END $$;
CREATE TRIGGER referrals_refused AFTER UPDATE OF refused_on ON platform_outgoingmail
    FOR EACH ROW WHEN (NEW.refused_on IS NOT NULL AND NEW.about LIKE 'link:%')
    EXECUTE FUNCTION referrals_letter_refused();

-- The actor has just noted that the letter of a referral came back: the address that it last left for is marked.
CREATE FUNCTION note_dead_address(wanted uuid) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT network_mark_address(o.partner_id, l.sent_to, f.undelivered_on, 'screen')
      FROM referrals_referral f
      JOIN network_offer o ON o.id = f.offer_id
      JOIN LATERAL (SELECT sent_to FROM referrals_link l
                     WHERE l.referral = f.series ORDER BY l.id DESC LIMIT 1) l ON true
     WHERE f.series = wanted AND f.superseded_at IS NULL AND f.undelivered_on IS NOT NULL
       AND f.recorded_by_id = nullif(current_setting('app.actor', true), '')::bigint
       AND f.recorded_at = now()
$$;

REVOKE ALL ON FUNCTION referrals_letter_refused(), note_dead_address(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION note_dead_address(uuid) TO convergence_web;
""".replace("COLUMNS", KEPT)


class Migration(migrations.Migration):
    dependencies = [("referrals", "0005_what_a_share_tells"), ("network", "0007_dead_addresses")]

    operations = [
        migrations.AddField("referral", "undelivered_on", models.DateField(null=True)),
        migrations.RunSQL(FUNCTIONS),
    ]

"""The partner's page: what it promised of its own offer, and one list of what waits for it, opened by an e-mail code."""

from django.db import migrations, models
from django.db.models import Q

import convergence.platform.policies

FUNCTIONS = """
CREATE INDEX referrals_link_address ON referrals_link (lower(sent_to)) WHERE superseded_at IS NULL;

-- How many places of the offer of this transaction's link were promised since its partner said how many are free: a
-- number, and nothing of whom they are for.
CREATE FUNCTION promised_places() RETURNS bigint
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT count(*) FROM network_hold h
     WHERE h.offer_id = nullif(current_setting('app.offer', true), '')::bigint
       AND h.firm AND h.superseded_at IS NULL
       AND NOT EXISTS (SELECT 1 FROM network_capacity c
                        WHERE c.offer_id = h.offer_id AND c.superseded_at IS NULL
                          AND (c.said_on, c.recorded_at) >= (h.held_on, h.recorded_at))
$$;

-- Referrals about which the partner has something to answer or to tell, whose link went to this address: the person
-- still agrees, the link was not shut, and the address is still one of a contact who agreed to be written to.
CREATE FUNCTION referrals_sent_to(address text) RETURNS SETOF referrals_referral
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT f.* FROM referrals_referral f
     WHERE f.superseded_at IS NULL AND f.state IN ('sent', 'waiting_list', 'accepted', 'started')
       AND f.series IN (SELECT l.referral FROM referrals_link l
                         WHERE lower(l.sent_to) = lower(address) AND l.superseded_at IS NULL AND l.shut_on IS NULL)
       AND EXISTS (SELECT 1 FROM people_sharing g
                    WHERE g.referral = f.series AND g.superseded_at IS NULL AND g.withdrawn_on IS NULL)
       AND EXISTS (SELECT 1 FROM network_contact c JOIN network_offer o ON o.partner_id = c.partner_id
                    WHERE o.id = f.offer_id AND lower(c.email) = lower(address)
                      AND c.superseded_at IS NULL AND c.agreed_on IS NOT NULL)
$$;

-- Somebody asks for the list of an address: the address to which a code is to be written, as the partner's contact
-- gave it (what was typed may only look like it), or NULL. Nothing is kept longer than a day.
CREATE FUNCTION ask_partner_list(typed text, handle bytea, keyed bytea) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    address text;
BEGIN
    DELETE FROM referrals_partnerlist WHERE asked_at < now() - interval '1 day';
    -- Two demands for one address at the same moment count one after the other.
    PERFORM pg_advisory_xact_lock(hashtextextended('partner list:' || lower(typed), 0));
    SELECT l.sent_to INTO address FROM referrals_link l
     WHERE lower(l.sent_to) = lower(typed) AND l.superseded_at IS NULL
       AND EXISTS (SELECT 1 FROM referrals_sent_to(typed))
       AND NOT EXISTS (SELECT 1 FROM referrals_partnerlist p
                        WHERE lower(p.email) = lower(typed) AND p.code IS NOT NULL
                          AND p.asked_at > now() - interval '1 minute')
       AND (SELECT count(*) FROM referrals_partnerlist p
             WHERE lower(p.email) = lower(typed) AND p.code IS NOT NULL AND p.asked_at > now() - interval '1 hour') < 5
     ORDER BY l.id DESC LIMIT 1;
    INSERT INTO referrals_partnerlist (email, held, code, asked_at, tries)
        VALUES (coalesce(address, typed), handle, CASE WHEN address IS NOT NULL THEN keyed END, now(), 0);
    RETURN address;
END $$;

-- A code is typed: the list opens once, within a quarter of an hour and five tries. Both digests are keyed with a
-- secret that the database lacks: the time that their comparison takes tells nothing of the code.
CREATE FUNCTION open_partner_list(handle bytea, keyed bytea, fresh bytea) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    tried referrals_partnerlist;
BEGIN
    UPDATE referrals_partnerlist SET tries = tries + 1
     WHERE held = handle AND opened_at IS NULL AND tries < 5 AND asked_at > now() - interval '15 minutes'
        RETURNING * INTO tried;
    IF tried.id IS NULL OR tried.code IS DISTINCT FROM keyed THEN
        RETURN false;
    END IF;
    UPDATE referrals_partnerlist SET opened_at = now(), held = fresh WHERE id = tried.id;
    RETURN true;
END $$;

-- The address whose list is open, for half an hour; NULL otherwise.
CREATE FUNCTION partner_list_address(handle bytea) RETURNS text
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT p.email FROM referrals_partnerlist p
     WHERE p.held = handle AND p.opened_at > now() - interval '30 minutes' AND p.closed_at IS NULL
$$;

-- What an open list shows of each referral: what its link would show. One empty row where nothing waits, none where
-- the list is not open. Each person shown is on the record of looks.
CREATE FUNCTION partner_list(handle bytea, on_day date)
    RETURNS TABLE (referral uuid, person_id bigint, wrapped bytea, content bytea, state text, sent_on date,
                   appointment_at timestamptz, confirmed_on date, full_until date, recorded_at timestamptz)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
    address text := partner_list_address(handle);
BEGIN
    PERFORM identify(NULL, on_day);
    IF address IS NULL THEN
        RETURN;
    END IF;
    INSERT INTO access_accessrecord (at, actor_id, acting_as, page, person_id, compartments)
    SELECT now(), 0, ARRAY['partner'], 'partner-list', f.person_id, ARRAY[f.compartment]
      FROM referrals_sent_to(address) f;
    RETURN QUERY SELECT f.series, f.person_id, k.wrapped, s.content, f.state::text, f.sent_on, f.appointment_at,
                        f.confirmed_on, f.full_until, f.recorded_at
                   FROM referrals_sent_to(address) f
                   JOIN referrals_share s ON s.referral = f.series AND s.superseded_at IS NULL
                   JOIN people_personkey k ON k.person_id = f.person_id AND k.wrapped IS NOT NULL
                  ORDER BY f.sent_on, f.id;
    IF NOT FOUND THEN
        RETURN QUERY SELECT NULL::uuid, NULL::bigint, NULL::bytea, NULL::bytea, NULL::text, NULL::date,
                            NULL::timestamptz, NULL::date, NULL::date, NULL::timestamptz;
    END IF;
END $$;

-- A link, for today, to one referral of an open list; whether there is one.
CREATE FUNCTION open_listed(handle bytea, wanted uuid, fresh bytea, on_day date) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    address text := partner_list_address(handle);
BEGIN
    INSERT INTO referrals_link (series, recorded_at, source, person_id, compartment, referral, digest, reason, sent_to,
                                sent_on, expires_on)
        SELECT gen_random_uuid(), now(), 'list', f.person_id, f.compartment, f.series, fresh, 'renewed', address,
               on_day, on_day
          FROM referrals_sent_to(address) f WHERE f.series = wanted;
    RETURN FOUND;
END $$;

CREATE FUNCTION close_partner_list(handle bytea) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    UPDATE referrals_partnerlist SET closed_at = now() WHERE held = handle AND closed_at IS NULL
$$;

REVOKE ALL ON FUNCTION promised_places(), referrals_sent_to(text), ask_partner_list(text, bytea, bytea),
    open_partner_list(bytea, bytea, bytea), partner_list_address(bytea), partner_list(bytea, date),
    open_listed(bytea, uuid, bytea, date), close_partner_list(bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION promised_places(), ask_partner_list(text, bytea, bytea),
    open_partner_list(bytea, bytea, bytea), partner_list(bytea, date), open_listed(bytea, uuid, bytea, date),
    close_partner_list(bytea) TO convergence_web;
"""


class Migration(migrations.Migration):
    dependencies = [("referrals", "0002_figures")]

    operations = [
        migrations.CreateModel(
            name="PartnerList",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("email", models.EmailField(max_length=254)),
                ("held", models.BinaryField(unique=True)),
                ("code", models.BinaryField(null=True)),
                ("asked_at", models.DateTimeField(db_index=True)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("opened_at", models.DateTimeField(null=True)),
                ("closed_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(opened_at__isnull=True) | Q(code__isnull=False),
                        name="partner_list_opened_by_a_code",
                    ),
                    convergence.platform.policies.RowPolicy(name="partner_list"),
                ],
            },
        ),
        migrations.RunSQL(FUNCTIONS),
    ]

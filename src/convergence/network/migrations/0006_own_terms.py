"""A new link to say places works as long as the territory says."""

from django.db import migrations

FUNCTIONS = """
DROP FUNCTION network_renew_ask(bytea, bytea, date, date);

-- A new link in place of one that works no more, for the same contact who still agrees to be written to: her address,
-- on whose behalf, and the last day on which it works, which the territory says or ``usual_days`` after today. Nothing
-- where the link is not known, or where one was sent today.
CREATE FUNCTION network_renew_ask(old_digest bytea, new_digest bytea, on_day date, usual_days integer)
    RETURNS TABLE (ask bigint, email text, asked_by text, until date)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    old record;
    address text;
    last date;
    made bigint;
BEGIN
    SELECT a.* INTO old FROM network_capacityask a WHERE a.digest = old_digest FOR UPDATE;
    IF old.id IS NULL OR EXISTS (SELECT FROM network_capacityask a WHERE a.contact = old.contact
                                  AND a.offers = old.offers AND a.asked_on >= on_day) THEN
        RETURN;
    END IF;
    SELECT c.email INTO address FROM network_contact c
     WHERE c.series = old.contact AND c.superseded_at IS NULL AND c.agreed_on IS NOT NULL AND c.email <> '';
    IF address IS NULL THEN
        RETURN;
    END IF;
    last := on_day + coalesce((SELECT t.link_days FROM territories_referralterms t
                                WHERE t.territory_id = old.territory_id), usual_days);
    INSERT INTO network_capacityask (territory_id, partner_id, contact, offers, digest, asked_by, asked_on, expires_on)
        VALUES (old.territory_id, old.partner_id, old.contact, old.offers, new_digest, old.asked_by, on_day, last)
        RETURNING id INTO made;
    RETURN QUERY SELECT made, address, old.asked_by::text, last;
END $$;

REVOKE ALL ON FUNCTION network_renew_ask(bytea, bytea, date, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION network_renew_ask(bytea, bytea, date, integer) TO convergence_web;
"""


class Migration(migrations.Migration):
    dependencies = [("network", "0005_directory_search"), ("territories", "0008_referral_terms")]
    operations = [migrations.RunSQL(FUNCTIONS)]

"""The address of a contact that letters cannot reach is marked."""

from django.db import migrations, models

KEPT = "series, territory_id, partner_id, branch_id, name, function, email, phone, agreed_on, agreed_how, main"

FUNCTIONS = """
-- The contacts of a partner at this address are marked: letters to it are refused. Called by other functions only.
CREATE FUNCTION network_mark_address(wanted_partner bigint, address text, on_day date, said_by text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    closed bigint[];
BEGIN
    WITH marked AS (
        UPDATE network_contact SET superseded_at = now()
         WHERE partner_id = wanted_partner AND lower(email) = lower(address) AND superseded_at IS NULL
           AND refused_on IS NULL
        RETURNING id)
    SELECT array_agg(id) INTO closed FROM marked;
    INSERT INTO network_contact (KEPT, refused_on, recorded_at, source)
        SELECT KEPT, on_day, now(), said_by FROM network_contact WHERE id = ANY (closed);
END $$;

-- A letter that asked how many places are free was given up: the address that its contact had then.
CREATE FUNCTION network_letter_refused() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM network_mark_address(a.partner_id, c.email, NEW.refused_on, 'mail')
       FROM network_capacityask a JOIN network_contact c ON c.series = a.contact
      WHERE a.id = split_part(NEW.about, ':', 2)::bigint
        AND c.recorded_at <= NEW.written_at AND coalesce(c.superseded_at, 'infinity') > NEW.written_at;
    RETURN NULL;
END $$;
CREATE TRIGGER network_refused AFTER UPDATE OF refused_on ON platform_outgoingmail
    FOR EACH ROW WHEN (NEW.refused_on IS NOT NULL AND NEW.about LIKE 'places:%')
    EXECUTE FUNCTION network_letter_refused();

REVOKE ALL ON FUNCTION network_mark_address(bigint, text, date, text), network_letter_refused() FROM PUBLIC;
""".replace("KEPT", KEPT)


class Migration(migrations.Migration):
    dependencies = [("network", "0006_own_terms"), ("platform", "0005_refused_letters")]

    operations = [
        migrations.AddField("contact", "refused_on", models.DateField(editable=False, null=True)),
        migrations.RunSQL(FUNCTIONS),
    ]

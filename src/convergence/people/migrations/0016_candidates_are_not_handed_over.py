"""Whoever reads a person as a candidate, or did until lately, opens no support of hers: that would open her whole file."""

from django.db import migrations

FUNCTION = """
-- Another site of the same territory supports the person from a day on; those who support her now hand her over.
CREATE OR REPLACE FUNCTION open_support(wanted bigint, at_site bigint, since date) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT people_employs(wanted) OR since IS NULL
       OR since > nullif(current_setting('app.today', true), '')::date
       OR NOT EXISTS (
        SELECT 1 FROM people_support p
          JOIN territories_site here ON here.id = p.site_id
          JOIN territories_site there ON there.territory_id = here.territory_id
         WHERE p.person_id = wanted AND p.superseded_at IS NULL
           AND there.id = at_site AND there.open_over @> since) THEN
        RAISE EXCEPTION 'the actor does not hand this person over' USING ERRCODE = 'insufficient_privilege';
    END IF;
    INSERT INTO people_support (person_id, site_id, valid, series, recorded_at, source)
        VALUES (wanted, at_site, daterange(since, NULL), gen_random_uuid(), now(), 'screen');
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0015_followed_where_supported")]
    operations = [migrations.RunSQL(FUNCTION)]

"""Somebody whom a site knew comes back without a new file (decision 16)."""

from django.db import migrations

FUNCTIONS = """
-- A setting of the library may be named only once a session has called it.
SELECT similarity('', '');

-- Whether one of the actor's sites supported the person, less than two years ago (the term of retention, CNIL
-- 2023-095), and nobody supports her on that day or later.
CREATE FUNCTION people_knew(wanted bigint, since date) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    RETURN EXISTS (
        SELECT 1 FROM people_support p
         WHERE p.person_id = wanted AND p.superseded_at IS NULL
           AND upper(p.valid) > nullif(current_setting('app.today', true), '')::date - interval '2 years'
           AND holds_at_site(p.site_id, 'counsellor', 'support_worker', 'site_manager'))
       AND NOT EXISTS (
        SELECT 1 FROM people_support p
         WHERE p.person_id = wanted AND p.superseded_at IS NULL
           AND (upper(p.valid) IS NULL OR upper(p.valid) > since));

-- Somebody whom the actor's sites knew, for who says her whole name and the year of her birth: nothing is told but
-- that she was known, where and until when. Every answer leaves an access record.
CREATE FUNCTION formerly_supported(given text, family text, born integer)
    RETURNS TABLE (person_id bigint, site_id bigint, last_day date)
    LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
    SET pg_trgm.similarity_threshold = 0.75 AS $$
    WITH named AS (
        SELECT DISTINCT n.person_id FROM people_personname n
          JOIN people_civilstatus c ON c.person_id = n.person_id AND c.superseded_at IS NULL AND c.birth_year = born
         WHERE n.superseded_at IS NULL AND length(trim(given)) > 1 AND length(trim(family)) > 1
           AND n.sort_key % plain(family || ' ' || given)
    ), known AS (
        SELECT DISTINCT ON (p.person_id) p.person_id, p.site_id, upper(p.valid) - 1 AS last_day
          FROM named JOIN people_support p ON p.person_id = named.person_id AND p.superseded_at IS NULL
         WHERE people_knew(p.person_id, nullif(current_setting('app.today', true), '')::date)
           AND holds_at_site(p.site_id, 'counsellor', 'support_worker', 'site_manager')
         ORDER BY p.person_id, upper(p.valid) DESC
    ), recorded AS (
        INSERT INTO access_accessrecord (at, actor_id, acting_as, page, person_id, compartments)
        SELECT now(), current_setting('app.actor')::bigint, current_setting('app.roles')::text[], 'formerly-supported',
               k.person_id, ARRAY['identity'] FROM known k
    )
    SELECT k.person_id, k.site_id, k.last_day FROM known k ORDER BY k.last_day DESC, k.person_id LIMIT 5
$$;

-- The person comes back: one of the sites that knew her, or another of its territory, supports her again.
CREATE FUNCTION resume_support(wanted bigint, given text, family text, born integer, at_site bigint, since date)
    RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF since IS NULL OR since > nullif(current_setting('app.today', true), '')::date
       OR NOT people_knew(wanted, since)
       OR NOT EXISTS (SELECT 1 FROM formerly_supported(given, family, born) f WHERE f.person_id = wanted)
       OR NOT EXISTS (
        SELECT 1 FROM people_support p
          JOIN territories_site here ON here.id = p.site_id
          JOIN territories_site there ON there.territory_id = here.territory_id
         WHERE p.person_id = wanted AND p.superseded_at IS NULL
           AND holds_at_site(here.id, 'counsellor', 'support_worker', 'site_manager')
           AND there.id = at_site AND there.open_over @> since) THEN
        RAISE EXCEPTION 'the actor does not take this person back there, then' USING ERRCODE = 'insufficient_privilege';
    END IF;
    INSERT INTO people_support (person_id, site_id, valid, series, recorded_at, source)
        VALUES (wanted, at_site, daterange(since, NULL), gen_random_uuid(), now(), 'screen');
END $$;

REVOKE ALL ON FUNCTION people_knew(bigint, date), formerly_supported(text, text, integer),
    resume_support(bigint, text, text, integer, bigint, date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION formerly_supported(text, text, integer),
    resume_support(bigint, text, text, integer, bigint, date) TO convergence_web, convergence_worker;
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0012_hosts")]
    operations = [migrations.RunSQL(FUNCTIONS)]

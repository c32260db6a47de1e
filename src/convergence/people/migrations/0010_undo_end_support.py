"""A support's end that is turned back, with the end of path that noted it."""

from django.db import migrations

FUNCTIONS = """
-- A support's end is turned back by whoever still reads the file: the version that stood before stands again.
CREATE FUNCTION undo_end_support(wanted bigint, closed bigint) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    was people_support;
    standing people_support;
BEGIN
    SELECT * INTO was FROM people_support p WHERE p.id = closed AND p.person_id = wanted;
    IF NOT FOUND OR NOT people_keeps_file(wanted)
       OR NOT holds_at_site(was.site_id, 'counsellor', 'support_worker', 'site_manager') THEN
        RAISE EXCEPTION 'the actor did not end this support' USING ERRCODE = 'insufficient_privilege';
    END IF;
    SELECT * INTO standing FROM people_support p
     WHERE p.series = was.series AND p.superseded_at IS NULL AND p.recorded_at = was.superseded_at
       AND lower(p.valid) = lower(was.valid) AND p.valid <@ was.valid
       FOR UPDATE;
    IF NOT FOUND OR EXISTS (
        SELECT 1 FROM people_support p
         WHERE p.person_id = wanted AND p.site_id = was.site_id AND p.superseded_at IS NULL
           AND p.id <> standing.id AND p.valid && was.valid) THEN
        RETURN false;
    END IF;
    UPDATE people_support SET superseded_at = now() WHERE id = standing.id;
    INSERT INTO people_support (person_id, site_id, valid, series, recorded_at, source)
        VALUES (wanted, was.site_id, was.valid, was.series, now(), was.source);
    RETURN true;
END $$;

REVOKE ALL ON FUNCTION undo_end_support(bigint, bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION undo_end_support(bigint, bigint) TO convergence_web, convergence_worker;
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0009_hand_overs")]
    operations = [migrations.RunSQL(FUNCTIONS)]

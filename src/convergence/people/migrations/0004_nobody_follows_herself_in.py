"""A follow-up that has an end is asked the same question as one that runs on; supports begin and end by today.

A version with an end far away would have let somebody make herself the referent of a person whom a colleague
follows. What a follow-up already covered may be shortened by whoever reads it, in the transaction that replaces it.
"""

from django.db import migrations

import convergence.access.policies

FUNCTIONS = """
DROP FUNCTION may_follow(bigint, bigint);

-- Who may say that a mission follows a person: its site supports her, and nobody makes herself the referent of
-- somebody whom another already followed: a colleague or the manager hands over. A version that only shortens the
-- one that it replaces asks nothing.
CREATE FUNCTION may_follow(wanted bigint, by_mission bigint, during daterange) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    RETURN EXISTS (
        SELECT 1 FROM territories_mission m
          JOIN people_support p ON p.site_id = m.site_id AND p.person_id = wanted AND p.superseded_at IS NULL
         WHERE m.id = by_mission
           AND (m.user_id <> nullif(current_setting('app.actor', true), '')::bigint
                OR holds_at_site(m.site_id, 'site_manager')
                OR NOT EXISTS (SELECT 1 FROM people_assignment a JOIN territories_mission o ON o.id = a.mission_id
                                WHERE a.person_id = wanted AND o.role = m.role AND o.user_id <> m.user_id)))
     OR EXISTS (
        SELECT 1 FROM people_assignment a
         WHERE a.person_id = wanted AND a.mission_id = by_mission AND a.valid @> during
           AND a.superseded_at = transaction_timestamp());

CREATE OR REPLACE FUNCTION open_support(wanted bigint, at_site bigint, since date) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT people_keeps_file(wanted) OR since IS NULL
       OR since > nullif(current_setting('app.today', true), '')::date
       OR NOT EXISTS (
        SELECT 1 FROM people_support p
          JOIN territories_site here ON here.id = p.site_id
          JOIN territories_site there ON there.territory_id = here.territory_id
         WHERE p.person_id = wanted AND p.superseded_at IS NULL AND there.id = at_site) THEN
        RAISE EXCEPTION 'the actor does not hand this person over' USING ERRCODE = 'insufficient_privilege';
    END IF;
    INSERT INTO people_support (person_id, site_id, valid, series, recorded_at, source)
        VALUES (wanted, at_site, daterange(since, NULL), gen_random_uuid(), now(), 'screen');
END $$;

-- A site's support ends: its team reads up to the day before ``from_day``, and not after; tomorrow at the latest.
CREATE OR REPLACE FUNCTION end_support(wanted bigint, at_site bigint, from_day date) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    running people_support;
BEGIN
    IF NOT people_keeps_file(wanted) OR from_day IS NULL
       OR from_day > nullif(current_setting('app.today', true), '')::date + 1
       OR NOT holds_at_site(at_site, 'counsellor', 'support_worker', 'site_manager') THEN
        RAISE EXCEPTION 'the actor does not end this support' USING ERRCODE = 'insufficient_privilege';
    END IF;
    SELECT * INTO running FROM people_support p
     WHERE p.person_id = wanted AND p.site_id = at_site AND p.superseded_at IS NULL
       AND lower(p.valid) < from_day AND (upper(p.valid) IS NULL OR upper(p.valid) > from_day)
       FOR UPDATE;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    UPDATE people_support SET superseded_at = now() WHERE id = running.id;
    INSERT INTO people_support (person_id, site_id, valid, series, recorded_at, source)
        VALUES (wanted, at_site, daterange(lower(running.valid), from_day), running.series, now(), 'screen');
    RETURN true;
END $$;

-- A function with its owner's rights is called by the roles that are named, and by nobody else.
REVOKE ALL ON FUNCTION may_follow(bigint, bigint, daterange), holds_at_site(bigint, text[]),
    holds_on_territory(bigint, text[]), people_follow_readable(), territories_scopes_of_site(),
    territories_scope_of_mission() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION may_follow(bigint, bigint, daterange), holds_at_site(bigint, text[]),
    holds_on_territory(bigint, text[]) TO convergence_web, convergence_worker;
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0003_who_may_follow"), ("territories", "0003_own_means")]
    operations = [
        migrations.RemoveConstraint(model_name="assignment", name="assignment"),
        migrations.RunSQL(FUNCTIONS),
        migrations.AddConstraint(
            model_name="assignment",
            constraint=convergence.access.policies.PersonVersions(
                compartment="identity",
                insert_if="may_follow(person_id, mission_id, valid)",
                name="assignment",
                person="person_id",
                writable=True,
            ),
        ),
    ]

"""A site that refused somebody reads her candidacy and no more of her path; a host reads what its page shows."""

from django.db import migrations, models

import convergence.access.policies

CLOSED = """
-- On which day the site ceased to consider her is told by the version that has an end. No version is stamped anew.
ALTER TABLE people_candidate DISABLE TRIGGER USER;
UPDATE people_candidate c SET closed_from = least(upper(c.valid), c.recorded_at::date)
 WHERE NOT upper_inf(c.valid) AND c.closed_from IS NULL;
ALTER TABLE people_candidate ENABLE TRIGGER USER
"""

FUNCTIONS = """
-- Who reads a person because a site supports her or considers her, because a mission follows her, or because her path
-- goes on where somebody of another structure hosts her: that account reads her alone, from a day to a day. Of a
-- candidate the path is read as long as the site considers her; the candidacy itself as long as it is kept.
CREATE OR REPLACE VIEW people_readable_source WITH (security_invoker = true) AS
    SELECT s.id AS scope_id, p.person_id, r.compartment, r.may_write, p.valid,
           'support'::varchar AS origin, p.id AS origin_id
      FROM people_support p
      JOIN access_scope s ON s.kind = 'site' AND s.holder_id = p.site_id
      JOIN access_right r ON r.kind = 'site' AND r.role = s.role
     WHERE p.superseded_at IS NULL
    UNION ALL
    -- A referent reads what only she reads as long as her site supports the person, and not a day more.
    SELECT s.id, a.person_id, r.compartment, r.may_write, a.valid * p.valid, 'assignment', a.id
      FROM people_assignment a
      JOIN territories_mission m ON m.id = a.mission_id
      JOIN people_support p ON p.person_id = a.person_id AND p.site_id = m.site_id
                           AND p.superseded_at IS NULL AND p.valid && a.valid
      JOIN access_scope s ON s.kind = 'mission' AND s.holder_id = m.id AND s.role = m.role
      JOIN access_right r ON r.kind = 'mission' AND r.role = s.role
     WHERE a.superseded_at IS NULL
    UNION ALL
    SELECT s.id, c.person_id, r.compartment, r.may_write, read.days, 'candidacy', c.id
      FROM people_candidate c
      JOIN access_scope s ON s.kind = 'site' AND s.holder_id = c.site_id
      JOIN access_right r ON r.kind = 'candidacy' AND r.role = s.role
     CROSS JOIN LATERAL (SELECT CASE r.compartment WHEN 'path' THEN c.valid * daterange(NULL, c.closed_from)
                                     ELSE c.valid END AS days) read
     WHERE c.superseded_at IS NULL AND NOT isempty(read.days)
    UNION ALL
    SELECT s.id, h.person_id, r.compartment, r.may_write, h.valid, 'host', h.id
      FROM people_host h
      JOIN access_scope s ON s.kind = 'host' AND s.holder_id = h.user_id
      JOIN access_right r ON r.kind = 'host' AND r.role = s.role
     WHERE h.superseded_at IS NULL;

DROP FUNCTION people_end_candidate(bigint, bigint, date);

-- From ``from_day`` on a site no longer reads its candidate as one; from ``closed`` on it considers her no longer.
CREATE FUNCTION people_end_candidate(wanted bigint, at_site bigint, from_day date, closed date) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    running people_candidate;
BEGIN
    SELECT * INTO running FROM people_candidate c
     WHERE c.person_id = wanted AND c.site_id = at_site AND c.superseded_at IS NULL AND upper_inf(c.valid)
       FOR UPDATE;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    UPDATE people_candidate SET superseded_at = now() WHERE id = running.id;
    -- She may have begun to be read only later.
    IF lower(running.valid) < from_day THEN
        INSERT INTO people_candidate (person_id, site_id, valid, closed_from, series, recorded_at, source)
            VALUES (wanted, at_site, daterange(lower(running.valid), from_day), closed, running.series, now(), 'screen');
    END IF;
END $$;

CREATE OR REPLACE FUNCTION keep_candidate_until(wanted bigint, at_site bigint, from_day date) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT people_keeps_file(wanted) OR from_day IS NULL
       OR NOT holds_at_site(at_site, 'counsellor', 'support_worker', 'site_manager') THEN
        RAISE EXCEPTION 'the actor does not close this candidacy' USING ERRCODE = 'insufficient_privilege';
    END IF;
    PERFORM people_end_candidate(wanted, at_site, from_day, nullif(current_setting('app.today', true), '')::date);
END $$;

-- A candidate starts: the site supports her from her first day on, and considers her no longer.
CREATE OR REPLACE FUNCTION take_on_candidate(wanted bigint, at_site bigint, since date) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF people_receives(at_site, since) IS NOT TRUE
       OR NOT EXISTS (SELECT 1 FROM people_candidate c
                       WHERE c.person_id = wanted AND c.site_id = at_site AND c.superseded_at IS NULL
                         AND upper_inf(c.valid)) THEN
        RAISE EXCEPTION 'the actor does not take this person on' USING ERRCODE = 'insufficient_privilege';
    END IF;
    -- Somebody who comes back while the site still supports her keeps that support.
    IF NOT EXISTS (SELECT 1 FROM people_support p
                    WHERE p.person_id = wanted AND p.site_id = at_site AND p.superseded_at IS NULL
                      AND p.valid @> since AND upper_inf(p.valid)) THEN
        INSERT INTO people_support (person_id, site_id, valid, series, recorded_at, source)
            VALUES (wanted, at_site, daterange(since, NULL), gen_random_uuid(), now(), 'screen');
    END IF;
    PERFORM people_end_candidate(wanted, at_site, since, since);
END $$;

REVOKE ALL ON FUNCTION people_end_candidate(bigint, bigint, date, date) FROM PUBLIC;
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0016_candidates_are_not_handed_over"), ("access", "0008_readable_by_origin_too")]

    operations = [
        migrations.AddField(model_name="candidate", name="closed_from", field=models.DateField(null=True)),
        migrations.RunSQL(CLOSED),
        migrations.RunSQL(FUNCTIONS),
        migrations.RemoveConstraint(model_name="candidate", name="candidate"),
        migrations.RemoveConstraint(model_name="person", name="person"),
        migrations.RemoveConstraint(model_name="personname", name="person_name"),
        migrations.RemoveConstraint(model_name="civilstatus", name="civil_status"),
        migrations.RemoveConstraint(model_name="host", name="host"),
        migrations.RemoveConstraint(model_name="support", name="support"),
        migrations.RemoveConstraint(model_name="assignment", name="assignment"),
        migrations.RemoveConstraint(model_name="handover", name="hand_over"),
        migrations.AddConstraint(
            model_name="candidate",
            constraint=convergence.access.policies.PersonAtSiteVersions(
                compartment="work", name="candidate", person="person_id", writable=False
            ),
        ),
        migrations.AddConstraint(
            model_name="person",
            constraint=convergence.access.policies.PersonRows(
                also=("hosted",), compartment="identity", name="person", person="id", writable=False
            ),
        ),
        migrations.AddConstraint(
            model_name="personname",
            constraint=convergence.access.policies.PersonVersions(
                also=("hosted",), compartment="identity", name="person_name", person="person_id", writable=True
            ),
        ),
        migrations.AddConstraint(
            model_name="civilstatus",
            constraint=convergence.access.policies.PersonVersions(
                also=("hosted",), compartment="contact", name="civil_status", person="person_id", writable=True
            ),
        ),
        migrations.AddConstraint(
            model_name="host",
            constraint=convergence.access.policies.PersonVersions(
                also=("hosted",), compartment="work", name="host", person="person_id", writable=False
            ),
        ),
        migrations.AddConstraint(
            model_name="support",
            constraint=convergence.access.policies.PersonVersions(
                compartment="identity", name="support", person="person_id", supporting=True, writable=False
            ),
        ),
        migrations.AddConstraint(
            model_name="assignment",
            constraint=convergence.access.policies.PersonVersions(
                compartment="identity",
                insert_if="may_follow(person_id, mission_id, valid)",
                name="assignment",
                person="person_id",
                supporting=True,
                writable=True,
            ),
        ),
        migrations.AddConstraint(
            model_name="handover",
            constraint=convergence.access.policies.PersonVersions(
                compartment="identity",
                insert_if="may_hand_over(series, person_id, giver_id, receiver_id, valid, state)",
                name="hand_over",
                person="person_id",
                supporting=True,
                writable=True,
            ),
        ),
    ]

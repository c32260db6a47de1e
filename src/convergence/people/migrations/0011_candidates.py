"""A site's candidates: read there by name, contact details and working side, and nothing else of them."""

import uuid

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.contrib.postgres.functions
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import convergence.access.policies

FUNCTIONS = """
-- Who reads a person because a site supports her or considers her, or because a mission follows her.
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
    SELECT s.id, c.person_id, r.compartment, r.may_write, c.valid, 'candidacy', c.id
      FROM people_candidate c
      JOIN access_scope s ON s.kind = 'site' AND s.holder_id = c.site_id
      JOIN access_right r ON r.kind = 'candidacy' AND r.role = s.role
     WHERE c.superseded_at IS NULL;
CREATE TRIGGER readable AFTER INSERT OR UPDATE OR DELETE ON people_candidate
    FOR EACH ROW EXECUTE FUNCTION people_follow_readable();

-- Whether the actor receives people at a site that is open on that day, which is not to come.
CREATE FUNCTION people_receives(at_site bigint, since date) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    RETURN holds_at_site(at_site, 'counsellor', 'support_worker', 'site_manager')
       AND since <= nullif(current_setting('app.today', true), '')::date
       AND EXISTS (SELECT 1 FROM territories_site s WHERE s.id = at_site AND s.open_over @> since);

-- A new person and her first candidacy are one act: neither exists without the other.
CREATE FUNCTION admit_candidate(at_site bigint, since date) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    person bigint;
BEGIN
    IF people_receives(at_site, since) IS NOT TRUE THEN
        RAISE EXCEPTION 'the actor receives nobody there, then' USING ERRCODE = 'insufficient_privilege';
    END IF;
    INSERT INTO people_person (created_at) VALUES (now()) RETURNING id INTO person;
    INSERT INTO people_candidate (person_id, site_id, valid, series, recorded_at, source)
        VALUES (person, at_site, daterange(since, NULL), gen_random_uuid(), now(), 'screen');
    RETURN person;
END $$;

-- Somebody whose file the actor keeps is a candidate at a site of hers. What is still read of an earlier candidacy
-- there goes on with this one.
CREATE FUNCTION open_candidate(wanted bigint, at_site bigint, since date) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    begins date := since;
    line uuid := gen_random_uuid();
    kept people_candidate;
BEGIN
    IF people_receives(at_site, since) IS NOT TRUE OR NOT people_keeps_file(wanted) THEN
        RAISE EXCEPTION 'the actor receives nobody there, then' USING ERRCODE = 'insufficient_privilege';
    END IF;
    FOR kept IN SELECT * FROM people_candidate c
                 WHERE c.person_id = wanted AND c.site_id = at_site AND c.superseded_at IS NULL
                   AND c.valid && daterange(since, NULL) FOR UPDATE
    LOOP
        begins := least(begins, lower(kept.valid));
        line := kept.series;
        UPDATE people_candidate SET superseded_at = now() WHERE id = kept.id;
    END LOOP;
    INSERT INTO people_candidate (person_id, site_id, valid, series, recorded_at, source)
        VALUES (wanted, at_site, daterange(begins, NULL), line, now(), 'screen');
END $$;

-- The day from which a site no longer reads its candidate as one; she may have begun to be read only later.
CREATE FUNCTION people_end_candidate(wanted bigint, at_site bigint, from_day date) RETURNS void
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
    IF lower(running.valid) < from_day THEN
        INSERT INTO people_candidate (person_id, site_id, valid, series, recorded_at, source)
            VALUES (wanted, at_site, daterange(lower(running.valid), from_day), running.series, now(), 'screen');
    END IF;
END $$;

CREATE FUNCTION keep_candidate_until(wanted bigint, at_site bigint, from_day date) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT people_keeps_file(wanted) OR from_day IS NULL
       OR NOT holds_at_site(at_site, 'counsellor', 'support_worker', 'site_manager') THEN
        RAISE EXCEPTION 'the actor does not close this candidacy' USING ERRCODE = 'insufficient_privilege';
    END IF;
    PERFORM people_end_candidate(wanted, at_site, from_day);
END $$;

-- A candidate starts: the site supports her from her first day on, and considers her no longer.
CREATE FUNCTION take_on_candidate(wanted bigint, at_site bigint, since date) RETURNS void
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
    PERFORM people_end_candidate(wanted, at_site, since);
END $$;

REVOKE ALL ON FUNCTION people_receives(bigint, date), admit_candidate(bigint, date),
    open_candidate(bigint, bigint, date), people_end_candidate(bigint, bigint, date),
    keep_candidate_until(bigint, bigint, date), take_on_candidate(bigint, bigint, date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION admit_candidate(bigint, date), open_candidate(bigint, bigint, date),
    keep_candidate_until(bigint, bigint, date), take_on_candidate(bigint, bigint, date)
    TO convergence_web, convergence_worker;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0010_undo_end_support"),
        ("territories", "0006_setting_up"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Candidate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("series", models.UUIDField(db_index=True, default=uuid.uuid4, editable=False)),
                (
                    "recorded_at",
                    models.DateTimeField(
                        db_default=django.contrib.postgres.functions.TransactionNow(),
                        editable=False,
                        verbose_name="noté le",
                    ),
                ),
                ("superseded_at", models.DateTimeField(editable=False, null=True)),
                ("source", models.CharField(default="screen", editable=False, max_length=40)),
                ("valid", django.contrib.postgres.fields.ranges.DateRangeField(verbose_name="période")),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.RESTRICT, related_name="candidates", to="people.person"
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="noté par",
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.RESTRICT, related_name="candidates", to="territories.site"
                    ),
                ),
            ],
            options={
                "abstract": False,
                "constraints": [
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        condition=models.Q(("superseded_at", None)),
                        expressions=[("person", "="), ("site", "="), ("valid", "&&")],
                        name="candidate_once_at_a_time",
                        violation_error_message="Ce chantier connaît déjà cette candidature à ces dates.",
                    ),
                    convergence.access.policies.PersonVersions(
                        compartment="identity", name="candidate", person="person_id", writable=False
                    ),
                ],
            },
        ),
        migrations.RunSQL(FUNCTIONS),
    ]

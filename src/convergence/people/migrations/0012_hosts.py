"""Somebody at another structure, where one person's path goes on, reads that one person: ``open_host``, ``end_host``."""

import uuid

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.contrib.postgres.functions
import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

import convergence.access.policies

FUNCTIONS = """
-- Who reads a person because a site supports her or considers her, because a mission follows her, or because her path
-- goes on where somebody of another structure hosts her: that account reads her alone, from a day to a day.
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
     WHERE c.superseded_at IS NULL
    UNION ALL
    SELECT s.id, h.person_id, r.compartment, r.may_write, h.valid, 'host', h.id
      FROM people_host h
      JOIN access_scope s ON s.kind = 'host' AND s.holder_id = h.user_id
      JOIN access_right r ON r.kind = 'host' AND r.role = s.role
     WHERE h.superseded_at IS NULL;

-- The scope of an account that hosts stands before anything is read by it.
CREATE FUNCTION people_scope_of_host() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO access_scope (kind, holder_id, role) VALUES ('host', NEW.user_id, 'host') ON CONFLICT DO NOTHING;
    RETURN NEW;
END $$;
CREATE TRIGGER scope BEFORE INSERT ON people_host FOR EACH ROW EXECUTE FUNCTION people_scope_of_host();
CREATE TRIGGER readable AFTER INSERT OR UPDATE OR DELETE ON people_host
    FOR EACH ROW EXECUTE FUNCTION people_follow_readable();

-- The identity of one transaction. Nobody, a closed account or nothing held today: empty scopes, zero rows. Whoever
-- hosts somebody on the day has the role and the scope of it, mission or not.
CREATE OR REPLACE FUNCTION identify(actor bigint, on_day date) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    held_scopes bigint[];
    held_roles text[];
    known bigint;
BEGIN
    SELECT id INTO known FROM access_user WHERE id = actor AND is_active;
    SELECT coalesce(array_agg(DISTINCT s.id) FILTER (WHERE s.id IS NOT NULL), '{}'),
           coalesce(array_agg(DISTINCT m.role)
                    FILTER (WHERE NOT (m.role = 'administrator' AND m.territory_id IS NOT NULL)), '{}')
      INTO held_scopes, held_roles
      FROM territories_mission m
      LEFT JOIN access_scope s
             ON (s.kind = 'site' AND s.holder_id = m.site_id AND s.role = m.role)
             OR (s.kind = 'mission' AND s.holder_id = m.id AND s.role = m.role)
     WHERE m.user_id = known AND m.valid @> on_day;
    IF EXISTS (SELECT 1 FROM people_host h
                WHERE h.user_id = known AND h.superseded_at IS NULL AND h.valid @> on_day) THEN
        held_scopes := held_scopes || (SELECT s.id FROM access_scope s WHERE s.kind = 'host' AND s.holder_id = known);
        held_roles := held_roles || 'host'::text;
    END IF;
    PERFORM set_config('app.actor', coalesce(known::text, ''), true),
            set_config('app.today', coalesce(on_day::text, ''), true),
            set_config('app.scopes', held_scopes::text, true),
            set_config('app.roles', held_roles::text, true);
END $$;

-- Whether the actor keeps the working side of a person's file today: who employs her, not who considers or hosts her.
CREATE FUNCTION people_employs(wanted bigint) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    RETURN EXISTS (
        SELECT 1 FROM access_readable r
         WHERE r.person_id = wanted AND r.compartment = 'work' AND r.may_write
           AND r.scope_id = ANY (nullif(current_setting('app.scopes', true), '')::bigint[])
           AND r.valid @> nullif(current_setting('app.today', true), '')::date);

-- One person's work path is opened to one account, made here without a password where the address has none. NULL where
-- that account is closed, or the actor's own.
CREATE FUNCTION open_host(wanted bigint, host_email text, given text, family text, host_structure text,
                          first_day date, last_day date, agreed date) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    actor bigint := nullif(current_setting('app.actor', true), '')::bigint;
    account access_user;
BEGIN
    IF NOT people_employs(wanted) OR first_day IS NULL OR last_day IS NULL
       OR first_day < nullif(current_setting('app.today', true), '')::date
       OR last_day >= first_day + interval '2 years' THEN
        RAISE EXCEPTION 'the actor does not open this work path' USING ERRCODE = 'insufficient_privilege';
    END IF;
    SELECT * INTO account FROM access_user u WHERE u.email = host_email;
    IF NOT FOUND THEN
        INSERT INTO access_user (email, password, given_name, family_name, is_active, created_at, opened_by_id)
            VALUES (host_email, '!' || replace(gen_random_uuid()::text, '-', ''), given, family, true, now(), actor)
            RETURNING * INTO account;
    ELSIF NOT account.is_active OR account.id = actor THEN
        RETURN NULL;
    END IF;
    INSERT INTO people_host (person_id, user_id, structure, agreed_on, valid, series, recorded_at, recorded_by_id, source)
        VALUES (wanted, account.id, host_structure, agreed, daterange(first_day, last_day, '[]'), gen_random_uuid(),
                now(), actor, 'screen');
    RETURN account.id;
END $$;

-- The access is closed at once; what was read until yesterday stays on record.
CREATE FUNCTION end_host(closed bigint) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    running people_host;
    day date := nullif(current_setting('app.today', true), '')::date;
BEGIN
    SELECT * INTO running FROM people_host h WHERE h.id = closed AND people_employs(h.person_id) FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'the actor does not close this work path' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF running.superseded_at IS NOT NULL OR upper(running.valid) <= day THEN
        RETURN false;
    END IF;
    UPDATE people_host SET superseded_at = now() WHERE id = running.id;
    IF lower(running.valid) < day THEN
        INSERT INTO people_host (person_id, user_id, structure, agreed_on, valid, series, recorded_at, recorded_by_id,
                                 source)
            VALUES (running.person_id, running.user_id, running.structure, running.agreed_on,
                    daterange(lower(running.valid), day), running.series, now(),
                    nullif(current_setting('app.actor', true), '')::bigint, 'screen');
    END IF;
    RETURN true;
END $$;

REVOKE ALL ON FUNCTION people_scope_of_host(), people_employs(bigint),
    open_host(bigint, text, text, text, text, date, date, date), end_host(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION open_host(bigint, text, text, text, text, date, date, date), end_host(bigint)
    TO convergence_web, convergence_worker;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0011_candidates"),
        ("territories", "0006_setting_up"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Host",
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
                ("structure", models.CharField(max_length=160, verbose_name="structure")),
                ("agreed_on", models.DateField(verbose_name="accord de la personne le")),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.AddField(
            model_name="host",
            name="person",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.RESTRICT, related_name="hosts", to="people.person"
            ),
        ),
        migrations.AddField(
            model_name="host",
            name="recorded_by",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.RESTRICT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="noté par",
            ),
        ),
        migrations.AddField(
            model_name="host",
            name="user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.RESTRICT, related_name="hosted", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddConstraint(
            model_name="host",
            constraint=models.CheckConstraint(
                condition=models.Q(("valid__isempty", False), ("valid__lower_inf", False), ("valid__upper_inf", False)),
                name="host_has_both_days",
                violation_error_message="Un accès a un premier jour, et un dernier qui vient après.",
            ),
        ),
        migrations.AddConstraint(
            model_name="host",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("structure", ""), _negated=True),
                    ("agreed_on__lte", django.db.models.functions.text.Lower(models.F("valid"))),
                ),
                name="host_agreed_before",
                violation_error_message="La personne donne son accord avant que l’accès s’ouvre.",
            ),
        ),
        migrations.AddConstraint(
            model_name="host",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                condition=models.Q(("superseded_at", None)),
                expressions=[("person", "="), ("user", "="), ("valid", "&&")],
                name="host_once_at_a_time",
                violation_error_message="Ce compte a déjà accès au parcours de cette personne à ces dates.",
            ),
        ),
        migrations.AddConstraint(
            model_name="host",
            constraint=convergence.access.policies.PersonVersions(
                compartment="work", name="host", person="person_id", writable=False
            ),
        ),
        migrations.RunSQL(FUNCTIONS),
    ]

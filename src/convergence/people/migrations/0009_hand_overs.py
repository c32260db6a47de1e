"""Hand-overs between colleagues; nobody who has had a referent remains without one."""

import uuid

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.contrib.postgres.functions
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import convergence.access.policies

FUNCTIONS = """
-- Who may write a version of a hand-over. It is offered by somebody of the site's team who is not the receiver;
-- answered by the receiver alone, and taken back by anybody else of the team, always after the offer that stood.
CREATE FUNCTION may_hand_over(of_series uuid, wanted bigint, by_giver bigint, by_receiver bigint, during daterange,
                              said text) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    RETURN EXISTS (
        SELECT 1 FROM territories_mission g
          JOIN territories_mission r ON r.id = by_receiver AND r.site_id = g.site_id
          JOIN people_support p ON p.site_id = g.site_id AND p.person_id = wanted AND p.superseded_at IS NULL
         WHERE g.id = by_giver AND g.role IN ('counsellor', 'support_worker')
           AND r.role IN ('counsellor', 'support_worker')
           AND holds_at_site(g.site_id, 'counsellor', 'support_worker', 'site_manager')
           AND (r.user_id = nullif(current_setting('app.actor', true), '')::bigint)
               = (said IN ('accepted', 'declined'))
           AND (said = 'offered' OR EXISTS (
                SELECT 1 FROM people_handover h
                 WHERE h.series = of_series AND h.person_id = wanted AND h.giver_id = by_giver
                   AND h.receiver_id = by_receiver AND h.state = 'offered' AND h.valid @> during
                   AND h.superseded_at = transaction_timestamp())));

-- As before, and: a colleague who has just accepted what another offered follows the person over those days.
CREATE OR REPLACE FUNCTION may_follow(wanted bigint, by_mission bigint, during daterange) RETURNS boolean
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
           AND a.superseded_at = transaction_timestamp())
     OR EXISTS (
        SELECT 1 FROM people_handover h
         WHERE h.person_id = wanted AND h.receiver_id = by_mission AND h.valid @> during AND h.state = 'accepted'
           AND h.superseded_at IS NULL AND h.recorded_at = transaction_timestamp());

-- The days, from today on, over which a person supported by a mission's site would be followed by nobody.
CREATE FUNCTION people_unfollowed(wanted bigint, by_mission bigint, over datemultirange) RETURNS datemultirange
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT over
           * datemultirange(daterange(coalesce(nullif(current_setting('app.today', true), '')::date, current_date), NULL))
           * (SELECT coalesce(range_agg(p.valid), '{}') FROM people_support p
               WHERE p.person_id = wanted AND p.site_id = m.site_id AND p.superseded_at IS NULL)
           - (SELECT coalesce(range_agg(a.valid * o.valid), '{}')
                FROM people_assignment a JOIN territories_mission o ON o.id = a.mission_id
               WHERE a.person_id = wanted AND a.superseded_at IS NULL
                 AND o.role IN ('counsellor', 'support_worker'))
      FROM territories_mission m WHERE m.id = by_mission
$$;

-- A follow-up that is closed or shortened has somebody after it; asked at the end of the transaction, in which
-- another takes it over. A person whom nobody ever followed is not concerned: Today tells the team of her.
CREATE FUNCTION people_assignment_followed() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM territories_mission m
                WHERE m.id = OLD.mission_id AND m.role IN ('counsellor', 'support_worker'))
       AND NOT isempty(people_unfollowed(OLD.person_id, OLD.mission_id,
                                         (SELECT datemultirange(OLD.valid * m.valid) FROM territories_mission m
                                           WHERE m.id = OLD.mission_id))) THEN
        RAISE EXCEPTION 'somebody would remain without a referent'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'assignment_followed_after';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER assignment_followed_after AFTER UPDATE OF superseded_at ON people_assignment
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (OLD.superseded_at IS NULL AND NEW.superseded_at IS NOT NULL)
    EXECUTE FUNCTION people_assignment_followed();

-- A mission does not end while it follows people whom nobody follows after it.
CREATE FUNCTION people_mission_followed() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM people_assignment a
                WHERE a.mission_id = NEW.id AND a.superseded_at IS NULL
                  AND NOT isempty(people_unfollowed(
                      a.person_id, NEW.id,
                      datemultirange(a.valid) * (datemultirange(OLD.valid) - datemultirange(NEW.valid))))) THEN
        RAISE EXCEPTION 'this mission still follows people'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'mission_followed_after';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER mission_followed_after AFTER UPDATE OF valid ON territories_mission
    FOR EACH ROW WHEN (NEW.role IN ('counsellor', 'support_worker') AND NOT NEW.valid @> OLD.valid)
    EXECUTE FUNCTION people_mission_followed();

REVOKE ALL ON FUNCTION may_hand_over(uuid, bigint, bigint, bigint, daterange, text),
    people_unfollowed(bigint, bigint, datemultirange), people_assignment_followed(), people_mission_followed()
    FROM PUBLIC;
GRANT EXECUTE ON FUNCTION may_hand_over(uuid, bigint, bigint, bigint, daterange, text)
    TO convergence_web, convergence_worker;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0008_links_as_they_stand"),
        ("territories", "0006_setting_up"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="HandOver",
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
                ("state", models.CharField(default="offered", max_length=12)),
                (
                    "giver",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.RESTRICT, related_name="+", to="territories.mission"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.RESTRICT, related_name="hand_overs", to="people.person"
                    ),
                ),
                (
                    "receiver",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.RESTRICT, related_name="+", to="territories.mission"
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
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("giver", models.F("receiver")), _negated=True),
                        name="hand_over_to_somebody_else",
                        violation_error_message="Choisissez une ou un autre collègue.",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        condition=models.Q(("state", "offered"), ("superseded_at", None)),
                        expressions=[("person", "="), ("giver", "="), ("valid", "&&")],
                        name="hand_over_one_offer_at_a_time",
                        violation_error_message="Cette personne est déjà confiée à ces dates : la réponse est attendue.",
                    ),
                    convergence.access.policies.PersonVersions(
                        compartment="identity",
                        insert_if="may_hand_over(series, person_id, giver_id, receiver_id, valid, state)",
                        name="hand_over",
                        person="person_id",
                        writable=True,
                    ),
                ],
            },
        ),
        migrations.RunSQL(FUNCTIONS),
    ]

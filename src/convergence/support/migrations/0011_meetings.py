"""Appointments, group sessions, joint support; the feed of one's own calendar and the reminders of a day."""

import uuid

import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.contrib.postgres.functions
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import convergence.access.policies
import convergence.people.sealed
import convergence.platform.policies
import convergence.support.meetings.constraints

FUNCTIONS = """
-- Whose calendar feed this is, while the account is open: a calendar program has no session.
CREATE FUNCTION support_feed_owner(wanted bytea) RETURNS bigint
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT u.id FROM support_calendarfeed f JOIN access_user u ON u.id = f.user_id AND u.is_active
     WHERE f.digest = wanted
$$;

-- When colleagues who support people at the actor's own sites are taken; never with whom, where or why.
CREATE FUNCTION support_busy(colleagues bigint[], since timestamptz, until timestamptz)
    RETURNS TABLE (series uuid, user_id bigint, starts_at timestamptz, minutes integer)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH asked AS (
        SELECT nullif(current_setting('app.actor', true), '')::bigint AS actor,
               nullif(current_setting('app.today', true), '')::date AS today
    ), near AS (
        SELECT DISTINCT theirs.user_id FROM asked
          JOIN territories_mission mine ON mine.user_id = actor AND mine.valid @> today
                                       AND mine.role IN ('counsellor', 'support_worker')
          JOIN territories_mission theirs ON theirs.site_id = mine.site_id AND theirs.valid @> today
                                         AND theirs.role IN ('counsellor', 'support_worker')
         WHERE theirs.user_id = ANY (colleagues)
    )
    SELECT a.series, a.colleague_id, a.starts_at, a.minutes::integer
      FROM near JOIN support_appointment a ON a.colleague_id = near.user_id
     WHERE a.superseded_at IS NULL AND a.outcome <> 'cancelled'
       -- No appointment lasts more than twelve hours.
       AND a.starts_at > since - interval '12 hours' AND a.starts_at < until
       AND a.starts_at + make_interval(mins => a.minutes) > since
$$;

-- Who is to be reminded of how many appointments of a day, each colleague once; counts what she still may read.
CREATE FUNCTION support_remind(on_day date) RETURNS TABLE (email text, appointments bigint)
    LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DELETE FROM support_remindersent s WHERE s.day < on_day - 30;
    WITH awaited AS (
        SELECT a.colleague_id, count(*) AS n FROM support_appointment a
         WHERE a.superseded_at IS NULL AND a.outcome = '' AND a.valid @> on_day
           AND a.starts_at >= (on_day - 1)::timestamp AT TIME ZONE 'UTC'
           AND a.starts_at < (on_day + 2)::timestamp AT TIME ZONE 'UTC'
           AND EXISTS (
               SELECT 1 FROM territories_mission m
                 JOIN access_scope s ON s.role = m.role
                      AND ((s.kind = 'site' AND s.holder_id = m.site_id) OR (s.kind = 'mission' AND s.holder_id = m.id))
                 JOIN access_readable r ON r.scope_id = s.id AND r.person_id = a.person_id
                      AND r.compartment = a.compartment AND r.valid @> on_day
                WHERE m.user_id = a.colleague_id AND m.valid @> on_day)
         GROUP BY a.colleague_id
    ), told AS (
        INSERT INTO support_remindersent (user_id, day)
        SELECT awaited.colleague_id, on_day FROM awaited JOIN access_user u ON u.id = awaited.colleague_id AND u.is_active
        ON CONFLICT (user_id, day) DO NOTHING
        RETURNING user_id
    )
    SELECT u.email::text, awaited.n
      FROM told JOIN awaited ON awaited.colleague_id = told.user_id JOIN access_user u ON u.id = told.user_id
     ORDER BY u.id
$$;

REVOKE ALL ON FUNCTION support_feed_owner(bytea), support_busy(bigint[], timestamptz, timestamptz),
    support_remind(date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION support_feed_owner(bytea), support_busy(bigint[], timestamptz, timestamptz)
    TO convergence_web, convergence_worker;
GRANT EXECUTE ON FUNCTION support_remind(date) TO convergence_worker;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0007_readable_index"),
        ("people", "0008_links_as_they_stand"),
        ("support", "0010_goals_and_actions"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CalendarFeed",
            fields=[
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="calendar_feed",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("digest", models.BinaryField(max_length=32, unique=True)),
                ("made_at", models.DateTimeField(auto_now=True)),
            ],
            options={
                "constraints": [
                    convergence.platform.policies.RowPolicy(
                        delete="user_id = (SELECT nullif(current_setting('app.actor', true), '')::bigint)",
                        insert="user_id = (SELECT nullif(current_setting('app.actor', true), '')::bigint)",
                        name="calendar_feed",
                        read="user_id = (SELECT nullif(current_setting('app.actor', true), '')::bigint)",
                        update="user_id = (SELECT nullif(current_setting('app.actor', true), '')::bigint)",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Appointment",
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
                    "compartment",
                    models.CharField(default="social", max_length=10),
                ),
                ("kind", models.CharField(max_length=20, verbose_name="sorte de rendez-vous")),
                ("starts_at", models.DateTimeField(verbose_name="début")),
                ("minutes", models.PositiveSmallIntegerField(verbose_name="durée")),
                ("agreed", models.BooleanField(default=True, verbose_name="convenu avec la personne")),
                (
                    "place",
                    convergence.people.sealed.SealedTextField(
                        blank=True, editable=True, null=True, verbose_name="lieu"
                    ),
                ),
                (
                    "purpose",
                    convergence.people.sealed.SealedTextField(
                        blank=True, editable=True, null=True, verbose_name="pour quoi"
                    ),
                ),
                ("outcome", models.CharField(blank=True, max_length=12)),
                (
                    "result",
                    convergence.people.sealed.SealedTextField(
                        blank=True, editable=True, null=True, verbose_name="ce qu’il en ressort"
                    ),
                ),
                ("contact", models.UUIDField(editable=False, null=True)),
                (
                    "joint",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.UUIDField(), blank=True, default=list, size=None
                    ),
                ),
                (
                    "colleague",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="qui y va",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="appointments",
                        to="people.person",
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
                "indexes": [
                    models.Index(fields=["person", "-starts_at"], name="appointment_latest"),
                    models.Index(
                        condition=models.Q(("superseded_at", None)),
                        fields=["colleague", "starts_at"],
                        name="appointment_of_colleague",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("compartment__in", ["social", "health", "justice"])),
                        name="appointment_compartment",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("minutes__range", (5, 720))),
                        name="appointment_length",
                        violation_error_message="Un rendez-vous dure entre 5 minutes et 12 heures.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "joint_meeting"), models.Q(("joint", []), _negated=True)),
                            models.Q(models.Q(("kind", "joint_meeting"), _negated=True), ("joint", [])),
                            _connector="OR",
                        ),
                        name="appointment_joint_with_whom",
                        violation_error_message="Dites avec quels autres référents la rencontre a lieu.",
                    ),
                    convergence.support.meetings.constraints.UnderInformation(name="appointment_joint_allowed"),
                    convergence.access.policies.PersonVersions(name="appointment", person="person_id", writable=True),
                ],
            },
        ),
        migrations.CreateModel(
            name="GroupAttendance",
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
                    "compartment",
                    models.CharField(default="social", max_length=10),
                ),
                ("gathering", models.UUIDField()),
                ("kind", models.CharField(max_length=12)),
                ("title", models.CharField(max_length=120, verbose_name="intitulé")),
                ("minutes", models.PositiveSmallIntegerField(verbose_name="durée")),
                (
                    "colleagues",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), default=list, size=None
                    ),
                ),
                ("outcome", models.CharField(max_length=12)),
                ("contact", models.UUIDField(editable=False, null=True)),
                (
                    "person",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="group_attendances",
                        to="people.person",
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
                "indexes": [
                    models.Index(fields=["person", "-valid"], name="group_latest"),
                    models.Index(
                        condition=models.Q(("superseded_at", None)), fields=["gathering"], name="group_of_gathering"
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("compartment__in", ["social", "health"])), name="group_compartment"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("outcome__in", ["came", "absent"])), name="group_outcome"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("minutes__range", (5, 720))),
                        name="group_length",
                        violation_error_message="Un temps collectif dure entre 5 minutes et 12 heures.",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("superseded_at", None)),
                        fields=("person", "gathering"),
                        name="group_once_each",
                        violation_error_message="Cette personne est déjà notée à ce temps collectif.",
                    ),
                    convergence.access.policies.PersonVersions(
                        name="group_attendance", person="person_id", writable=True
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="JointSupport",
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
                ("compartment", models.CharField(max_length=10)),
                ("referent", models.UUIDField()),
                (
                    "discussed",
                    django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=10), size=None),
                ),
                ("informed_on", models.DateField(verbose_name="informée le")),
                (
                    "words",
                    convergence.people.sealed.SealedTextField(
                        blank=True, editable=True, null=True, verbose_name="dans quels mots"
                    ),
                ),
                ("objected_on", models.DateField(blank=True, null=True, verbose_name="s’oppose depuis le")),
                (
                    "objection",
                    convergence.people.sealed.SealedTextField(
                        blank=True, editable=True, null=True, verbose_name="ce qu’elle a dit"
                    ),
                ),
                (
                    "informed_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.RESTRICT, related_name="joint_supports", to="people.person"
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
                        condition=models.Q(("compartment__in", ["social", "health", "justice"])),
                        name="joint_compartment",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("discussed", []), _negated=True),
                            ("discussed__contained_by", ["work", "social", "health", "justice"]),
                        ),
                        name="joint_says_what_is_discussed",
                        violation_error_message="Dites de quoi il est parlé avec ce référent.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("words__isnull", False)),
                        name="joint_after_information",
                        violation_error_message="Écrivez dans quels mots la personne a été informée.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("objected_on", None), ("objected_on__gte", models.F("informed_on")), _connector="OR"
                        ),
                        name="joint_objection_after_information",
                        violation_error_message="L’opposition ne peut pas précéder l’information.",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        condition=models.Q(("superseded_at", None)),
                        expressions=[("person", "="), ("referent", "="), ("valid", "&&")],
                        name="joint_once_at_a_time",
                        violation_error_message="Cette information est déjà notée pour ce référent à ces dates.",
                    ),
                    convergence.access.policies.PersonVersions(name="joint_support", person="person_id", writable=True),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReminderSent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("user", "day"), name="reminder_once"),
                    convergence.platform.policies.RowPolicy(name="reminder_sent"),
                ],
            },
        ),
        migrations.RunSQL(FUNCTIONS),
    ]

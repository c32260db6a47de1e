"""Referrals: their steps, what the partner is shown, its single-purpose links, messages about them."""

import uuid

import django.contrib.postgres.functions
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import convergence.people.sealed
import convergence.referrals.policies
import convergence.vocabulary.referrals

KEPT = (
    "series",
    "person_id",
    "site_id",
    "territory_id",
    "compartment",
    "domain",
    "need",
    "offer_id",
    "opened_on",
    "proposed_on",
    "agreed_on",
    "sent_on",
    "answered_on",
    "appointment_at",
    "confirmed_on",
    "refused_by",
    "refusal_reason",
)
"""What a referral that lapses goes on saying."""

FUNCTIONS = """
-- A referral keeps its object: person, site, need and offer of a series never change once noted; its territory is the
-- site's and the offer's. The partner's link says what a partner may say, and nothing for the person or the team.
CREATE FUNCTION referrals_keep_object() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM referrals_referral f
                WHERE f.series = NEW.series
                  AND (f.person_id, f.site_id, f.territory_id, f.compartment, f.domain, f.need)
                      IS DISTINCT FROM
                      (NEW.person_id, NEW.site_id, NEW.territory_id, NEW.compartment, NEW.domain, NEW.need)
                   OR f.series = NEW.series AND f.sent_on IS NOT NULL AND f.offer_id IS DISTINCT FROM NEW.offer_id)
       OR NOT EXISTS (SELECT 1 FROM territories_site s
                       WHERE s.id = NEW.site_id AND s.territory_id = NEW.territory_id)
       OR EXISTS (SELECT 1 FROM network_offer o WHERE o.id = NEW.offer_id AND o.territory_id <> NEW.territory_id) THEN
        RAISE EXCEPTION 'a referral keeps its object'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'referral_in_its_compartment';
    END IF;
    IF nullif(current_setting('app.link', true), '') IS NOT NULL
       AND (NEW.state NOT IN ('sent', 'waiting_list', 'accepted', 'started', 'completed', 'interrupted', 'refused')
            OR NEW.refused_by = 'person') THEN
        RAISE EXCEPTION 'the partner speaks for itself' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER object BEFORE INSERT ON referrals_referral
    FOR EACH ROW EXECUTE FUNCTION referrals_keep_object();

-- The referral of a link that stands: not shut, of a referral that was not cancelled, and the person agrees still.
CREATE FUNCTION referrals_linked(wanted bytea) RETURNS referrals_link
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT l FROM referrals_link l
      JOIN referrals_referral f ON f.series = l.referral AND f.superseded_at IS NULL AND f.state <> 'cancelled'
     WHERE l.digest = wanted AND l.superseded_at IS NULL AND l.shut_on IS NULL
       AND EXISTS (SELECT 1 FROM people_sharing g
                    WHERE g.referral = l.referral AND g.superseded_at IS NULL AND g.withdrawn_on IS NULL)
$$;

-- The identity of a transaction that a partner's link opens: one referral, its offer, its partner; no account, no scope.
-- A link that does not work leaves the transaction nobody's.
CREATE FUNCTION identify_link(wanted bytea, on_day date)
    RETURNS TABLE (referral uuid, person_id bigint, wrapped bytea)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
    found referrals_link := referrals_linked(wanted);
BEGIN
    PERFORM identify(NULL, on_day);
    IF found.id IS NULL OR found.expires_on < on_day THEN
        RETURN;
    END IF;
    PERFORM set_config('app.roles', '{partner}', true),
            set_config('app.link', found.referral::text, true),
            set_config('app.offer', o.id::text, true),
            set_config('app.partner', o.partner_id::text, true)
       FROM referrals_referral f JOIN network_offer o ON o.id = f.offer_id
      WHERE f.series = found.referral AND f.superseded_at IS NULL;
    RETURN QUERY SELECT found.referral, found.person_id, k.wrapped
                   FROM people_personkey k WHERE k.person_id = found.person_id;
END $$;

-- The page of the link that identifies this transaction was fetched, or read. Both are looks at a person: they are on
-- the record of looks too, of nobody's account, acting as the partner.
CREATE FUNCTION record_partner_look(was_read boolean) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    INSERT INTO access_accessrecord (at, actor_id, acting_as, page, person_id, compartments)
    SELECT now(), 0, ARRAY['partner'], CASE WHEN was_read THEN 'partner-read' ELSE 'partner-fetched' END,
           f.person_id, ARRAY[f.compartment]
      FROM referrals_referral f
     WHERE f.series = nullif(current_setting('app.link', true), '')::uuid AND f.superseded_at IS NULL;
    INSERT INTO referrals_partnerlook (person_id, compartment, referral, at, read)
    SELECT f.person_id, f.compartment, f.series, now(), was_read FROM referrals_referral f
     WHERE f.series = nullif(current_setting('app.link', true), '')::uuid AND f.superseded_at IS NULL
$$;

-- A new link for whoever holds one that works no more, at the address of before: NULL, and nothing made, where the
-- partner has nothing to answer, where the agreement was withdrawn, or where a link was made within a quarter of an hour.
CREATE FUNCTION renew_link(dead bytea, fresh bytea, on_day date, until date) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    found referrals_link := referrals_linked(dead);
BEGIN
    IF found.id IS NULL
       OR NOT EXISTS (SELECT 1 FROM referrals_referral f
                       WHERE f.series = found.referral AND f.superseded_at IS NULL
                         AND f.state IN ('sent', 'waiting_list', 'accepted', 'started'))
       OR EXISTS (SELECT 1 FROM referrals_link l
                   WHERE l.referral = found.referral AND l.recorded_at > now() - interval '15 minutes') THEN
        RETURN NULL;
    END IF;
    INSERT INTO referrals_link (series, recorded_at, source, person_id, compartment, referral, digest, reason, sent_to,
                                sent_on, expires_on)
        VALUES (gen_random_uuid(), now(), 'renewed', found.person_id, found.compartment, found.referral, fresh,
                'renewed', found.sent_to, on_day, until);
    RETURN found.sent_to;
END $$;

-- Referrals that wait for their partner, and since when: a meeting on a day agreed with the person comes first.
CREATE VIEW referrals_waiting WITH (security_invoker = true) AS
    SELECT f.id, f.series, f.person_id, f.compartment,
           greatest(f.sent_on, (f.appointment_at AT TIME ZONE 'Europe/Paris')::date) AS since
      FROM referrals_referral f
     WHERE f.superseded_at IS NULL AND f.state = 'sent'
       AND (f.appointment_at IS NULL OR f.confirmed_on IS NOT NULL);

-- One partner that has not answered for so many days, reminded once for a referral: a new link is made, its address
-- told to the worker; NULL when nobody is left.
CREATE FUNCTION remind_referral(fresh bytea, on_day date, after_days integer, until date) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    earlier referrals_link;
BEGIN
    SELECT l.* INTO earlier FROM referrals_link l JOIN referrals_waiting w ON w.series = l.referral
     WHERE l.superseded_at IS NULL AND l.shut_on IS NULL AND w.since + after_days <= on_day
       AND (referrals_linked(l.digest)).id IS NOT NULL
       AND NOT EXISTS (SELECT 1 FROM referrals_link r WHERE r.referral = l.referral AND r.reason = 'reminder')
     ORDER BY w.since, l.id DESC LIMIT 1 FOR UPDATE OF l SKIP LOCKED;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    INSERT INTO referrals_link (series, recorded_at, source, person_id, compartment, referral, digest, reason, sent_to,
                                sent_on, expires_on)
        VALUES (gen_random_uuid(), now(), 'time', earlier.person_id, earlier.compartment, earlier.referral, fresh,
                'reminder', earlier.sent_to, on_day, until);
    RETURN earlier.sent_to;
END $$;

-- Referrals that their partner never answered lapse, and the places kept for them are free again.
CREATE FUNCTION lapse_referrals(on_day date, after_days integer) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    late bigint[];
    closed bigint;
BEGIN
    PERFORM 1 FROM referrals_referral f WHERE f.id IN (SELECT w.id FROM referrals_waiting w
                                                        WHERE w.since + after_days <= on_day) FOR UPDATE;
    -- Read again under the locks: an answer that was being written has come by now.
    SELECT array_agg(w.id), count(*) INTO late, closed FROM referrals_waiting w WHERE w.since + after_days <= on_day;
    UPDATE referrals_referral SET superseded_at = now() WHERE id = ANY (late);
    INSERT INTO referrals_referral (COLUMNS, state, ended_on, recorded_at, source)
        SELECT COLUMNS, 'lapsed', on_day, now(), 'time' FROM referrals_referral WHERE id = ANY (late);
    UPDATE network_hold h SET superseded_at = now()
      FROM referrals_referral f WHERE f.id = ANY (late) AND h.referral = f.series AND h.superseded_at IS NULL;
    RETURN closed;
END $$;

REVOKE ALL ON FUNCTION referrals_keep_object(), referrals_linked(bytea), identify_link(bytea, date),
    record_partner_look(boolean), renew_link(bytea, bytea, date, date), remind_referral(bytea, date, integer, date),
    lapse_referrals(date, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION identify_link(bytea, date), record_partner_look(boolean),
    renew_link(bytea, bytea, date, date) TO convergence_web;
GRANT EXECUTE ON FUNCTION remind_referral(bytea, date, integer, date), lapse_referrals(date, integer)
    TO convergence_worker;
""".replace("COLUMNS", ", ".join(KEPT))


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("network", "0003_partners"),
        ("people", "0018_sharing"),
        ("territories", "0007_portfolio"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Link",
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
                ("compartment", models.CharField(max_length=10)),
                ("referral", models.UUIDField(db_index=True)),
                ("digest", models.BinaryField()),
                ("reason", models.CharField(max_length=8)),
                ("sent_to", models.EmailField(max_length=254)),
                ("sent_on", models.DateField()),
                ("expires_on", models.DateField()),
                ("shut_on", models.DateField(null=True)),
                (
                    "person",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="+",
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
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("superseded_at", None)), fields=("digest",), name="link_once"
                    ),
                    convergence.referrals.policies.OfReferralRows(name="link", person="person_id", writable=True),
                ],
            },
        ),
        migrations.CreateModel(
            name="PartnerLook",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("compartment", models.CharField(max_length=10)),
                ("referral", models.UUIDField(db_index=True)),
                ("at", models.DateTimeField()),
                ("read", models.BooleanField()),
                (
                    "person",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="+",
                        to="people.person",
                    ),
                ),
            ],
            options={
                "constraints": [convergence.referrals.policies.LookRows(name="partner_look")],
            },
        ),
        migrations.CreateModel(
            name="Referral",
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
                ("compartment", models.CharField(max_length=10)),
                ("domain", models.CharField(max_length=12)),
                ("need", models.CharField(max_length=20)),
                ("state", models.CharField(max_length=12)),
                ("opened_on", models.DateField()),
                ("proposed_on", models.DateField(null=True)),
                ("agreed_on", models.DateField(null=True)),
                ("sent_on", models.DateField(null=True)),
                ("answered_on", models.DateField(null=True)),
                ("waiting_since", models.DateField(null=True)),
                ("full_until", models.DateField(null=True, verbose_name="complet jusqu’au")),
                ("appointment_at", models.DateTimeField(null=True, verbose_name="rendez-vous proposé")),
                ("confirmed_on", models.DateField(null=True)),
                ("accepted_on", models.DateField(null=True)),
                ("started_on", models.DateField(null=True)),
                ("ended_on", models.DateField(null=True)),
                ("refused_by", models.CharField(blank=True, max_length=8)),
                ("refusal_reason", models.CharField(blank=True, max_length=24)),
                ("fact_on", models.DateField(null=True)),
                (
                    "offer",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.RESTRICT, related_name="+", to="network.offer"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.RESTRICT, related_name="referrals", to="people.person"
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
                        on_delete=django.db.models.deletion.RESTRICT, related_name="+", to="territories.site"
                    ),
                ),
                (
                    "territory",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="+",
                        to="territories.territory",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "indexes": [
                    models.Index(
                        condition=models.Q(("superseded_at", None)),
                        fields=["territory", "domain", "state"],
                        name="referral_of_territory",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("accepted_on__isnull", True),
                                ("agreed_on__isnull", True),
                                ("ended_on__isnull", True),
                                ("offer__isnull", True),
                                ("proposed_on__isnull", True),
                                ("sent_on__isnull", True),
                                ("started_on__isnull", True),
                                ("state__in", ["asked"]),
                                ("waiting_since__isnull", True),
                            ),
                            models.Q(
                                ("accepted_on__isnull", True),
                                ("agreed_on__isnull", True),
                                ("ended_on__isnull", True),
                                ("offer__isnull", False),
                                ("proposed_on__isnull", True),
                                ("sent_on__isnull", True),
                                ("started_on__isnull", True),
                                ("state__in", ["draft"]),
                                ("waiting_since__isnull", True),
                            ),
                            models.Q(
                                ("accepted_on__isnull", True),
                                ("agreed_on__isnull", True),
                                ("ended_on__isnull", True),
                                ("offer__isnull", False),
                                ("proposed_on__isnull", False),
                                ("sent_on__isnull", True),
                                ("started_on__isnull", True),
                                ("state__in", ["proposed"]),
                                ("waiting_since__isnull", True),
                            ),
                            models.Q(
                                ("accepted_on__isnull", True),
                                ("agreed_on__isnull", False),
                                ("ended_on__isnull", True),
                                ("offer__isnull", False),
                                ("sent_on__isnull", True),
                                ("started_on__isnull", True),
                                ("state__in", ["agreed"]),
                                ("waiting_since__isnull", True),
                            ),
                            models.Q(
                                ("accepted_on__isnull", True),
                                ("agreed_on__isnull", False),
                                ("ended_on__isnull", True),
                                ("offer__isnull", False),
                                ("sent_on__isnull", False),
                                ("started_on__isnull", True),
                                ("state__in", ["sent"]),
                                ("waiting_since__isnull", True),
                            ),
                            models.Q(
                                ("accepted_on__isnull", True),
                                ("ended_on__isnull", True),
                                ("offer__isnull", False),
                                ("sent_on__isnull", False),
                                ("started_on__isnull", True),
                                ("state__in", ["waiting_list"]),
                                ("waiting_since__isnull", False),
                            ),
                            models.Q(
                                ("accepted_on__isnull", False),
                                ("ended_on__isnull", True),
                                ("offer__isnull", False),
                                ("sent_on__isnull", False),
                                ("started_on__isnull", True),
                                ("state__in", ["accepted"]),
                            ),
                            models.Q(
                                ("accepted_on__isnull", False),
                                ("ended_on__isnull", True),
                                ("offer__isnull", False),
                                ("started_on__isnull", False),
                                ("state__in", ["started"]),
                            ),
                            models.Q(
                                ("ended_on__isnull", False),
                                ("offer__isnull", False),
                                ("started_on__isnull", False),
                                ("state__in", ["completed", "interrupted"]),
                            ),
                            models.Q(
                                ("ended_on__isnull", False),
                                ("offer__isnull", False),
                                ("started_on__isnull", True),
                                ("state__in", ["refused"]),
                            ),
                            models.Q(
                                ("ended_on__isnull", False), ("started_on__isnull", True), ("state__in", ["cancelled"])
                            ),
                            models.Q(
                                ("accepted_on__isnull", True),
                                ("ended_on__isnull", False),
                                ("offer__isnull", False),
                                ("sent_on__isnull", False),
                                ("started_on__isnull", True),
                                ("state__in", ["lapsed"]),
                            ),
                            _connector="OR",
                        ),
                        name="referral_dates_of_its_state",
                        violation_error_message="Les dates de cette mise en relation ne vont pas avec son état.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                (
                                    "refusal_reason__in",
                                    [
                                        convergence.vocabulary.referrals.RefusalReason["TOO_FAR"],
                                        convergence.vocabulary.referrals.RefusalReason["TIMES_DO_NOT_FIT"],
                                        convergence.vocabulary.referrals.RefusalReason["DOES_NOT_MEET_THE_NEED"],
                                        convergence.vocabulary.referrals.RefusalReason["NOT_READY"],
                                        convergence.vocabulary.referrals.RefusalReason["TOO_EXPENSIVE"],
                                        convergence.vocabulary.referrals.RefusalReason["OTHER"],
                                    ],
                                ),
                                ("refused_by", "person"),
                                ("state", "refused"),
                            ),
                            models.Q(
                                (
                                    "refusal_reason__in",
                                    [
                                        convergence.vocabulary.referrals.RefusalReason["NO_PLACE"],
                                        convergence.vocabulary.referrals.RefusalReason["NOT_ELIGIBLE"],
                                        convergence.vocabulary.referrals.RefusalReason["INCOMPLETE_FILE"],
                                        convergence.vocabulary.referrals.RefusalReason["TIMES_DO_NOT_FIT"],
                                        convergence.vocabulary.referrals.RefusalReason["DOES_NOT_MEET_THE_NEED"],
                                        convergence.vocabulary.referrals.RefusalReason["OTHER"],
                                    ],
                                ),
                                ("refused_by", "partner"),
                                ("sent_on__isnull", False),
                                ("state", "refused"),
                            ),
                            models.Q(
                                models.Q(("state", "refused"), _negated=True),
                                ("refusal_reason", ""),
                                ("refused_by", ""),
                            ),
                            _connector="OR",
                        ),
                        name="referral_refused_by_somebody",
                        violation_error_message="Dites qui a refusé, la personne ou le partenaire, et pourquoi.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("proposed_on__isnull", True),
                                ("proposed_on__gte", models.F("opened_on")),
                                _connector="OR",
                            ),
                            models.Q(
                                ("agreed_on__isnull", True), ("agreed_on__gte", models.F("opened_on")), _connector="OR"
                            ),
                            models.Q(
                                ("sent_on__isnull", True), ("sent_on__gte", models.F("agreed_on")), _connector="OR"
                            ),
                            models.Q(
                                ("accepted_on__isnull", True),
                                ("accepted_on__gte", models.F("sent_on")),
                                _connector="OR",
                            ),
                            models.Q(
                                ("started_on__isnull", True), ("started_on__gte", models.F("sent_on")), _connector="OR"
                            ),
                            models.Q(
                                ("ended_on__isnull", True), ("ended_on__gte", models.F("opened_on")), _connector="OR"
                            ),
                            models.Q(
                                ("ended_on__isnull", True),
                                ("started_on__isnull", True),
                                ("ended_on__gte", models.F("started_on")),
                                _connector="OR",
                            ),
                        ),
                        name="referral_dates_in_order",
                        violation_error_message="Cette date vient avant l’étape précédente.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "need__in",
                                [
                                    "basic_skills",
                                    "autonomy_at_work",
                                    "career_plan",
                                    "finding_a_job",
                                    "housing",
                                    "access_to_rights",
                                    "procedures",
                                    "mobility",
                                    "money",
                                    "access_to_care",
                                    "compensation",
                                    "recovery",
                                    "family",
                                ],
                            ),
                            models.Q(
                                models.Q(("compartment", "health"), ("domain__in", ["health", "disability"])),
                                models.Q(
                                    ("compartment", "social"),
                                    models.Q(("domain__in", ["health", "disability"]), _negated=True),
                                ),
                                _connector="OR",
                            ),
                        ),
                        name="referral_in_its_compartment",
                        violation_error_message="Ce besoin ne se partage pas avec un partenaire.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("confirmed_on__isnull", True), ("appointment_at__isnull", False), _connector="OR"
                        ),
                        name="referral_confirms_a_date",
                        violation_error_message="Aucune date n’est proposée.",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("superseded_at", None)),
                        fields=("series",),
                        name="referral_one_version_stands",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("ended_on", None), ("superseded_at", None)),
                        fields=("person", "offer"),
                        name="referral_once_to_an_offer",
                        violation_error_message="Une mise en relation avec cette offre est déjà en cours pour cette personne.",
                    ),
                    convergence.referrals.policies.ReferralRows(name="referral", person="person_id", writable=True),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReferralNote",
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
                ("compartment", models.CharField(max_length=10)),
                ("referral", models.UUIDField(db_index=True)),
                ("side", models.CharField(max_length=8)),
                ("audience", models.CharField(max_length=8)),
                (
                    "words",
                    convergence.people.sealed.SealedTextField(
                        blank=True, editable=True, null=True, verbose_name="message"
                    ),
                ),
                ("noted_on", models.DateField()),
                (
                    "person",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="+",
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
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("words__isnull", False)),
                        name="referral_note_has_words",
                        violation_error_message="Écrivez un message.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("side__in", ["team", "officer", "partner"]),
                            models.Q(
                                models.Q(("side", "partner"), _negated=True), ("audience", "partner"), _connector="OR"
                            ),
                        ),
                        name="referral_note_of_a_side",
                    ),
                    convergence.referrals.policies.OfReferralRows(
                        link_writes=True,
                        linked="audience = 'partner'",
                        name="referral_note",
                        person="person_id",
                        writable=True,
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Share",
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
                ("compartment", models.CharField(max_length=10)),
                ("referral", models.UUIDField(db_index=True)),
                ("content", convergence.people.sealed.SealedTextField(blank=True, editable=True, null=True)),
                ("frozen_on", models.DateField()),
                (
                    "person",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="+",
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
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("content__isnull", False)), name="share_not_empty"),
                    models.UniqueConstraint(
                        condition=models.Q(("superseded_at", None)),
                        fields=("referral",),
                        name="share_once",
                        violation_error_message="Ce que lit le partenaire est déjà arrêté.",
                    ),
                    convergence.referrals.policies.OfReferralRows(
                        linked="true", name="share", person="person_id", writable=True
                    ),
                ],
            },
        ),
        migrations.RunSQL(FUNCTIONS),
    ]

"""A person agrees to share: whoever covers the domain on the territory reads her name while she agrees."""

import uuid

import django.contrib.postgres.functions
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import convergence.access.policies
import convergence.people.sealed

FUNCTIONS = """
-- Who reads a person because a site supports her or considers her, because a mission follows her, or because her path
-- goes on where somebody of another structure hosts her: that account reads her alone, from a day to a day. Of a
-- candidate the path is read as long as the site considers her; the candidacy itself as long as it is kept. Whoever
-- covers a domain on a territory reads who agreed that her need in it be told there.
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
     WHERE h.superseded_at IS NULL
    UNION ALL
    -- Only while a site of that territory supports her: an agreement outlives no support.
    SELECT DISTINCT s.id, g.person_id, r.compartment, r.may_write, read.days, 'sharing', g.id
      FROM people_sharing g
      JOIN access_scope s ON s.kind = 'domain' AND s.holder_id = g.territory_id AND s.role = g.domain
      JOIN access_right r ON r.kind = 'domain' AND r.role = s.role
      JOIN people_support p ON p.person_id = g.person_id AND p.superseded_at IS NULL
      JOIN territories_site t ON t.id = p.site_id AND t.territory_id = g.territory_id
     CROSS JOIN LATERAL (SELECT daterange(g.agreed_on, g.withdrawn_on) * p.valid AS days) read
     WHERE g.superseded_at IS NULL AND NOT isempty(read.days);

CREATE TRIGGER readable AFTER INSERT OR UPDATE OR DELETE ON people_sharing
    FOR EACH ROW EXECUTE FUNCTION people_follow_readable();

-- The identity of one transaction. Nobody, a closed account or nothing held today: empty scopes, zero rows. Whoever
-- hosts somebody on the day has the role and the scope of it, mission or not. An officer has the scopes of the domains
-- that her portfolio names, or of all but health and disability; so has whoever coordinates.
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
    IF held_roles && ARRAY['partnership_officer', 'coordinator'] THEN
        held_scopes := held_scopes || ARRAY(
            SELECT DISTINCT s.id
              FROM territories_mission m
              LEFT JOIN territories_portfolio f ON f.mission_id = m.id AND m.role = 'partnership_officer'
              JOIN access_scope s ON s.kind = 'domain' AND s.holder_id = m.territory_id
                                 AND (s.role = ANY (f.domains)
                                      OR (f.id IS NULL AND s.role NOT IN ('health', 'disability')))
             WHERE m.user_id = known AND m.valid @> on_day AND m.role IN ('partnership_officer', 'coordinator'));
    END IF;
    PERFORM set_config('app.actor', coalesce(known::text, ''), true),
            set_config('app.today', coalesce(on_day::text, ''), true),
            set_config('app.scopes', held_scopes::text, true),
            set_config('app.roles', held_roles::text, true),
            set_config('app.link', '', true), set_config('app.offer', '', true),
            set_config('app.partner', '', true), set_config('app.ask', '', true);
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0017_path_of_candidates"),
        ("territories", "0007_portfolio"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Sharing",
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
                ("purpose", models.CharField(max_length=12)),
                ("recipient", models.CharField(max_length=12)),
                ("referral", models.UUIDField(null=True)),
                ("domain", models.CharField(max_length=12)),
                ("agreed_on", models.DateField(verbose_name="accord donné le")),
                ("how", models.CharField(max_length=12, verbose_name="comment")),
                (
                    "explained",
                    convergence.people.sealed.SealedTextField(
                        blank=True, editable=True, null=True, verbose_name="ce qui a été expliqué"
                    ),
                ),
                ("withdrawn_on", models.DateField(null=True, verbose_name="accord retiré le")),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.RESTRICT, related_name="sharings", to="people.person"
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
                    "territory",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
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
                        condition=models.Q(("referral__isnull", False)), fields=["referral"], name="sharing_of_referral"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("recipient", "officers"), ("referral__isnull", True), ("territory__isnull", False)
                            ),
                            models.Q(
                                ("recipient", "partner"), ("referral__isnull", False), ("territory__isnull", True)
                            ),
                            _connector="OR",
                        ),
                        name="sharing_with_one_recipient",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("compartment", "health"), ("domain__in", ["health", "disability"])),
                            models.Q(
                                ("compartment", "social"),
                                models.Q(("domain__in", ["health", "disability"]), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="sharing_in_its_compartment",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("how__in", ["spoken", "telephone", "message", "written"])),
                        name="sharing_says_how",
                        violation_error_message="Dites comment la personne a donné son accord.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("withdrawn_on__isnull", True),
                            ("withdrawn_on__gte", models.F("agreed_on")),
                            _connector="OR",
                        ),
                        name="sharing_withdrawn_after",
                        violation_error_message="Un accord ne se retire pas avant d’avoir été donné.",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("superseded_at", None), ("withdrawn_on", None)),
                        fields=("person", "domain", "territory", "referral"),
                        name="sharing_once",
                        nulls_distinct=False,
                        violation_error_message="Cet accord est déjà noté.",
                    ),
                    convergence.access.policies.PersonVersions(name="sharing", person="person_id", writable=True),
                ],
            },
        ),
        migrations.RunSQL(FUNCTIONS),
    ]

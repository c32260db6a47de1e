"""Partners of a territory, what they offer and what is agreed with them: each row carries its territory."""

import uuid

import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.contrib.postgres.functions
import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import convergence.network.sealed
import convergence.platform.policies

FUNCTIONS = """
-- Territories on which, or at a site of which, the actor holds one of these roles today.
CREATE FUNCTION network_territories(VARIADIC wanted_roles text[]) RETURNS bigint[]
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    RETURN coalesce((
        SELECT array_agg(DISTINCT coalesce(s.territory_id, m.territory_id))
          FROM territories_mission m LEFT JOIN territories_site s ON s.id = m.site_id
         WHERE m.user_id = nullif(current_setting('app.actor', true), '')::bigint
           AND m.role = ANY (wanted_roles) AND coalesce(s.territory_id, m.territory_id) IS NOT NULL
           AND m.valid @> nullif(current_setting('app.today', true), '')::date), '{}');

-- Offers that the question on places speaks of, to which a single-purpose link led in this transaction.
CREATE FUNCTION network_asked_offers() RETURNS bigint[]
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    RETURN coalesce((SELECT a.offers FROM network_capacityask a
                      WHERE a.id = nullif(current_setting('app.ask', true), '')::bigint), '{}');
END $$;

-- Opens the question to which a link leads, for the transaction; NULL for a link that is unknown or has expired.
CREATE FUNCTION network_open_ask(wanted_digest bytea, on_day date) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    found bigint;
BEGIN
    SELECT a.id INTO found FROM network_capacityask a WHERE a.digest = wanted_digest AND a.expires_on >= on_day;
    PERFORM set_config('app.ask', coalesce(found::text, ''), true);
    RETURN found;
END $$;

-- A question asked anew by whoever has its link, dead or not: once a day at most, and to the same contact if she may
-- still be written to. What to write her, or nothing.
CREATE FUNCTION network_renew_ask(old_digest bytea, new_digest bytea, on_day date, until_day date)
    RETURNS TABLE (email text, asked_by text)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    old record;
    address text;
BEGIN
    SELECT a.* INTO old FROM network_capacityask a WHERE a.digest = old_digest FOR UPDATE;
    IF old.id IS NULL OR EXISTS (SELECT FROM network_capacityask a WHERE a.contact = old.contact
                                  AND a.offers = old.offers AND a.asked_on >= on_day) THEN
        RETURN;
    END IF;
    SELECT c.email INTO address FROM network_contact c
     WHERE c.series = old.contact AND c.superseded_at IS NULL AND c.agreed_on IS NOT NULL AND c.email <> '';
    IF address IS NULL THEN
        RETURN;
    END IF;
    INSERT INTO network_capacityask (territory_id, partner_id, contact, offers, digest, asked_by, asked_on, expires_on)
        VALUES (old.territory_id, old.partner_id, old.contact, old.offers, new_digest, old.asked_by, on_day, until_day);
    RETURN QUERY SELECT address, old.asked_by::text;
END $$;

-- A row of the network is of the territory of what it hangs on, whatever its writer says.
CREATE FUNCTION network_take_territory() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    NEW.territory_id := CASE TG_ARGV[0]
        WHEN 'partner' THEN (SELECT p.territory_id FROM network_partner p
                              WHERE p.id = (to_jsonb(NEW) ->> 'partner_id')::bigint)
        WHEN 'offer' THEN (SELECT o.territory_id FROM network_offer o
                            WHERE o.id = (to_jsonb(NEW) ->> 'offer_id')::bigint)
        WHEN 'branch' THEN (SELECT b.territory_id FROM network_branch b
                             WHERE b.id = (to_jsonb(NEW) ->> 'branch_id')::bigint)
        WHEN 'site' THEN (SELECT s.territory_id FROM territories_site s
                           WHERE s.id = (to_jsonb(NEW) ->> 'site_id')::bigint)
        END;
    RETURN NEW;
END $$;

REVOKE ALL ON FUNCTION network_territories(text[]), network_asked_offers(), network_open_ask(bytea, date),
    network_renew_ask(bytea, bytea, date, date), network_take_territory() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION network_territories(text[]), network_asked_offers() TO convergence_web, convergence_worker;
GRANT EXECUTE ON FUNCTION network_open_ask(bytea, date), network_renew_ask(bytea, bytea, date, date)
    TO convergence_web;
"""

BELONGING = {
    "branch": "partner",
    "contact": "partner",
    "agreement": "partner",
    "exchange": "partner",
    "offer": "partner",
    "capacityask": "partner",
    "capacity": "offer",
    "hold": "offer",
    "travel": "branch",
    "sitepoint": "site",
}
"""Table → what it takes its territory from."""

TRIGGERS = "".join(
    f"CREATE TRIGGER territory BEFORE INSERT ON network_{table}"
    f" FOR EACH ROW EXECUTE FUNCTION network_take_territory('{origin}');"
    for table, origin in BELONGING.items()
) + "".join(
    f"CREATE TRIGGER history AFTER UPDATE ON network_{table} FOR EACH ROW EXECUTE FUNCTION territories_keep_what_was();"
    for table in ("partner", "branch", "offer", "sitepoint")
)


class Migration(migrations.Migration):
    dependencies = [
        ("network", "0002_directory_functions"),
        ("territories", "0006_setting_up"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL(FUNCTIONS),
        migrations.CreateModel(
            name="Branch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=160, verbose_name="nom")),
                ("siret", models.CharField(blank=True, max_length=14, verbose_name="SIRET")),
                ("address", models.CharField(blank=True, max_length=200, verbose_name="adresse")),
                (
                    "postcode",
                    models.CharField(
                        blank=True,
                        max_length=5,
                        validators=[
                            django.core.validators.RegexValidator("^\\d{5}$", "Un code postal compte 5 chiffres.")
                        ],
                        verbose_name="code postal",
                    ),
                ),
                ("commune", models.CharField(blank=True, max_length=80, verbose_name="commune")),
                (
                    "insee",
                    models.CharField(
                        blank=True,
                        max_length=5,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^(\\d{2}|2A|2B)\\d{3}$", "Un code commune de l’Insee compte 5 signes."
                            )
                        ],
                        verbose_name="code commune (Insee)",
                    ),
                ),
                ("latitude", models.FloatField(blank=True, null=True, verbose_name="latitude")),
                ("longitude", models.FloatField(blank=True, null=True, verbose_name="longitude")),
                ("phone", models.CharField(blank=True, max_length=30, verbose_name="téléphone")),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="e-mail")),
                ("directory_id", models.CharField(blank=True, editable=False, max_length=200)),
                ("closed_on", models.DateField(blank=True, null=True, verbose_name="fermée depuis le")),
                (
                    "territory",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="+",
                        to="territories.territory",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="Partner",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=160, verbose_name="nom")),
                (
                    "key",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Func(
                            models.F("name"), function="plain", output_field=models.CharField(max_length=320)
                        ),
                        output_field=models.CharField(max_length=320),
                    ),
                ),
                ("kind", models.CharField(max_length=20, verbose_name="nature")),
                (
                    "domains",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=12),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="domaines",
                    ),
                ),
                ("sensitive", models.BooleanField(default=False, verbose_name="nom sensible")),
                (
                    "siren",
                    models.CharField(
                        blank=True,
                        max_length=9,
                        validators=[django.core.validators.RegexValidator("^\\d{9}$", "Un SIREN compte 9 chiffres.")],
                        verbose_name="SIREN",
                    ),
                ),
                ("website", models.URLField(blank=True, max_length=300, verbose_name="site internet")),
                ("since", models.DateField(blank=True, null=True, verbose_name="partenaire depuis le")),
                ("closed_on", models.DateField(blank=True, null=True, verbose_name="n’est plus partenaire depuis le")),
                (
                    "territory",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="partners",
                        to="territories.territory",
                    ),
                ),
            ],
            options={
                "ordering": ["key", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Offer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("domain", models.CharField(max_length=12, verbose_name="domaine")),
                ("kind", models.CharField(max_length=16, verbose_name="nature")),
                ("health_access", models.CharField(blank=True, max_length=8, verbose_name="structure de soin")),
                ("name", models.CharField(max_length=200, verbose_name="nom")),
                (
                    "key",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Func(
                            models.F("name"), function="plain", output_field=models.CharField(max_length=400)
                        ),
                        output_field=models.CharField(max_length=400),
                    ),
                ),
                ("description", models.TextField(blank=True, max_length=4000, verbose_name="description")),
                ("conditions", models.TextField(blank=True, max_length=2000, verbose_name="conditions d’admission")),
                (
                    "publics",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=80),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="publics",
                    ),
                ),
                (
                    "themes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=120),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="thèmes",
                    ),
                ),
                (
                    "area_insee",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=5),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="zone",
                    ),
                ),
                ("open_over", django.contrib.postgres.fields.ranges.DateRangeField(verbose_name="ouverte")),
                (
                    "shelf_life_days",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="un chiffre vaut (jours)"),
                ),
                ("directory_id", models.CharField(blank=True, editable=False, max_length=200)),
                (
                    "branch",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="offers",
                        to="network.branch",
                        verbose_name="établissement",
                    ),
                ),
                (
                    "territory",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="+",
                        to="territories.territory",
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.RESTRICT, related_name="offers", to="network.partner"
                    ),
                ),
            ],
            options={
                "ordering": ["key", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Exchange",
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
                ("contact", models.UUIDField(blank=True, null=True, verbose_name="contact")),
                ("held_on", models.DateField(verbose_name="le")),
                ("kind", models.CharField(max_length=8, verbose_name="comment")),
                (
                    "words",
                    convergence.network.sealed.InstanceSealedField(
                        blank=True, editable=True, null=True, verbose_name="ce qui s’est dit"
                    ),
                ),
                (
                    "next_step",
                    convergence.network.sealed.InstanceSealedField(
                        blank=True, editable=True, null=True, verbose_name="prochaine étape"
                    ),
                ),
                ("next_on", models.DateField(blank=True, null=True, verbose_name="pour le")),
                ("next_done_on", models.DateField(editable=False, null=True)),
                (
                    "branch",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="+",
                        to="network.branch",
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
                        editable=False,
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="+",
                        to="territories.territory",
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.RESTRICT, related_name="exchanges", to="network.partner"
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Contact",
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
                ("name", models.CharField(max_length=120, verbose_name="nom")),
                ("function", models.CharField(blank=True, max_length=120, verbose_name="fonction")),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="e-mail")),
                ("phone", models.CharField(blank=True, max_length=30, verbose_name="téléphone")),
                ("agreed_on", models.DateField(blank=True, null=True, verbose_name="accord pour être contacté, le")),
                ("agreed_how", models.CharField(blank=True, max_length=12, verbose_name="comment")),
                ("main", models.BooleanField(default=False, verbose_name="premier contact")),
                (
                    "branch",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="contacts",
                        to="network.branch",
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
                        editable=False,
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="+",
                        to="territories.territory",
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.RESTRICT, related_name="contacts", to="network.partner"
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="CapacityAsk",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("contact", models.UUIDField()),
                ("offers", django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                ("digest", models.BinaryField(unique=True)),
                ("asked_by", models.CharField(max_length=200)),
                ("asked_on", models.DateField()),
                ("expires_on", models.DateField()),
                ("answered_on", models.DateField(null=True)),
                (
                    "territory",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="+",
                        to="territories.territory",
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.RESTRICT, related_name="asks", to="network.partner"
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="branch",
            name="partner",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.RESTRICT, related_name="branches", to="network.partner"
            ),
        ),
        migrations.CreateModel(
            name="Agreement",
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
                ("subject", models.CharField(max_length=300, verbose_name="objet")),
                (
                    "domains",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=12),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="domaines",
                    ),
                ),
                ("signed_on", models.DateField(blank=True, null=True, verbose_name="signée le")),
                (
                    "reserved_places",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="places réservées"),
                ),
                ("contact", models.UUIDField(blank=True, null=True, verbose_name="contact")),
                ("renewal", models.CharField(default="express", max_length=8, verbose_name="à son terme")),
                (
                    "notice_months",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="préavis (mois)"),
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
                        editable=False,
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="+",
                        to="territories.territory",
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.RESTRICT, related_name="agreements", to="network.partner"
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="SitePoint",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("latitude", models.FloatField(verbose_name="latitude")),
                ("longitude", models.FloatField(verbose_name="longitude")),
                (
                    "site",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.RESTRICT, related_name="point", to="territories.site"
                    ),
                ),
                (
                    "territory",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="+",
                        to="territories.territory",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Travel",
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
                ("minutes", models.PositiveSmallIntegerField(verbose_name="minutes")),
                ("said_by", models.CharField(blank=True, max_length=120, verbose_name="d’où vient ce temps")),
                (
                    "branch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.RESTRICT, related_name="travels", to="network.branch"
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
                        editable=False,
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="+",
                        to="territories.territory",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Hold",
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
                ("referral", models.UUIDField()),
                ("firm", models.BooleanField(default=False)),
                ("held_on", models.DateField()),
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
                        editable=False,
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="+",
                        to="territories.territory",
                    ),
                ),
                (
                    "offer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.RESTRICT, related_name="holds", to="network.offer"
                    ),
                ),
            ],
            options={
                "abstract": False,
                "indexes": [
                    models.Index(condition=models.Q(("superseded_at", None)), fields=["offer"], name="hold_of_offer")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("superseded_at", None)),
                        fields=("referral",),
                        name="hold_once_a_referral",
                        violation_error_message="Une place est déjà retenue pour cette mise en relation.",
                    ),
                    convergence.platform.policies.VersionRows(
                        insert="(territory_id = ANY ((SELECT network_territories('counsellor', 'support_worker', 'partnership_officer', 'coordinator'))::bigint[]) OR referral = (SELECT nullif(current_setting('app.link', true), '')::uuid))",
                        name="hold",
                        read="(territory_id = ANY ((SELECT network_territories('counsellor', 'support_worker', 'work_supervisor', 'site_manager', 'partnership_officer', 'coordinator'))::bigint[]) OR referral = (SELECT nullif(current_setting('app.link', true), '')::uuid))",
                        update="(territory_id = ANY ((SELECT network_territories('counsellor', 'support_worker', 'partnership_officer', 'coordinator'))::bigint[]) OR referral = (SELECT nullif(current_setting('app.link', true), '')::uuid))",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Capacity",
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
                ("places", models.PositiveIntegerField(blank=True, null=True, verbose_name="places en tout")),
                ("unit", models.CharField(default="place", max_length=8, verbose_name="unité")),
                ("free", models.PositiveIntegerField(blank=True, null=True, verbose_name="libres")),
                (
                    "waiting_days",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="délai d’attente (jours)"),
                ),
                ("full_until", models.DateField(blank=True, null=True, verbose_name="complet jusqu’au")),
                ("said_by", models.CharField(max_length=12, verbose_name="dit par")),
                ("said_by_name", models.CharField(blank=True, max_length=120, verbose_name="nom")),
                ("said_on", models.DateField(verbose_name="dit le")),
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
                        editable=False,
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="+",
                        to="territories.territory",
                    ),
                ),
                (
                    "offer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.RESTRICT, related_name="capacities", to="network.offer"
                    ),
                ),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("superseded_at", None)),
                        fields=("offer",),
                        name="capacity_said_last",
                        violation_error_message="Un autre chiffre vient d’être noté pour cette offre : relisez-le.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("places__isnull", True), ("places__range", (0, 10000)), _connector="OR"),
                        name="capacity_places",
                        violation_error_message="Le nombre de places va de 0 à 10 000.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("free__isnull", True), ("free__range", (0, 10000)), _connector="OR"),
                        name="capacity_free",
                        violation_error_message="Le nombre de places libres va de 0 à 10 000.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("places__isnull", True),
                            ("free__isnull", True),
                            ("free__lte", models.F("places")),
                            _connector="OR",
                        ),
                        name="capacity_free_within_places",
                        violation_error_message="Il ne peut pas y avoir plus de places libres que de places.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("waiting_days__isnull", True), ("waiting_days__lte", 3650), _connector="OR"
                        ),
                        name="capacity_waiting",
                        violation_error_message="Le délai d’attente va de 0 à 3 650 jours.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("full_until__isnull", True), ("free", 0), _connector="OR"),
                        name="capacity_full_is_not_free",
                        violation_error_message="« Complet jusqu’au » se note avec zéro place libre.",
                    ),
                    convergence.platform.policies.VersionRows(
                        insert="(territory_id = ANY ((SELECT network_territories('counsellor', 'support_worker', 'partnership_officer', 'coordinator'))::bigint[]) OR (offer_id = (SELECT nullif(current_setting('app.offer', true), '')::bigint) OR offer_id = ANY ((SELECT network_asked_offers())::bigint[])))",
                        name="capacity",
                        read="(territory_id = ANY ((SELECT network_territories('counsellor', 'support_worker', 'work_supervisor', 'site_manager', 'partnership_officer', 'coordinator'))::bigint[]) OR (offer_id = (SELECT nullif(current_setting('app.offer', true), '')::bigint) OR offer_id = ANY ((SELECT network_asked_offers())::bigint[])))",
                        update="(territory_id = ANY ((SELECT network_territories('counsellor', 'support_worker', 'partnership_officer', 'coordinator'))::bigint[]) OR (offer_id = (SELECT nullif(current_setting('app.offer', true), '')::bigint) OR offer_id = ANY ((SELECT network_asked_offers())::bigint[])))",
                    ),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="partner",
            constraint=models.UniqueConstraint(
                fields=("territory", "key"),
                name="partner_name_once",
                violation_error_message="Un partenaire de ce territoire porte déjà ce nom.",
            ),
        ),
        migrations.AddConstraint(
            model_name="partner",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("domains__contained_by", ["employment", "housing", "health", "rights", "disability", "daily_life"])
                ),
                name="partner_domains",
                violation_error_message="Choisissez des domaines de la liste.",
            ),
        ),
        migrations.AddConstraint(
            model_name="partner",
            constraint=models.CheckConstraint(
                condition=models.Q(("key", ""), _negated=True),
                name="partner_has_a_name",
                violation_error_message="Donnez un nom à ce partenaire.",
            ),
        ),
        migrations.AddConstraint(
            model_name="partner",
            constraint=convergence.platform.policies.RowPolicy(
                insert="territory_id = ANY ((SELECT network_territories('partnership_officer', 'coordinator'))::bigint[])",
                name="partner",
                read="(territory_id = ANY ((SELECT network_territories('counsellor', 'support_worker', 'work_supervisor', 'site_manager', 'partnership_officer', 'coordinator'))::bigint[]) OR id = (SELECT nullif(current_setting('app.partner', true), '')::bigint))",
                update="territory_id = ANY ((SELECT network_territories('partnership_officer', 'coordinator'))::bigint[])",
                update_columns=("name", "kind", "domains", "sensitive", "siren", "website", "since", "closed_on"),
            ),
        ),
        migrations.AddIndex(
            model_name="offer",
            index=models.Index(fields=["territory", "domain", "kind"], name="offer_by_domain"),
        ),
        migrations.AddConstraint(
            model_name="offer",
            constraint=models.UniqueConstraint(
                fields=("partner", "key"),
                name="offer_name_once",
                violation_error_message="Ce partenaire a déjà une offre de ce nom.",
            ),
        ),
        migrations.AddConstraint(
            model_name="offer",
            constraint=models.UniqueConstraint(
                condition=models.Q(("directory_id", ""), _negated=True),
                fields=("territory", "directory_id"),
                name="offer_of_the_directory_once",
                violation_error_message="Ce service de l’annuaire est déjà dans le réseau.",
            ),
        ),
        migrations.AddConstraint(
            model_name="offer",
            constraint=models.CheckConstraint(
                condition=models.Q(("key", ""), _negated=True),
                name="offer_has_a_name",
                violation_error_message="Donnez un nom à cette offre.",
            ),
        ),
        migrations.AddConstraint(
            model_name="offer",
            constraint=models.CheckConstraint(
                condition=models.Q(("open_over__isempty", False)),
                name="offer_open_period_not_empty",
                violation_error_message="La fin doit venir après le début.",
            ),
        ),
        migrations.AddConstraint(
            model_name="offer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("shelf_life_days__isnull", True), ("shelf_life_days__range", (1, 730)), _connector="OR"
                ),
                name="offer_shelf_life",
                violation_error_message="Un chiffre de places vaut entre 1 et 730 jours.",
            ),
        ),
        migrations.AddConstraint(
            model_name="offer",
            constraint=convergence.platform.policies.RowPolicy(
                insert="territory_id = ANY ((SELECT network_territories('partnership_officer', 'coordinator'))::bigint[])",
                name="offer",
                read="(territory_id = ANY ((SELECT network_territories('counsellor', 'support_worker', 'work_supervisor', 'site_manager', 'partnership_officer', 'coordinator'))::bigint[]) OR (id = (SELECT nullif(current_setting('app.offer', true), '')::bigint) OR id = ANY ((SELECT network_asked_offers())::bigint[])))",
                update="territory_id = ANY ((SELECT network_territories('partnership_officer', 'coordinator'))::bigint[])",
                update_columns=(
                    "branch_id",
                    "domain",
                    "kind",
                    "health_access",
                    "name",
                    "description",
                    "conditions",
                    "publics",
                    "themes",
                    "area_insee",
                    "open_over",
                    "shelf_life_days",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="exchange",
            index=models.Index(
                condition=models.Q(("superseded_at", None)), fields=["partner", "-held_on"], name="exchange_thread"
            ),
        ),
        migrations.AddIndex(
            model_name="exchange",
            index=models.Index(
                condition=models.Q(("next_done_on", None), ("next_on__isnull", False), ("superseded_at", None)),
                fields=["territory", "next_on"],
                name="exchange_next_step",
            ),
        ),
        migrations.AddConstraint(
            model_name="exchange",
            constraint=models.CheckConstraint(
                condition=models.Q(("words__isnull", False)),
                name="exchange_says_what",
                violation_error_message="Écrivez ce qui s’est dit.",
            ),
        ),
        migrations.AddConstraint(
            model_name="exchange",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("next_on__isnull", True), ("next_step__isnull", True)),
                    models.Q(("next_on__isnull", False), ("next_step__isnull", False)),
                    _connector="OR",
                ),
                name="exchange_next_step_dated",
                violation_error_message="Une prochaine étape se note avec sa date.",
            ),
        ),
        migrations.AddConstraint(
            model_name="exchange",
            constraint=models.UniqueConstraint(
                condition=models.Q(("superseded_at", None)), fields=("series",), name="exchange_series_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="exchange",
            constraint=convergence.platform.policies.VersionRows(
                insert="territory_id = ANY ((SELECT network_territories('counsellor', 'support_worker', 'partnership_officer', 'coordinator'))::bigint[])",
                name="exchange",
                read="(territory_id = ANY ((SELECT network_territories('partnership_officer', 'coordinator'))::bigint[]) OR (recorded_by_id = (SELECT nullif(current_setting('app.actor', true), '')::bigint) AND territory_id = ANY ((SELECT network_territories('counsellor', 'support_worker', 'partnership_officer', 'coordinator'))::bigint[])))",
                update="(territory_id = ANY ((SELECT network_territories('partnership_officer', 'coordinator'))::bigint[]) OR (recorded_by_id = (SELECT nullif(current_setting('app.actor', true), '')::bigint) AND territory_id = ANY ((SELECT network_territories('counsellor', 'support_worker', 'partnership_officer', 'coordinator'))::bigint[])))",
            ),
        ),
        migrations.AddIndex(
            model_name="contact",
            index=models.Index(
                condition=models.Q(("superseded_at", None)), fields=["partner"], name="contact_of_partner"
            ),
        ),
        migrations.AddConstraint(
            model_name="contact",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("agreed_how", ""), ("agreed_on__isnull", True)),
                    models.Q(
                        ("agreed_how__in", ["spoken", "telephone", "message", "written"]), ("agreed_on__isnull", False)
                    ),
                    _connector="OR",
                ),
                name="contact_consent_whole",
                violation_error_message="Dites quand et comment cette personne a accepté d’être contactée.",
            ),
        ),
        migrations.AddConstraint(
            model_name="contact",
            constraint=models.UniqueConstraint(
                condition=models.Q(("superseded_at", None)), fields=("series",), name="partner_contact_series_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="contact",
            constraint=convergence.platform.policies.VersionRows(
                insert="territory_id = ANY ((SELECT network_territories('partnership_officer', 'coordinator'))::bigint[])",
                name="partner_contact",
                read="territory_id = ANY ((SELECT network_territories('counsellor', 'support_worker', 'work_supervisor', 'site_manager', 'partnership_officer', 'coordinator'))::bigint[])",
                update="territory_id = ANY ((SELECT network_territories('partnership_officer', 'coordinator'))::bigint[])",
            ),
        ),
        migrations.AddIndex(
            model_name="capacityask",
            index=models.Index(fields=["partner", "-asked_on"], name="capacity_ask_of_partner"),
        ),
        migrations.AddConstraint(
            model_name="capacityask",
            constraint=models.CheckConstraint(
                condition=models.Q(("offers__len__gt", 0)), name="capacity_ask_about_something"
            ),
        ),
        migrations.AddConstraint(
            model_name="capacityask",
            constraint=convergence.platform.policies.RowPolicy(
                insert="territory_id = ANY ((SELECT network_territories('partnership_officer', 'coordinator'))::bigint[])",
                name="capacity_ask",
                read="(territory_id = ANY ((SELECT network_territories('partnership_officer', 'coordinator'))::bigint[]) OR id = (SELECT nullif(current_setting('app.ask', true), '')::bigint))",
                update="id = (SELECT nullif(current_setting('app.ask', true), '')::bigint)",
                update_columns=("answered_on",),
            ),
        ),
        migrations.AddIndex(
            model_name="branch",
            index=models.Index(fields=["territory", "commune"], name="branch_by_commune"),
        ),
        migrations.AddConstraint(
            model_name="branch",
            constraint=models.UniqueConstraint(
                fields=("partner", "name"),
                name="branch_name_once",
                violation_error_message="Ce partenaire a déjà un établissement de ce nom.",
            ),
        ),
        migrations.AddConstraint(
            model_name="branch",
            constraint=models.UniqueConstraint(
                condition=models.Q(("directory_id", ""), _negated=True),
                fields=("territory", "directory_id"),
                name="branch_of_the_directory_once",
                violation_error_message="Cette structure de l’annuaire est déjà dans le réseau.",
            ),
        ),
        migrations.AddConstraint(
            model_name="branch",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("latitude__isnull", True), ("longitude__isnull", True)),
                    models.Q(("latitude__range", (41.2, 51.2)), ("longitude__range", (-5.3, 9.7))),
                    models.Q(("latitude__range", (41.25, 43.1)), ("longitude__range", (8.4, 9.7))),
                    models.Q(("latitude__range", (15.75, 16.6)), ("longitude__range", (-61.9, -60.9))),
                    models.Q(("latitude__range", (14.3, 14.95)), ("longitude__range", (-61.3, -60.7))),
                    models.Q(("latitude__range", (2.0, 5.9)), ("longitude__range", (-54.7, -51.5))),
                    models.Q(("latitude__range", (-21.5, -20.8)), ("longitude__range", (55.1, 55.95))),
                    models.Q(("latitude__range", (-13.1, -12.5)), ("longitude__range", (44.9, 45.4))),
                    models.Q(("latitude__range", (46.7, 47.2)), ("longitude__range", (-56.5, -56.05))),
                    models.Q(("latitude__range", (17.8, 18.2)), ("longitude__range", (-63.2, -62.7))),
                    _connector="OR",
                ),
                name="branch_in_france",
                violation_error_message="Ces coordonnées ne sont pas en France.",
            ),
        ),
        migrations.AddConstraint(
            model_name="branch",
            constraint=convergence.platform.policies.RowPolicy(
                insert="territory_id = ANY ((SELECT network_territories('partnership_officer', 'coordinator'))::bigint[])",
                name="branch",
                read="(territory_id = ANY ((SELECT network_territories('counsellor', 'support_worker', 'work_supervisor', 'site_manager', 'partnership_officer', 'coordinator'))::bigint[]) OR partner_id = (SELECT nullif(current_setting('app.partner', true), '')::bigint))",
                update="territory_id = ANY ((SELECT network_territories('partnership_officer', 'coordinator'))::bigint[])",
                update_columns=(
                    "name",
                    "siret",
                    "address",
                    "postcode",
                    "commune",
                    "insee",
                    "latitude",
                    "longitude",
                    "phone",
                    "email",
                    "closed_on",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="agreement",
            index=models.Index(
                condition=models.Q(("superseded_at", None)), fields=["partner"], name="agreement_of_partner"
            ),
        ),
        migrations.AddConstraint(
            model_name="agreement",
            constraint=models.CheckConstraint(
                condition=models.Q(("valid__isempty", False), ("valid__startswith__isnull", False)),
                name="partner_agreement_period",
                violation_error_message="La fin doit venir après le début.",
            ),
        ),
        migrations.AddConstraint(
            model_name="agreement",
            constraint=models.CheckConstraint(
                condition=models.Q(("reserved_places__isnull", True), ("reserved_places__lte", 10000), _connector="OR"),
                name="partner_agreement_places",
                violation_error_message="Le nombre de places réservées va de 0 à 10 000.",
            ),
        ),
        migrations.AddConstraint(
            model_name="agreement",
            constraint=models.CheckConstraint(
                condition=models.Q(("notice_months__isnull", True), ("notice_months__lte", 36), _connector="OR"),
                name="partner_agreement_notice",
                violation_error_message="Le préavis va de 0 à 36 mois.",
            ),
        ),
        migrations.AddConstraint(
            model_name="agreement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("domains__contained_by", ["employment", "housing", "health", "rights", "disability", "daily_life"])
                ),
                name="partner_agreement_domains",
                violation_error_message="Choisissez des domaines de la liste.",
            ),
        ),
        migrations.AddConstraint(
            model_name="agreement",
            constraint=models.UniqueConstraint(
                condition=models.Q(("superseded_at", None)), fields=("series",), name="partner_agreement_series_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="agreement",
            constraint=convergence.platform.policies.VersionRows(
                insert="territory_id = ANY ((SELECT network_territories('partnership_officer', 'coordinator'))::bigint[])",
                name="partner_agreement",
                read="territory_id = ANY ((SELECT network_territories('counsellor', 'support_worker', 'work_supervisor', 'site_manager', 'partnership_officer', 'coordinator'))::bigint[])",
                update="territory_id = ANY ((SELECT network_territories('partnership_officer', 'coordinator'))::bigint[])",
            ),
        ),
        migrations.AddConstraint(
            model_name="sitepoint",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("latitude__range", (41.2, 51.2)), ("longitude__range", (-5.3, 9.7))),
                    models.Q(("latitude__range", (41.25, 43.1)), ("longitude__range", (8.4, 9.7))),
                    models.Q(("latitude__range", (15.75, 16.6)), ("longitude__range", (-61.9, -60.9))),
                    models.Q(("latitude__range", (14.3, 14.95)), ("longitude__range", (-61.3, -60.7))),
                    models.Q(("latitude__range", (2.0, 5.9)), ("longitude__range", (-54.7, -51.5))),
                    models.Q(("latitude__range", (-21.5, -20.8)), ("longitude__range", (55.1, 55.95))),
                    models.Q(("latitude__range", (-13.1, -12.5)), ("longitude__range", (44.9, 45.4))),
                    models.Q(("latitude__range", (46.7, 47.2)), ("longitude__range", (-56.5, -56.05))),
                    models.Q(("latitude__range", (17.8, 18.2)), ("longitude__range", (-63.2, -62.7))),
                    _connector="OR",
                ),
                name="site_point_in_france",
                violation_error_message="Ces coordonnées ne sont pas en France.",
            ),
        ),
        migrations.AddConstraint(
            model_name="sitepoint",
            constraint=convergence.platform.policies.RowPolicy(
                insert="territory_id = ANY ((SELECT network_territories('partnership_officer', 'coordinator'))::bigint[])",
                name="site_point",
                read="territory_id = ANY ((SELECT network_territories('counsellor', 'support_worker', 'work_supervisor', 'site_manager', 'partnership_officer', 'coordinator'))::bigint[])",
                update="territory_id = ANY ((SELECT network_territories('partnership_officer', 'coordinator'))::bigint[])",
                update_columns=("latitude", "longitude"),
            ),
        ),
        migrations.AddConstraint(
            model_name="travel",
            constraint=models.UniqueConstraint(
                condition=models.Q(("superseded_at", None)),
                fields=("site", "branch"),
                name="travel_once",
                violation_error_message="Un temps de trajet est déjà noté entre ces deux lieux.",
            ),
        ),
        migrations.AddConstraint(
            model_name="travel",
            constraint=models.CheckConstraint(
                condition=models.Q(("minutes__range", (1, 600))),
                name="travel_minutes",
                violation_error_message="Un trajet dure entre 1 et 600 minutes.",
            ),
        ),
        migrations.AddConstraint(
            model_name="travel",
            constraint=convergence.platform.policies.VersionRows(
                insert="territory_id = ANY ((SELECT network_territories('partnership_officer', 'coordinator'))::bigint[])",
                name="travel",
                read="territory_id = ANY ((SELECT network_territories('counsellor', 'support_worker', 'work_supervisor', 'site_manager', 'partnership_officer', 'coordinator'))::bigint[])",
                update="territory_id = ANY ((SELECT network_territories('partnership_officer', 'coordinator'))::bigint[])",
            ),
        ),
        migrations.RunSQL(TRIGGERS),
    ]

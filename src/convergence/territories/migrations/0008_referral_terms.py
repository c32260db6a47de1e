"""A territory's own terms for its referrals: the reminder, the lapse, how long a link works."""

import django.db.models.deletion
from django.db import migrations, models

import convergence.platform.policies

KEEPS = (
    "((SELECT nullif(current_setting('app.roles', true), '')::text[])::text[] && ARRAY['administrator']::text[]"
    " OR administers_place(NULL, territory_id) OR holds_on_territory(territory_id, 'coordinator'))"
)
READS = (
    "((SELECT nullif(current_setting('app.actor', true), '')::bigint) IS NOT NULL"
    " OR nullif(current_setting('app.link', true), '') IS NOT NULL)"
)
HISTORY = """
-- Whether the history of this row of the settings is of a territory that the actor administers.
CREATE OR REPLACE FUNCTION administers_setting(wanted_table text, wanted_row bigint) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    RETURN administers_somewhere() AND coalesce(CASE wanted_table
        WHEN 'territories_territory' THEN administers_place(NULL, wanted_row)
        WHEN 'territories_site' THEN administers_place(wanted_row, NULL)
        WHEN 'territories_operator' THEN administers_operator(wanted_row)
        WHEN 'access_user' THEN administers_account(wanted_row)
        WHEN 'territories_mission' THEN
            (SELECT administers_place(m.site_id, m.territory_id) FROM territories_mission m WHERE m.id = wanted_row)
        WHEN 'territories_choices' THEN
            (SELECT administers_place(c.site_id, c.territory_id) FROM territories_choices c WHERE c.id = wanted_row)
        WHEN 'territories_portfolio' THEN
            (SELECT administers_place(NULL, m.territory_id)
               FROM territories_portfolio p JOIN territories_mission m ON m.id = p.mission_id WHERE p.id = wanted_row)
        WHEN 'territories_referralterms' THEN
            (SELECT administers_place(NULL, t.territory_id) FROM territories_referralterms t WHERE t.id = wanted_row)
        END, false);
CREATE TRIGGER history AFTER UPDATE ON territories_referralterms
    FOR EACH ROW EXECUTE FUNCTION territories_keep_what_was();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("territories", "0007_portfolio"),
    ]

    operations = [
        migrations.CreateModel(
            name="ReferralTerms",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reminder_days", models.PositiveSmallIntegerField()),
                ("lapse_days", models.PositiveSmallIntegerField()),
                ("link_days", models.PositiveSmallIntegerField()),
                (
                    "territory",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="referral_terms",
                        to="territories.territory",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("lapse_days__gt", models.F("reminder_days")),
                            ("lapse_days__lte", 180),
                            ("link_days__range", (1, 60)),
                            ("reminder_days__gte", 1),
                        ),
                        name="referral_terms_hold_together",
                        violation_error_message="La relance vient avant que la demande ne devienne caduque.",
                    ),
                    convergence.platform.policies.RowPolicy(
                        insert=KEEPS,
                        name="referral_terms",
                        read=READS,
                        update=KEEPS,
                        update_columns=("reminder_days", "lapse_days", "link_days"),
                    ),
                ],
            },
        ),
        migrations.RunSQL(HISTORY),
    ]

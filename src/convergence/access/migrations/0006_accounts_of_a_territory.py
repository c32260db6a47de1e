"""An administrator of one territory opens accounts, and keeps those that work nowhere else."""

from django.db import migrations

import convergence.platform.policies


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0005_opened_by"),
        # The functions that the policy calls.
        ("territories", "0006_setting_up"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="user",
            name="user",
        ),
        migrations.AddConstraint(
            model_name="user",
            constraint=convergence.platform.policies.RowPolicy(
                insert="(SELECT nullif(current_setting('app.roles', true), '')::text[])::text[] && ARRAY['administrator']::text[] OR (opened_by_id = (SELECT nullif(current_setting('app.actor', true), '')::bigint) AND administers_somewhere())",
                name="user",
                read="true",
                update="id = (SELECT nullif(current_setting('app.actor', true), '')::bigint) OR (SELECT nullif(current_setting('app.actor', true), '')::bigint) IS NULL OR (SELECT nullif(current_setting('app.roles', true), '')::text[])::text[] && ARRAY['administrator']::text[] OR administers_account(id)",
            ),
        ),
    ]

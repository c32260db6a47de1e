"""Who opened an account: an administrator of one territory keeps those that she opened, until a mission says whose."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0004_account_policy"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="opened_by",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.RESTRICT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
    ]

"""Whose group sessions these are: asked on one's own page, among those of everybody."""

import django.contrib.postgres.indexes
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("support", "0015_conferences")]

    operations = [
        migrations.AddIndex(
            model_name="groupattendance",
            index=django.contrib.postgres.indexes.GinIndex(
                condition=models.Q(("superseded_at", None)), fields=["colleagues"], name="group_of_colleagues"
            ),
        )
    ]

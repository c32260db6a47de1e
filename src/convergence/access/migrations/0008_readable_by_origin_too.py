"""Some rows are read by those who support a person and not by those who consider her: asked of the index alone."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("access", "0007_readable_index")]

    operations = [
        migrations.RemoveIndex(model_name="readable", name="readable_by_scope"),
        migrations.AddIndex(
            model_name="readable",
            index=models.Index(
                fields=["scope", "compartment", "person_id"],
                include=("valid", "may_write", "origin"),
                name="readable_by_scope",
            ),
        ),
    ]

"""Numbers of a person in other tools are read by those who support her, not by those who only consider her."""

from django.db import migrations

import convergence.access.policies


class Migration(migrations.Migration):
    dependencies = [("intake", "0002_forgetting"), ("people", "0017_path_of_candidates")]

    operations = [
        migrations.RemoveConstraint(model_name="externalidentifier", name="external_identifier"),
        migrations.AddConstraint(
            model_name="externalidentifier",
            constraint=convergence.access.policies.PersonVersions(
                compartment="contact", name="external_identifier", person="person_id", supporting=True, writable=True
            ),
        ),
    ]

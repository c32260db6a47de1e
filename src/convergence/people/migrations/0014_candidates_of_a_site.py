"""A candidate is read as one by the site that considers her, and by no other team that reads her name."""

from django.db import migrations

import convergence.access.policies


class Migration(migrations.Migration):
    dependencies = [("people", "0013_coming_back")]

    operations = [
        migrations.RemoveConstraint(model_name="candidate", name="candidate"),
        migrations.AddConstraint(
            model_name="candidate",
            constraint=convergence.access.policies.PersonAtSiteVersions(
                compartment="work", name="candidate", person="person_id", writable=False
            ),
        ),
    ]

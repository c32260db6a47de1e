"""A candidacy is read at its site by a right of its own; the path by who considers or hosts the person, and no more."""

from django.db import migrations

import convergence.access.policies


class Migration(migrations.Migration):
    dependencies = [("pathways", "0013_entry"), ("people", "0017_path_of_candidates")]

    operations = [
        migrations.RemoveConstraint(model_name="candidacy", name="candidacy"),
        migrations.RemoveConstraint(model_name="candidacydecision", name="candidacy_decision"),
        migrations.RemoveConstraint(model_name="candidacymeeting", name="candidacy_meeting"),
        migrations.RemoveConstraint(model_name="eligibilityproof", name="eligibility_proof"),
        migrations.RemoveConstraint(model_name="hiring", name="hiring"),
        migrations.RemoveConstraint(model_name="eligibilitycontrol", name="eligibility_control"),
        migrations.RemoveConstraint(model_name="pathway", name="pathway"),
        migrations.RemoveConstraint(model_name="contract", name="contract"),
        migrations.RemoveConstraint(model_name="officialpass", name="official_pass"),
        migrations.RemoveConstraint(model_name="pass", name="pass"),
        migrations.RemoveConstraint(model_name="suspension", name="suspension"),
        migrations.RemoveConstraint(model_name="extension", name="extension"),
        migrations.RemoveConstraint(model_name="hoursderogation", name="hours_derogation"),
        migrations.RemoveConstraint(model_name="placement", name="placement"),
        migrations.RemoveConstraint(model_name="training", name="training"),
        migrations.AddConstraint(
            model_name="candidacy",
            constraint=convergence.access.policies.PersonAtSiteVersions(
                compartment="work", name="candidacy", person="person_id", writable=True
            ),
        ),
        migrations.AddConstraint(
            model_name="candidacydecision",
            constraint=convergence.access.policies.PersonAtSiteVersions(
                compartment="work", name="candidacy_decision", person="person_id", writable=True
            ),
        ),
        migrations.AddConstraint(
            model_name="candidacymeeting",
            constraint=convergence.access.policies.PersonAtSiteVersions(
                compartment="work", name="candidacy_meeting", person="person_id", writable=True
            ),
        ),
        migrations.AddConstraint(
            model_name="eligibilityproof",
            constraint=convergence.access.policies.PersonAtSiteVersions(
                compartment="work", name="eligibility_proof", person="person_id", writable=True
            ),
        ),
        migrations.AddConstraint(
            model_name="hiring",
            constraint=convergence.access.policies.PersonAtSiteVersions(
                compartment="work", name="hiring", person="person_id", read_elsewhere=True, writable=True
            ),
        ),
        migrations.AddConstraint(
            model_name="eligibilitycontrol",
            constraint=convergence.access.policies.PersonAtSiteVersions(
                compartment="work", name="eligibility_control", person="person_id", read_elsewhere=True, writable=True
            ),
        ),
        migrations.AddConstraint(
            model_name="pathway",
            constraint=convergence.access.policies.PersonVersions(
                also=("path", "hosted"), compartment="work", name="pathway", person="person_id", writable=True
            ),
        ),
        migrations.AddConstraint(
            model_name="contract",
            constraint=convergence.access.policies.PersonVersions(
                also=("path", "hosted"), compartment="work", name="contract", person="person_id", writable=True
            ),
        ),
        migrations.AddConstraint(
            model_name="officialpass",
            constraint=convergence.access.policies.PersonVersions(
                also=("path", "hosted"), compartment="work", name="official_pass", person="person_id", writable=True
            ),
        ),
        migrations.AddConstraint(
            model_name="pass",
            constraint=convergence.access.policies.PersonVersions(
                also=("path", "hosted"), compartment="work", name="pass", person="person_id", writable=True
            ),
        ),
        migrations.AddConstraint(
            model_name="suspension",
            constraint=convergence.access.policies.PersonVersions(
                also=("path", "hosted"), compartment="work", name="suspension", person="person_id", writable=True
            ),
        ),
        migrations.AddConstraint(
            model_name="extension",
            constraint=convergence.access.policies.PersonVersions(
                also=("path", "hosted"), compartment="work", name="extension", person="person_id", writable=True
            ),
        ),
        migrations.AddConstraint(
            model_name="hoursderogation",
            constraint=convergence.access.policies.PersonVersions(
                also=("path", "hosted"), compartment="work", name="hours_derogation", person="person_id", writable=True
            ),
        ),
        migrations.AddConstraint(
            model_name="placement",
            constraint=convergence.access.policies.PersonVersions(
                also=("hosted",), compartment="work", name="placement", person="person_id", writable=True
            ),
        ),
        migrations.AddConstraint(
            model_name="training",
            constraint=convergence.access.policies.PersonVersions(
                also=("hosted",), compartment="work", name="training", person="person_id", writable=True
            ),
        ),
    ]

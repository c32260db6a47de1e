"""Written decisions are kept among the documents of the working side."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("support", "0017_fund_answers")]
    operations = [
        migrations.RemoveConstraint(
            model_name="document",
            name="document_in_its_compartment",
        ),
        migrations.AddConstraint(
            model_name="document",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("compartment", "health"),
                        ("kind__in", ["aah", "health_card", "mdph", "other_health", "rqth", "solidarity_cover"]),
                    ),
                    models.Q(("compartment", "justice"), ("kind__in", ["court"])),
                    models.Q(
                        ("compartment", "social"),
                        (
                            "kind__in",
                            [
                                "bank_details",
                                "benefits",
                                "domiciliation",
                                "identity_card",
                                "insurance",
                                "lease",
                                "other",
                                "passport",
                                "permit_receipt",
                                "protection",
                                "residence_permit",
                                "social_housing",
                                "tax_notice",
                            ],
                        ),
                    ),
                    models.Q(
                        ("compartment", "work"),
                        (
                            "kind__in",
                            [
                                "certificate",
                                "contract",
                                "decision",
                                "diploma",
                                "driving_licence",
                                "eligibility",
                                "work_fitness",
                            ],
                        ),
                    ),
                    _connector="OR",
                ),
                name="document_in_its_compartment",
                violation_error_message="Ce genre de document n’existe pas.",
            ),
        ),
    ]

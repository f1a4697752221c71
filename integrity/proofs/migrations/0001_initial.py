"""What the proofs of the rules said, as evidence."""

import uuid

from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True
    # A console of before the rooms was migrated under these names; it is taken as migrated to here.
    replaces = [
        ("integrity", "0010_rule_proof"),
    ]
    dependencies = [("ledger", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="RuleProof",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("source", models.TextField(blank=True, default="")),
                ("code", models.TextField()),
                ("version", models.TextField()),
                (
                    "verdict",
                    models.TextField(
                        choices=[
                            ("INERTE", "Inerte"),
                            ("BAVARDE", "Bavarde"),
                            ("IMPOSSIBLE", "Impossible"),
                            ("PROUVEE", "Prouvée"),
                        ]
                    ),
                ),
                ("detail", models.TextField(blank=True, default="")),
                ("through", models.TextField()),
                ("cases", models.JSONField(default=list)),
                ("proved_at", models.DateTimeField()),
            ],
            options={
                "db_table": "integrity_rule_proof",
                "indexes": [
                    models.Index(fields=["source", "code", "-proved_at"], name="integrity_rule_proof_latest"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(verdict__in=["INERTE", "BAVARDE", "IMPOSSIBLE", "PROUVEE"]),
                        name="integrity_rule_proof_verdict_known",
                    ),
                ],
            },
        ),
    ]

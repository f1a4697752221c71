"""Entries of a transaction that writes much wait in a batch until they are chained."""

from django.db import migrations, models

import governance.core.database.stored_json

# Nothing waits in a console of before: the end of its chain is all there is.
AS_CHAINED = """
ALTER TABLE ledger_head ADD COLUMN entered bigint, ADD COLUMN batches bigint, ADD COLUMN moved bytea;
SELECT set_config('governance.ledger_door', 'open', true);
UPDATE ledger_head SET entered = seq, batches = 0, moved = hash;
SELECT set_config('governance.ledger_door', '', true);
ALTER TABLE ledger_head ALTER entered SET NOT NULL, ALTER batches SET NOT NULL, ALTER moved SET NOT NULL
"""
UNDONE = "ALTER TABLE ledger_head DROP COLUMN entered, DROP COLUMN batches, DROP COLUMN moved"


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_actor_and_actions")]
    operations = [
        migrations.SeparateDatabaseAndState(
            [migrations.RunSQL(AS_CHAINED, UNDONE)],
            [
                migrations.AddField("ledgerhead", "entered", models.BigIntegerField()),
                migrations.AddField("ledgerhead", "batches", models.BigIntegerField()),
                migrations.AddField("ledgerhead", "moved", models.BinaryField()),
            ],
        ),
        migrations.CreateModel(
            name="LedgerBatch",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("number", models.BigIntegerField(null=True, unique=True)),
                ("writer", models.BigIntegerField()),
                ("actor", models.TextField()),
                ("began", models.DateTimeField()),
                ("at", models.DateTimeField(null=True)),
                ("first_seq", models.BigIntegerField(null=True)),
                ("entries", models.BigIntegerField()),
                ("chained", models.BigIntegerField()),
            ],
            options={
                "db_table": "ledger_batch",
                "indexes": [
                    models.Index(
                        condition=models.Q(("number", None)), fields=["writer"], name="ledger_batch_open"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="LedgerPending",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "batch_id", "number", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("batch_id", models.BigIntegerField()),
                ("number", models.BigIntegerField()),
                ("role", models.TextField()),
                ("source", models.TextField(null=True)),
                ("subject_type", models.TextField()),
                ("subject_id", models.TextField()),
                ("check_code", models.TextField(null=True)),
                ("action", models.TextField()),
                ("before", governance.core.database.stored_json.StoredJSONField(null=True)),
                ("after", governance.core.database.stored_json.StoredJSONField(null=True)),
            ],
            options={
                "db_table": "ledger_pending",
                "indexes": [
                    models.Index(
                        condition=models.Q(("action", "alert.resolve")),
                        fields=["batch_id"],
                        name="ledger_pending_decided",
                    )
                ],
            },
        ),
    ]

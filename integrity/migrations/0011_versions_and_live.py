"""Each definition of a view that was read, and the live looks that a person had lately."""

import uuid

from django.db import migrations, models
from django.db.models.functions import Now

import alerts.models
from governance.core.database.sql_files import RunSQLFile


class Migration(migrations.Migration):
    dependencies = [
        ("integrity", "0010_rule_proof"),
        ("alerts", "0005_rule_version"),
    ]
    operations = [
        migrations.CreateModel(
            name="ViewDefinition",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("source", models.TextField()),
                ("view_hash", models.TextField()),
                ("definition", models.TextField()),
                ("first_seen_at", models.DateTimeField()),
            ],
            options={
                "db_table": "integrity_view_definition",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("source", "view_hash"), name="integrity_view_definition_once"
                    ),
                ],
            },
        ),
        RunSQLFile("integrity", "view_definition.sql", reverse="view_definition.drop.sql"),
        migrations.CreateModel(
            name="LiveLook",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("person", models.UUIDField(db_default=alerts.models.ActingPerson())),
                ("at", models.DateTimeField(db_default=Now())),
            ],
            options={
                "db_table": "live_look",
                "indexes": [models.Index(fields=["person", "at"], name="live_look_of_person")],
            },
        ),
        RunSQLFile("integrity", "live_look.sql", reverse="live_look.drop.sql"),
    ]

"""What people say about an alert, and its lives as the ledger remembers them."""

import uuid

import django.db.models.deletion
from django.db import migrations, models
from django.db.models.functions import Now

import alerts.models
from governance.core.database.sql_files import RunSQLFile


class Migration(migrations.Migration):
    dependencies = [
        ("alerts", "0002_rules_in_the_database"),
        ("ledger", "0002_record"),
    ]
    operations = [
        migrations.CreateModel(
            name="Comment",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("source", models.TextField(db_default="")),
                ("concerns", models.TextField(db_default="")),
                ("author", models.UUIDField(db_default=alerts.models.ActingPerson())),
                ("at", models.DateTimeField(db_default=Now())),
                ("body", models.TextField()),
                (
                    "alert",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="comments",
                        to="alerts.alert",
                    ),
                ),
            ],
            options={
                "db_table": "alert_comment",
                "indexes": [models.Index(fields=["alert", "at", "id"], name="alert_comment_of_alert")],
            },
        ),
        RunSQLFile("alerts", "comments.sql", reverse="comments.drop.sql"),
        RunSQLFile("alerts", "episodes.sql", reverse="episodes.drop.sql"),
    ]

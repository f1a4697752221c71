"""Which alerts stood after an entry of the ledger; written by the hourly job `mark`, from the ledger alone."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("alerts", "0005_moved_and_seen")]
    operations = [
        migrations.CreateModel(
            name="AlertMark",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "seq",
                        "concerns",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("seq", models.BigIntegerField()),
                ("concerns", models.TextField()),
                ("after", models.BigIntegerField()),
                (
                    "alerts",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.UUIDField(), size=None
                    ),
                ),
            ],
            options={"db_table": "alert_mark"},
        ),
    ]

"""How many alerts stand in each state, kept exact by PostgreSQL."""

from django.db import migrations, models

from governance.core.database.sql_files import RunSQLFile


class Migration(migrations.Migration):
    dependencies = [("alerts", "0005_rule_version"), ("governance", "0002_identity")]
    operations = [
        migrations.CreateModel(
            name="AlertTally",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "concerns",
                        "source",
                        "check_code",
                        "entity_type",
                        "severity",
                        "status",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("concerns", models.TextField()),
                ("source", models.TextField()),
                ("check_code", models.TextField()),
                ("entity_type", models.TextField()),
                ("severity", models.TextField()),
                ("status", models.TextField()),
                ("n", models.BigIntegerField()),
            ],
            options={"db_table": "alert_tally"},
        ),
        RunSQLFile("alerts", "tally.sql", reverse="tally.drop.sql"),
    ]

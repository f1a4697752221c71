"""What a transaction that enters later counts and sees until its end."""

from django.db import migrations, models

TEXTS = ("concerns", "source", "check_code", "entity_type", "severity", "status")


class Migration(migrations.Migration):
    dependencies = [("alerts", "0004_source_calendar")]
    operations = [
        migrations.CreateModel(
            name="AlertMoved",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("writer", models.BigIntegerField()),
                *((name, models.TextField()) for name in TEXTS),
                ("n", models.BigIntegerField()),
                ("begun", models.BigIntegerField()),
            ],
            options={"db_table": "alert_moved"},
        ),
        migrations.CreateModel(
            name="AlertSeen",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("writer", models.BigIntegerField()),
                ("source", models.TextField()),
                ("concerns", models.TextField()),
                ("at", models.DateTimeField()),
                ("seen", models.BigIntegerField()),
            ],
            options={"db_table": "alert_seen"},
        ),
    ]

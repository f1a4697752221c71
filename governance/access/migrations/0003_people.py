"""Sessions, devices and links of people."""

import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("access", "0002_row_security"), ("identity", "0003_people")]

    operations = [
        migrations.CreateModel(
            name="PersonSession",
            fields=[
                ("name", models.TextField(primary_key=True, serialize=False)),
                ("user_id", models.UUIDField()),
                (
                    "since",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                ("address", models.CharField(max_length=64)),
                ("agent", models.CharField(max_length=300)),
                ("ended_at", models.DateTimeField(null=True)),
                ("reason", models.CharField(default="", max_length=16)),
            ],
            options={
                "db_table": "person_session",
                "indexes": [models.Index(fields=["user_id"], name="person_session_of_person")],
            },
        ),
        migrations.CreateModel(
            name="PersonDevice",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("user_id", models.UUIDField()),
                ("digest", models.BinaryField(max_length=32)),
                (
                    "first_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                (
                    "last_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                ("address", models.CharField(max_length=64)),
                ("agent", models.CharField(max_length=300)),
            ],
            options={
                "db_table": "person_device",
                "constraints": [
                    models.UniqueConstraint(fields=("user_id", "digest"), name="person_device_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="PersonLink",
            fields=[
                (
                    "digest",
                    models.BinaryField(max_length=32, primary_key=True, serialize=False),
                ),
                ("user_id", models.UUIDField(null=True)),
                ("purpose", models.CharField(max_length=16)),
                ("expires_at", models.DateTimeField()),
            ],
            options={
                "db_table": "person_link",
                "indexes": [models.Index(fields=["user_id"], name="person_link_of_person")],
            },
        ),
    ]

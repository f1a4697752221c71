"""What the scheduled jobs did last."""

from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True
    # A console of before the rooms was migrated under these names; it is taken as migrated to here.
    replaces = [
        ("integrity", "0003_schedule"),
    ]
    dependencies = []

    operations = [
        migrations.CreateModel(
            name="JobRun",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("key", models.TextField()),
                ("source", models.TextField(blank=True, default="")),
                ("known_since", models.DateTimeField()),
                ("running_since", models.DateTimeField(null=True)),
                ("started_at", models.DateTimeField(null=True)),
                ("finished_at", models.DateTimeField(null=True)),
                ("went_well", models.BooleanField(null=True)),
                ("said", models.TextField(blank=True, default="")),
            ],
            options={
                "db_table": "job_run",
                "constraints": [
                    models.UniqueConstraint(fields=("key", "source"), name="job_run_one_per_job"),
                ],
            },
        ),
    ]

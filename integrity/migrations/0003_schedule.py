"""What the scheduled jobs did last, and an index for the last scan of one outcome."""

from django.db import migrations, models

from governance.core.database.sql_files import RunSQLFile


class Migration(migrations.Migration):
    dependencies = [("integrity", "0002_scan_is_evidence")]
    operations = [
        migrations.AddIndex(
            model_name="scan",
            index=models.Index(fields=["source", "outcome", "-started_at"], name="integrity_scan_outcome"),
        ),
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
        RunSQLFile("integrity", "job_run.sql", reverse="job_run.drop.sql"),
    ]

"""What the console's own checks view reads: the sources it watches, and facts of scans, jobs and proofs."""

from django.db import migrations, models

from governance.core.database.sql_files import RunSQLFile


class Migration(migrations.Migration):
    dependencies = [("integrity", "0016_verify_pinned")]
    operations = [
        migrations.CreateModel(
            "WatchedSource",
            [
                ("source", models.TextField(primary_key=True, serialize=False)),
                ("interval_s", models.IntegerField(null=True)),
                ("read_at", models.DateTimeField(null=True)),
            ],
            {"db_table": "watched_source"},
        ),
        RunSQLFile("integrity", "watched_source.sql", reverse="watched_source.drop.sql"),
        migrations.AddField("scan", "active", models.IntegerField(default=0, db_default=0)),
        migrations.AddField("scan", "absent", models.IntegerField(default=0, db_default=0)),
        migrations.AddField("scan", "loses_critical", models.BooleanField(default=False, db_default=False)),
        migrations.AddField("scan", "clock_apart_s", models.IntegerField(default=0, db_default=0)),
        migrations.AddField("scan", "drift", models.JSONField(default=dict, db_default={})),
        migrations.AddField("jobrun", "exit_code", models.IntegerField(null=True)),
        migrations.AddField("jobrun", "answered", models.BooleanField(default=True, db_default=True)),
        migrations.AddField("ruleproof", "severity", models.TextField(blank=True, default="", db_default="")),
    ]

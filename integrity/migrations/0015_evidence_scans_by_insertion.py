"""Scans are numbered by insertion, and whatever says "the latest" reads that number."""

from django.db import migrations, models

from governance.core.database.sql_files import RunSQLFile
from integrity.models import ScanNumber


class Migration(migrations.Migration):
    dependencies = [
        ("integrity", "0014_evidence_scan_eyes"),
        ("alerts", "0011_life_decisions"),
    ]
    operations = [
        migrations.SeparateDatabaseAndState(
            [RunSQLFile("integrity", "scan_number.sql", reverse="scan_number.drop.sql")],
            [
                migrations.AddField(
                    "scan", "number", models.BigIntegerField(db_default=ScanNumber(), editable=False)
                )
            ],
        ),
        migrations.RemoveIndex("scan", "integrity_scan_latest"),
        migrations.AddConstraint(
            "scan", models.UniqueConstraint(fields=["source", "number"], name="integrity_scan_latest")
        ),
        migrations.AddIndex(
            "scan", models.Index(fields=["source", "outcome", "-number"], name="integrity_scan_believed")
        ),
    ]

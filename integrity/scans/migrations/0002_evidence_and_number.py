"""What a scan read through, and its place in the order of scans, which no clock can change."""

from django.db import migrations, models

from governance.core.database.sql_files import run_beside
from integrity.scans.models import ScanNumber

# Tables need no function of ours, see ActingPerson; it was one on a console of before.
PERSON = """
ALTER TABLE live_look ALTER person SET DEFAULT (nullif(current_setting('governance.user_id', true), ''))::uuid
"""


class Migration(migrations.Migration):
    dependencies = [("scans", "0001_initial")]
    operations = [
        migrations.AddField("scan", "evidence_hash", models.TextField(blank=True, db_default="", default="")),
        migrations.AddField("scan", "held", models.IntegerField(db_default=0, default=0)),
        migrations.SeparateDatabaseAndState(
            [run_beside(__file__, "0002_scan_number.sql", "ALTER TABLE integrity_scan DROP COLUMN number")],
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
        migrations.AddField("scan", "compiled", models.BooleanField(db_default=True, default=True)),
        migrations.RunSQL(PERSON, migrations.RunSQL.noop),
    ]

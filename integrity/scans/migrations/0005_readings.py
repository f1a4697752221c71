"""What each rule took and gave where it was read on its own."""

from django.db import migrations, models

from governance.core.database.stored_json import StoredJSONField


class Migration(migrations.Migration):
    dependencies = [("scans", "0004_packs")]
    operations = [
        migrations.AddField("scan", "readings", StoredJSONField(default=dict, db_default={})),
        migrations.AddIndex(
            "scan",
            models.Index(
                "source", models.F("number").desc(), condition=~models.Q(readings={}), name="integrity_scan_by_rule"
            ),
        ),
    ]

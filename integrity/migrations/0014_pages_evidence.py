"""What a proof was of, to the letter, and whether a scan read a view that the console had compiled."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("integrity", "0015_evidence_scans_by_insertion")]
    operations = [
        migrations.AddField("scan", "compiled", models.BooleanField(db_default=True, default=True)),
        migrations.AddField("ruleproof", "text_sha256", models.TextField(blank=True, db_default="", default="")),
    ]

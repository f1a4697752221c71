"""Each scan says what it read through, and how many absent alerts it held because that had moved."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("integrity", "0014_source_job_failures")]
    operations = [
        migrations.AddField("scan", "evidence_hash", models.TextField(blank=True, db_default="", default="")),
        migrations.AddField("scan", "held", models.IntegerField(db_default=0, default=0)),
    ]

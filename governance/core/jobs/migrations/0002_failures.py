"""How often a scheduled job failed in a row, which says how long its source is left alone."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("jobs", "0001_initial")]
    operations = [
        migrations.AddField("jobrun", "failures", models.IntegerField(db_default=0, default=0)),
    ]

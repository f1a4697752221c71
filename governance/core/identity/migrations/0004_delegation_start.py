"""A delegation has a start and a reason; those that exist began when they were granted."""

from django.db import migrations, models
from django.db.models.functions import Now

# No UPDATE: a delegation is not rewritten, and its triggers say so.
SINCE_GRANTED = "ALTER TABLE delegation ALTER COLUMN starts_at TYPE timestamptz USING created_at"


class Migration(migrations.Migration):

    dependencies = [("identity", "0003_people")]

    operations = [
        migrations.AddField("delegation", "starts_at", models.DateTimeField(null=True)),
        migrations.RunSQL(SINCE_GRANTED, migrations.RunSQL.noop),
        migrations.AlterField("delegation", "starts_at", models.DateTimeField(db_default=Now())),
        migrations.AddField("delegation", "reason", models.TextField(db_default="")),
    ]

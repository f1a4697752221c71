"""A delegation has a start and a reason; those that exist began when they were granted."""

from django.db import migrations, models
from django.db.models.functions import Now

# No UPDATE, nor Django's own way to a column without nulls, which is one: a delegation is not rewritten, and
# its triggers say so.
SINCE_GRANTED = """
ALTER TABLE delegation ADD COLUMN starts_at timestamptz DEFAULT statement_timestamp();
ALTER TABLE delegation ALTER COLUMN starts_at TYPE timestamptz USING created_at;
ALTER TABLE delegation ALTER COLUMN starts_at SET NOT NULL;
"""


class Migration(migrations.Migration):

    dependencies = [("identity", "0003_people")]

    operations = [
        migrations.RunSQL(
            SINCE_GRANTED,
            "ALTER TABLE delegation DROP COLUMN starts_at",
            state_operations=[
                migrations.AddField("delegation", "starts_at", models.DateTimeField(db_default=Now())),
            ],
        ),
        migrations.AddField("delegation", "reason", models.TextField(db_default="")),
    ]

"""What the ledger must hold to give `system_alerts` back row for row, and the function that does it."""

import uuid

from django.db import migrations, models

from governance.core.database.sql_files import RunSQLFile


class Migration(migrations.Migration):
    dependencies = [("alerts", "0003_comments_and_episodes")]
    operations = [
        RunSQLFile("alerts", "sighting.sql", reverse="sighting.drop.sql"),
        RunSQLFile("alerts", "replay.sql", reverse="replay.drop.sql"),
        # Read through the view alert_as_of; Django never creates it nor compares its columns.
        migrations.CreateModel(
            name="AlertThen",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                )
            ],
            options={"db_table": "alert_as_of", "managed": False},
        ),
    ]

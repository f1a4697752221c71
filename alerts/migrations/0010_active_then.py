"""What stood at an instant, without the past of all that was resolved by then."""

import uuid

from django.db import migrations, models

from governance.core.database.sql_files import RunSQLFile


class Migration(migrations.Migration):
    dependencies = [("alerts", "0009_resolved")]
    operations = [
        RunSQLFile("alerts", "active_then.sql", reverse="active_then.drop.sql"),
        # Read through the view; Django never creates it nor compares its columns.
        migrations.CreateModel(
            name="AlertActiveThen",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                )
            ],
            options={"db_table": "alert_active_as_of", "managed": False},
        ),
    ]

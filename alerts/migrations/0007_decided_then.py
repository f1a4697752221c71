"""Read through the view of that name; Django never creates it nor compares its columns."""

import uuid

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("alerts", "0006_marks")]
    operations = [
        migrations.CreateModel(
            name="AlertDecidedThen",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                )
            ],
            options={"db_table": "alert_decided_as_of", "managed": False},
        ),
    ]

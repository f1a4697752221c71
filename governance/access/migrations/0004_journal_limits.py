"""Requests are counted in the database, in a table that a crash may empty."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("access", "0003_people")]

    operations = [
        migrations.CreateModel(
            name="RequestCount",
            fields=[
                ("key", models.BinaryField(primary_key=True, serialize=False)),
                ("since", models.DateTimeField()),
                ("taken", models.IntegerField()),
                ("step", models.IntegerField()),
            ],
            options={"db_table": "request_count"},
        ),
        migrations.RunSQL(
            "ALTER TABLE request_count SET UNLOGGED", migrations.RunSQL.noop
        ),
    ]

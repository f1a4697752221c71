"""How often a scheduled job failed in a row, which says how long its source is left alone."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("integrity", "0014_gates_own_tables")]

    operations = [
        migrations.AddField(
            model_name="jobrun",
            name="failures",
            field=models.IntegerField(db_default=0, default=0),
        ),
    ]

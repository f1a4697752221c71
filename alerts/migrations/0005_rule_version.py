"""By which version of its rule an anomaly was found, and which versions opened and closed each episode."""

from django.db import migrations, models

from governance.core.database.sql_files import RunSQLFile


class Migration(migrations.Migration):
    dependencies = [("alerts", "0004_replay")]
    operations = [
        RunSQLFile("alerts", "as_of.drop.sql", reverse="as_of.sql"),
        migrations.AddField(
            model_name="alert",
            name="rule_version",
            field=models.TextField(null=True),
        ),
        RunSQLFile("alerts", "rule_version.sql", reverse="rule_version.drop.sql"),
    ]

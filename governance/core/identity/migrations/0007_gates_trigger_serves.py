"""What every trigger with its owner's rights asks first."""

from django.db import migrations

from governance.core.database.sql_files import RunSQLFile


class Migration(migrations.Migration):
    dependencies = [("governance", "0006_fewer_indexes")]
    operations = [
        RunSQLFile("governance", "trigger_serves.sql", reverse="trigger_serves.drop.sql")
    ]

"""The triggers of alerts and comments work for their own tables alone."""

from django.db import migrations

from governance.core.database.sql_files import RunSQLFile


class Migration(migrations.Migration):
    dependencies = [("alerts", "0010_active_then"), ("governance", "0007_gates_trigger_serves")]
    operations = [RunSQLFile("alerts", "own_tables_only.sql", reverse="own_tables_only.drop.sql")]

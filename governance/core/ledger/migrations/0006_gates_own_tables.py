"""The triggers of accounts, roles and delegations work for their own tables alone."""

from django.db import migrations

from governance.core.database.sql_files import RunSQLFile


class Migration(migrations.Migration):
    dependencies = [("ledger", "0005_instant"), ("governance", "0007_gates_trigger_serves")]
    operations = [
        RunSQLFile("ledger", "access_tables_only.sql", reverse="access_tables_only.drop.sql")
    ]

from django.db import migrations

from governance.core.database.sql_files import RunSQLFile


class Migration(migrations.Migration):
    dependencies = [("ledger", "0003_history_indexes")]

    operations = [RunSQLFile("ledger", "state.sql", reverse="state.drop.sql")]

from django.db import migrations

from governance.sql import RunSQLFile


class Migration(migrations.Migration):
    dependencies = [("ledger", "0003_history_indexes")]

    operations = [RunSQLFile("ledger", "state.sql", reverse="state.drop.sql")]

from django.db import migrations

from governance.core.database.sql_files import RunSQLFile


class Migration(migrations.Migration):
    dependencies = [("ledger", "0004_state")]

    operations = [RunSQLFile("ledger", "instant.sql", reverse="instant.drop.sql")]

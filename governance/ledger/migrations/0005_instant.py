from django.db import migrations

from governance.sql import RunSQLFile


class Migration(migrations.Migration):
    dependencies = [("ledger", "0004_state")]

    operations = [RunSQLFile("ledger", "instant.sql", reverse="instant.drop.sql")]

"""A delegation that ends at the clock's instant is recorded as ended."""

from django.db import migrations

from governance.core.database.sql_files import RunSQLFile


class Migration(migrations.Migration):
    dependencies = [("ledger", "0008_gates_deeds"), ("governance", "0007_life_loans")]
    operations = [
        RunSQLFile("ledger", "delegation_changed.sql", reverse="delegation_changed.drop.sql")
    ]

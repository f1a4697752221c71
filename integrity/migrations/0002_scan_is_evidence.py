"""A scan's row is written once and entered in the ledger."""

from django.db import migrations

from governance.core.database.sql_files import RunSQLFile


class Migration(migrations.Migration):
    dependencies = [
        ("integrity", "0001_scans"),
        ("alerts", "0002_rules_in_the_database"),
    ]
    operations = [RunSQLFile("integrity", "scan.sql", reverse="scan.drop.sql")]

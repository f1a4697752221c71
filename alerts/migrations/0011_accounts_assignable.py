"""Candidates for an alert, read as the owner."""

from django.db import migrations

from governance.core.database.sql_files import RunSQLFile


class Migration(migrations.Migration):
    dependencies = [("alerts", "0011_gates_own_tables")]
    operations = [RunSQLFile("alerts", "assignable.sql", reverse="assignable.drop.sql")]

"""Tries to sign in are counted in the database."""

from django.db import migrations

from governance.core.database.sql_files import RunSQLFile


class Migration(migrations.Migration):
    dependencies = [("governance", "0007_accounts_row_security")]
    operations = [RunSQLFile("governance", "attempts.sql", reverse="attempts.drop.sql")]

"""Who sees the ledger, how it is checked and exported, and what accounts and roles write into it."""

from django.db import migrations

from governance.core.database.sql_files import RunSQLFile


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_ledger")]
    operations = [
        RunSQLFile("ledger", "visibility.sql", reverse="visibility.drop.sql"),
        RunSQLFile("ledger", "note.sql", reverse="note.drop.sql"),
        RunSQLFile("ledger", "verify.sql", reverse="verify.drop.sql"),
        RunSQLFile("ledger", "export.sql", reverse="export.drop.sql"),
        RunSQLFile("ledger", "access_triggers.sql", reverse="access_triggers.drop.sql"),
    ]

"""What people keep without an entry in the ledger has bounds."""

from django.db import migrations

from governance.core.database.sql_files import RunSQLFile


class Migration(migrations.Migration):
    dependencies = [("integrity", "0016_verify_pinned"), ("governance", "0008_accounts_attempts")]
    operations = [RunSQLFile("integrity", "kept_in_bounds.sql", reverse="kept_in_bounds.drop.sql")]

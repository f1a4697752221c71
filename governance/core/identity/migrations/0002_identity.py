"""Who acts, as the database sees it."""

from django.db import migrations

from governance.core.database.sql_files import RunSQLFile


class Migration(migrations.Migration):
    dependencies = [("governance", "0001_accounts")]
    operations = [RunSQLFile("governance", "identity.sql", reverse="identity.drop.sql")]

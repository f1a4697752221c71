"""Who acts, as the database sees it."""

from django.db import migrations

from governance.sql import RunSQLFile


class Migration(migrations.Migration):
    dependencies = [("governance", "0001_accounts")]
    operations = [RunSQLFile("governance", "identity.sql", reverse="identity.drop.sql")]

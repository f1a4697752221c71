"""What a delegation may say, enforced by PostgreSQL."""

from django.db import migrations

from governance.core.database.sql_files import RunSQLFile


class Migration(migrations.Migration):
    dependencies = [("governance", "0002_identity")]
    operations = [RunSQLFile("governance", "delegations.sql", reverse="delegations.drop.sql")]

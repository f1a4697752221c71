"""A dispute about a critical alert has a longest date."""

from django.db import migrations

from governance.core.database.sql_files import RunSQLFile


class Migration(migrations.Migration):
    dependencies = [("alerts", "0012_verify_pinned")]
    operations = [RunSQLFile("alerts", "dispute_limit.sql", reverse="dispute_limit.drop.sql")]

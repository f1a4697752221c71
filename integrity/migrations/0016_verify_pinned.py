"""Trigger functions look names up where the program put them."""

from django.db import migrations

from governance.core.database.sql_files import RunSQLFile


class Migration(migrations.Migration):
    dependencies = [("integrity", "0014_pages_evidence")]
    operations = [RunSQLFile("integrity", "pinned.sql", reverse="pinned.drop.sql")]

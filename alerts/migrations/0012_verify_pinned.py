"""Trigger functions look names up where the program put them."""

from django.db import migrations

from governance.core.database.sql_files import RunSQLFile


class Migration(migrations.Migration):
    dependencies = [("alerts", "0011_life_decisions")]
    operations = [RunSQLFile("alerts", "pinned.sql", reverse="pinned.drop.sql")]

"""Scans, proofs and what jobs did are recorded by the identity that computes them."""

from django.db import migrations

from governance.core.database.sql_files import RunSQLFile


class Migration(migrations.Migration):
    dependencies = [
        ("integrity", "0013_saved_filter_shared"),
        ("governance", "0007_gates_trigger_serves"),
        ("ledger", "0008_gates_deeds"),
    ]
    operations = [
        RunSQLFile("integrity", "own_tables_only.sql", reverse="own_tables_only.drop.sql")
    ]

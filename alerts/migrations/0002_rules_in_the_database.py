"""Workflow, ledger entries and row security of alerts, enforced by PostgreSQL."""

from django.db import migrations

from governance.core.database.sql_files import RunSQLFile


class Migration(migrations.Migration):
    dependencies = [
        ("alerts", "0001_alerts"),
        ("governance", "0002_identity"),
        ("ledger", "0001_ledger"),
    ]
    operations = [
        RunSQLFile("alerts", "reading.sql", reverse="reading.drop.sql"),
        RunSQLFile("alerts", "workflow.sql", reverse="workflow.drop.sql"),
        RunSQLFile("alerts", "record.sql", reverse="record.drop.sql"),
        RunSQLFile("alerts", "row_security.sql", reverse="row_security.drop.sql"),
    ]

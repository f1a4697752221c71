"""One trigger instead of three after an update of alerts, cheaper entries, and room for HOT updates."""

from django.db import migrations

from governance.core.database.sql_files import RunSQLFile


class Migration(migrations.Migration):
    dependencies = [("alerts", "0006_tally"), ("ledger", "0002_record")]
    operations = [
        RunSQLFile("alerts", "sighting.drop.sql", reverse="sighting.sql"),
        RunSQLFile("alerts", "record.drop.sql", reverse="record.sql"),
        RunSQLFile("alerts", "record_once.sql", reverse="record_once.drop.sql"),
    ]

"""A transaction writes for one person or one identity of the machine."""

from django.db import migrations, models

from governance.core.database.sql_files import RunSQLFile


class Migration(migrations.Migration):
    dependencies = [("ledger", "0006_gates_own_tables")]
    operations = [
        migrations.AddField(
            model_name="ledgerhead", name="actor", field=models.TextField(null=True)
        ),
        RunSQLFile("ledger", "one_actor.sql", reverse="one_actor.drop.sql"),
    ]

"""Who may note which action."""

from django.db import migrations, models

from governance.core.database.sql_files import RunSQLFile


class Migration(migrations.Migration):
    dependencies = [("ledger", "0007_gates_one_actor")]
    operations = [
        migrations.CreateModel(
            name="LedgerDeed",
            fields=[
                ("action", models.TextField(primary_key=True, serialize=False)),
                ("subject_type", models.TextField()),
                ("system", models.TextField(default="")),
                ("permission", models.TextField(default="")),
            ],
            options={"db_table": "ledger_deed"},
        ),
        RunSQLFile("ledger", "deeds.sql", reverse="deeds.drop.sql"),
    ]

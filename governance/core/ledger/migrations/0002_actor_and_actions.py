"""A transaction writes for one person or one identity of the machine; and who may note which action."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]
    operations = [
        migrations.AddField("ledgerhead", "actor", models.TextField(null=True)),
        migrations.CreateModel(
            name="LedgerActionRow",
            fields=[
                ("action", models.TextField(primary_key=True, serialize=False)),
                ("subject_type", models.TextField()),
                ("system", models.TextField(default="")),
                ("permission", models.TextField(default="")),
            ],
            options={
                "db_table": "ledger_action",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(system="", permission__gt="")
                        | models.Q(system__gt="", permission=""),
                        name="ledger_action_of_machine_or_person",
                    ),
                ],
            },
        ),
    ]

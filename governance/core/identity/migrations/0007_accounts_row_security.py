"""Accounts, roles, sessions and addresses under row security; ids that never change."""

from django.db import migrations, models

from governance.core.database.sql_files import RunSQLFile


class Migration(migrations.Migration):
    dependencies = [
        ("governance", "0007_life_loans"),
        ("account", "0009_emailaddress_unique_primary_email"),
        ("ledger", "0007_gates_one_actor"),
        ("sessions", "0001_initial"),
    ]
    operations = [
        RunSQLFile("governance", "accounts.sql", reverse="accounts.drop.sql"),
        migrations.CreateModel(
            name="Account",
            fields=[
                ("id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ("username", models.CharField(max_length=150)),
                ("first_name", models.CharField(max_length=150)),
                ("last_name", models.CharField(max_length=150)),
                ("email", models.EmailField(max_length=254, null=True)),
                ("is_active", models.BooleanField()),
                ("last_login", models.DateTimeField(editable=False, null=True)),
                ("date_joined", models.DateTimeField(editable=False)),
            ],
            options={"db_table": "account", "managed": False},
        ),
    ]

"""What is lent is judged by the clock after the lock; by whose right a delegate acts."""

from django.db import migrations

from governance.core.database.sql_files import RunSQLFile


class Migration(migrations.Migration):
    dependencies = [("governance", "0007_gates_trigger_serves")]
    operations = [RunSQLFile("governance", "loans.sql", reverse="loans.drop.sql")]

"""The view of accounts that has no hash, and what the libraries and Django keep beside accounts."""

from django.db import migrations, models

# Addresses beside the one of the account could be added unverified by anybody, and opened the account.
ADDRESSES = "DELETE FROM account_emailconfirmation; DELETE FROM account_emailaddress"

# Django knows models by their app, and the apps of before the rooms are gone.
CONTENT_TYPES = """
UPDATE django_content_type AS known SET app_label = moved.now_in
FROM (VALUES ('governance', 'user', 'identity'), ('governance', 'sourcerole', 'identity'),
  ('governance', 'delegation', 'identity'), ('governance', 'rolepermission', 'identity'),
  ('integrity', 'scan', 'scans'), ('integrity', 'viewdefinition', 'scans'), ('integrity', 'livelook', 'scans'),
  ('integrity', 'jobrun', 'jobs'), ('integrity', 'ruleproof', 'proofs'), ('integrity', 'savedfilter', 'desk')
) AS moved (was_in, model, now_in)
WHERE (known.app_label, known.model) = (moved.was_in, moved.model)
"""


class Migration(migrations.Migration):
    dependencies = [
        ("identity", "0001_initial"),
        ("account", "0009_emailaddress_unique_primary_email"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("sessions", "0001_initial"),
    ]
    operations = [
        migrations.RunSQL(ADDRESSES, migrations.RunSQL.noop),
        migrations.RunSQL(CONTENT_TYPES, migrations.RunSQL.noop),
        # Read through the view `account` (sql/governance_user/account.sql); Django never creates it.
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

"""When somebody signed in from a device never seen; whether an account has a second factor."""

from django.db import migrations, models


class Migration(migrations.Migration):
    # The view `account` (sql/) reads the library's table of second factors.
    dependencies = [
        ("identity", "0002_accounts_without_hash"),
        ("mfa", "0003_authenticator_type_uniq"),
        ("socialaccount", "0006_alter_socialaccount_extra_data"),
    ]
    operations = [
        migrations.AddField(
            model_name="user",
            name="device_notice_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        # Of a view: Django changes nothing.
        migrations.AddField(
            model_name="account",
            name="has_factor",
            field=models.BooleanField(default=False, editable=False),
            preserve_default=False,
        ),
    ]

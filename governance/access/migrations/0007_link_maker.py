"""Who made a link: it ends with that person's right to make it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("access", "0006_journal_review")]

    operations = [
        migrations.AddField("personlink", "made_by", models.UUIDField(null=True)),
    ]

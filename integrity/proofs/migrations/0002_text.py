"""What a proof was of, to the letter."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("proofs", "0001_initial")]
    operations = [
        migrations.AddField("ruleproof", "text_sha256", models.TextField(blank=True, db_default="", default="")),
    ]

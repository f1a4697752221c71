"""Tries to sign in are counted in the database."""

from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True
    dependencies = []

    operations = [
        migrations.CreateModel(
            name="SignInCount",
            fields=[
                ("key", models.BinaryField(primary_key=True, serialize=False)),
                ("since", models.DateTimeField()),
                ("tries", models.IntegerField()),
                ("good_at", models.DateTimeField(null=True)),
            ],
            options={"db_table": "sign_in_count"},
        ),
    ]

"""How people chose to see the integrity screen."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# PostgreSQL deletes them with the account: whoever closes it sees none of them.
OWNER = """
ALTER TABLE desk_choice ADD CONSTRAINT desk_choice_owner
  FOREIGN KEY (owner_id) REFERENCES governance_user (id) ON DELETE CASCADE
"""


class Migration(migrations.Migration):

    dependencies = [("desk", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name='DeskChoice',
            fields=[
                ('owner', models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, primary_key=True, related_name='+', serialize=False, to=settings.AUTH_USER_MODEL)),
                ('density', models.TextField(choices=[('comfortable', 'Aérée'), ('compact', 'Compacte')])),
            ],
            options={
                'db_table': 'desk_choice',
                'constraints': [models.CheckConstraint(condition=models.Q(('density__in', ['comfortable', 'compact'])), name='desk_choice_density_known')],
            },
        ),
        migrations.RunSQL(OWNER, migrations.RunSQL.noop),
    ]

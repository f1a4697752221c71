"""Filters that people keep under a name."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# PostgreSQL deletes them with the account: whoever closes it sees none of them.
OWNER = """
ALTER TABLE saved_filter ADD CONSTRAINT saved_filter_owner
  FOREIGN KEY (owner_id) REFERENCES governance_user (id) ON DELETE CASCADE
"""


class Migration(migrations.Migration):

    initial = True
    # A console of before the rooms was migrated under these names; it is taken as migrated to here.
    replaces = [
        ("integrity", "0012_saved_filters"),
        ("integrity", "0013_saved_filter_shared"),
    ]
    dependencies = [migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        migrations.CreateModel(
            name='SavedFilter',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=60)),
                ('query', models.TextField(blank=True)),
                ('shared', models.BooleanField(default=False)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('owner', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'saved_filter',
                'indexes': [models.Index(condition=models.Q(('shared', True)), fields=['owner'], name='saved_filter_shared')],
                'constraints': [models.UniqueConstraint(fields=('owner', 'name'), name='saved_filter_name_once')],
            },
        ),
        migrations.RunSQL(OWNER, migrations.RunSQL.noop),
    ]

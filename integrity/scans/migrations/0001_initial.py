"""Scans, each definition of a view that one read, and the live looks that a person had lately."""

import uuid

from django.db import migrations, models
from django.db.models.functions import Now

from governance.core.identity.acting import ActingPerson

# The scan's entry in the ledger has the hash, and the row cannot say anything else under it.
IS_ITS_HASH = """
ALTER TABLE integrity_view_definition ADD CONSTRAINT integrity_view_definition_is_its_hash
  CHECK (view_hash = encode(sha256(convert_to(definition, 'UTF8')), 'hex'))
"""


class Migration(migrations.Migration):

    initial = True
    # A console of before the rooms was migrated under these names; it is taken as migrated to here.
    replaces = [
        ("integrity", "0001_scans"),
        ("integrity", "0002_scan_is_evidence"),
        ("integrity", "0011_versions_and_live"),
    ]
    dependencies = [("ledger", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name='Scan',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('source', models.TextField()),
                ('started_at', models.DateTimeField()),
                ('finished_at', models.DateTimeField()),
                ('outcome', models.TextField(choices=[('COMPLETE', 'Complet'), ('FAILED', 'Échoué'), ('SUSPECT', 'Douteux')])),
                ('error', models.TextField(blank=True, default='')),
                ('view_hash', models.TextField(blank=True, default='')),
                ('rules', models.JSONField(default=dict)),
                ('rows', models.IntegerField(default=0)),
                ('per_code', models.JSONField(default=dict)),
                ('quarantined', models.IntegerField(default=0)),
                ('faults', models.JSONField(default=list)),
                ('opened', models.IntegerField(default=0)),
                ('reopened', models.IntegerField(default=0)),
                ('lapsed', models.IntegerField(default=0)),
                ('changed', models.IntegerField(default=0)),
                ('closed', models.IntegerField(default=0)),
            ],
            options={
                'db_table': 'integrity_scan',
                'indexes': [
                    models.Index(fields=['source', '-started_at'], name='integrity_scan_latest'),
                    models.Index(fields=['source', 'outcome', '-started_at'], name='integrity_scan_outcome'),
                ],
                'constraints': [models.CheckConstraint(condition=models.Q(('outcome__in', ['COMPLETE', 'FAILED', 'SUSPECT'])), name='integrity_scan_outcome_known')],
            },
        ),
        migrations.CreateModel(
            name="ViewDefinition",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("source", models.TextField()),
                ("view_hash", models.TextField()),
                ("definition", models.TextField()),
                ("first_seen_at", models.DateTimeField()),
            ],
            options={
                "db_table": "integrity_view_definition",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("source", "view_hash"), name="integrity_view_definition_once"
                    ),
                ],
            },
        ),
        migrations.RunSQL(IS_ITS_HASH, migrations.RunSQL.noop),
        migrations.CreateModel(
            name="LiveLook",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("person", models.UUIDField(db_default=ActingPerson())),
                ("at", models.DateTimeField(db_default=Now())),
            ],
            options={
                "db_table": "live_look",
                "indexes": [models.Index(fields=["person", "at"], name="live_look_of_person")],
            },
        ),
    ]

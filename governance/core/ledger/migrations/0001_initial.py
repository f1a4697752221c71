"""The ledger's two tables, and the end of an empty chain."""

from django.db import migrations, models

BEGINNING = """
INSERT INTO ledger_head (id, seq, hash, at, writer)
VALUES (1, 0, decode(repeat('00', 32), 'hex'), '-infinity', 0)
"""


class Migration(migrations.Migration):

    initial = True
    # A console of before the rooms was migrated under these names; it is taken as migrated to here.
    replaces = [
        ("ledger", "0001_ledger"),
        ("ledger", "0002_record"),
        ("ledger", "0003_history_indexes"),
        ("ledger", "0004_state"),
        ("ledger", "0005_instant"),
    ]
    # Not its tables but its entries need accounts: going back behind these goes back behind the record.
    dependencies = [("identity", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name='LedgerEntry',
            fields=[
                ('seq', models.BigIntegerField(primary_key=True, serialize=False)),
                ('at', models.DateTimeField()),
                ('actor', models.TextField()),
                ('role', models.TextField()),
                ('source', models.TextField(null=True)),
                ('subject_type', models.TextField()),
                ('subject_id', models.TextField()),
                ('check_code', models.TextField(null=True)),
                ('action', models.TextField()),
                ('before', models.JSONField(null=True)),
                ('after', models.JSONField(null=True)),
                ('prev_hash', models.BinaryField()),
                ('hash', models.BinaryField()),
            ],
            options={
                'db_table': 'ledger_entry',
                'ordering': ['-seq'],
                'indexes': [
                    models.Index(fields=['subject_type', 'subject_id', 'seq'], name='ledger_entry_subject'),
                    models.Index(fields=['source', 'seq'], name='ledger_entry_source'),
                    models.Index(condition=models.Q(('action__in', ('alert.seen', 'scan.complete')), _negated=True), fields=['source', 'seq'], name='ledger_entry_telling'),
                    models.Index(condition=models.Q(('check_code__isnull', False)), fields=['check_code', 'seq'], name='ledger_entry_check'),
                    models.Index(fields=['actor', 'seq'], name='ledger_entry_actor'),
                    models.Index(fields=['action', 'seq'], name='ledger_entry_action'),
                    models.Index(fields=['at', 'seq'], name='ledger_entry_at'),
                ],
                'constraints': [models.CheckConstraint(condition=models.Q(('seq__gte', 1)), name='ledger_entry_seq_positive'), models.CheckConstraint(condition=models.Q(('source', ''), _negated=True), name='ledger_entry_source_named_or_null')],
            },
        ),
        migrations.CreateModel(
            name='LedgerHead',
            fields=[
                ('id', models.SmallIntegerField(primary_key=True, serialize=False)),
                ('seq', models.BigIntegerField()),
                ('hash', models.BinaryField()),
                ('at', models.DateTimeField()),
                ('writer', models.BigIntegerField()),
            ],
            options={
                'db_table': 'ledger_head',
                'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='ledger_head_one_row')],
            },
        ),
        migrations.RunSQL(BEGINNING, migrations.RunSQL.noop),
    ]

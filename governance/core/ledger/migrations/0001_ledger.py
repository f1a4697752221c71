"""The ledger: its tables, the one function that extends the chain, and the guard around them."""

from django.db import migrations, models

from governance.core.database.sql_files import RunSQLFile


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('governance', '0002_identity'),
    ]

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
                'indexes': [models.Index(fields=['subject_id', 'seq'], name='ledger_entry_subject'), models.Index(fields=['source', 'seq'], name='ledger_entry_source'), models.Index(fields=['check_code', 'seq'], name='ledger_entry_check'), models.Index(fields=['actor', 'seq'], name='ledger_entry_actor'), models.Index(fields=['action', 'seq'], name='ledger_entry_action'), models.Index(fields=['at'], name='ledger_entry_at')],
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
        RunSQLFile("ledger", "canonical.sql", reverse="canonical.drop.sql"),
        RunSQLFile("ledger", "append.sql", reverse="append.drop.sql"),
        RunSQLFile("ledger", "guard.sql", reverse="guard.drop.sql"),
    ]

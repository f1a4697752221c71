"""The journal of refused accesses."""

import django.contrib.postgres.fields
import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('access', '0004_journal_limits'),
    ]

    operations = [
        migrations.CreateModel(
            name='AccessBurst',
            fields=[
                ('pk', models.CompositePrimaryKey('address', 'kind', blank=True, editable=False, primary_key=True, serialize=False)),
                ('address', models.TextField()),
                ('kind', models.TextField()),
                ('since', models.DateTimeField()),
                ('seen', models.BigIntegerField()),
                ('unsaid', models.BigIntegerField()),
            ],
            options={
                'db_table': 'access_burst',
            },
        ),
        migrations.RunSQL("ALTER TABLE access_burst SET UNLOGGED", migrations.RunSQL.noop),
        migrations.CreateModel(
            name='AccessEvent',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('kind', models.TextField()),
                ('person', models.UUIDField(null=True)),
                ('sources', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), db_default=[], size=None)),
                ('address', models.TextField()),
                ('agent', models.TextField(db_default='')),
                ('method', models.TextField(db_default='')),
                ('path', models.TextField(db_default='')),
                ('status', models.SmallIntegerField(db_default=0)),
                ('request_id', models.TextField(db_default='')),
                ('merged', models.IntegerField(db_default=0)),
            ],
            options={
                'db_table': 'access_event',
                'indexes': [models.Index(fields=['at'], name='access_event_at')],
            },
        ),
    ]

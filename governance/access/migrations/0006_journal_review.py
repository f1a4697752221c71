"""Signed reviews of who holds what."""

import django.db.models.functions.datetime
import governance.core.identity.acting
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('access', '0005_journal_events'),
    ]

    operations = [
        migrations.CreateModel(
            name='AccessReview',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('source', models.TextField()),
                ('reviewer', models.UUIDField(null=True, db_default=governance.core.identity.acting.ActingPerson())),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('lines', models.JSONField()),
            ],
            options={
                'db_table': 'access_review',
                'indexes': [models.Index(fields=['source', 'at'], name='access_review_last')],
            },
        ),
    ]

"""Alerts, how many stand in each state, and what people say about them."""

import uuid

import django.db.models.deletion
from django.db import migrations, models
from django.db.models.functions import Now

from governance.core.identity.acting import ActingPerson

# A scan rewrites one column of each active row every minute. Half of each page stays free, so that the new
# version finds room beside the old one: no index is touched (HOT), and the next scan reuses the old one's room.
ROOM = "ALTER TABLE system_alerts SET (fillfactor = 45)"

# As many characters as COMMENT_LIMIT says, and not only blanks.
SAYS_SOMETHING = r"""
ALTER TABLE alert_comment ADD CONSTRAINT alert_comment_says_something
  CHECK (char_length(body) <= 4000 AND body ~ '\S')
"""



class Migration(migrations.Migration):

    initial = True
    # A console of before the rooms was migrated under these names; it is taken as migrated to here.
    replaces = [
        ("alerts", "0001_alerts"),
        ("alerts", "0002_rules_in_the_database"),
        ("alerts", "0003_comments_and_episodes"),
        ("alerts", "0004_replay"),
        ("alerts", "0005_rule_version"),
        ("alerts", "0006_tally"),
        ("alerts", "0007_record_once"),
        ("alerts", "0008_lately"),
        ("alerts", "0009_resolved"),
        ("alerts", "0010_active_then"),
    ]
    dependencies = [("ledger", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name='Alert',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('source', models.TextField()),
                ('check_code', models.TextField()),
                ('severity', models.TextField(choices=[('CRITICAL', 'Critique'), ('WARN', 'Avertissement'), ('INFO', 'Information')])),
                ('entity_type', models.TextField()),
                ('entity_id', models.TextField()),
                ('message', models.TextField()),
                ('payload', models.JSONField()),
                ('occurrences', models.IntegerField(default=1)),
                ('status', models.TextField(choices=[('OPEN', 'Ouverte'), ('ACK', 'Acquittée'), ('RESOLVED', 'Résolue')], default='OPEN')),
                ('episode', models.IntegerField(default=1)),
                ('version', models.IntegerField(default=1)),
                ('first_detected_at', models.DateTimeField()),
                ('last_detected_at', models.DateTimeField()),
                ('acknowledged_at', models.DateTimeField(null=True)),
                ('acknowledged_by', models.UUIDField(null=True)),
                ('acknowledged_severity', models.TextField(null=True)),
                ('acknowledged_material', models.JSONField(null=True)),
                ('acknowledgement_note', models.TextField(null=True)),
                ('resolved_at', models.DateTimeField(null=True)),
                ('resolved_by', models.UUIDField(null=True)),
                ('resolution_cause', models.TextField(null=True)),
                ('resolution_decision', models.TextField(choices=[('CORRIGE', 'Corrigé'), ('ACCEPTE', 'Accepté jusqu’à une date'), ('AJUSTEMENT', 'Ajustement de stock'), ('LITIGE', 'Litige')], null=True)),
                ('resolution_note', models.TextField(null=True)),
                ('accepted_until', models.DateField(null=True)),
                ('acceptance_proposed_by', models.UUIDField(null=True)),
                ('acceptance_proposed_at', models.DateTimeField(null=True)),
                ('assignee', models.UUIDField(null=True)),
                ('material', models.JSONField(default=dict)),
                ('created_at', models.DateTimeField()),
                ('updated_at', models.DateTimeField()),
                ('severity_rank', models.GeneratedField(db_persist=True, expression=models.Case(models.When(severity='CRITICAL', then=0), models.When(severity='WARN', then=1), default=2), output_field=models.SmallIntegerField())),
                ('concerns', models.GeneratedField(db_persist=True, expression=models.Case(models.When(source='console', then=models.Func('entity_id', models.Value('/'), models.Value(1), function='split_part', output_field=models.TextField())), default='source'), output_field=models.TextField())),
                ('rule_version', models.TextField(null=True)),
            ],
            options={
                'db_table': 'system_alerts',
                'indexes': [
                    models.Index(condition=models.Q(('status__in', ('OPEN', 'ACK'))), fields=['severity_rank', 'first_detected_at', 'id'], name='system_alerts_screen'),
                    models.Index(fields=['updated_at'], name='system_alerts_lately'),
                    models.Index(condition=models.Q(('status', 'RESOLVED')), fields=['severity_rank', 'first_detected_at', 'id'], name='system_alerts_resolved'),
                ],
                'constraints': [models.UniqueConstraint(fields=('source', 'check_code', 'entity_type', 'entity_id'), name='system_alerts_identity'), models.CheckConstraint(condition=models.Q(('severity__in', ['CRITICAL', 'WARN', 'INFO'])), name='system_alerts_severity_known'), models.CheckConstraint(condition=models.Q(('status__in', ['OPEN', 'ACK', 'RESOLVED'])), name='system_alerts_status_known')],
            },
        ),
        migrations.RunSQL(ROOM, migrations.RunSQL.noop),
        migrations.CreateModel(
            name="AlertTally",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "concerns",
                        "source",
                        "check_code",
                        "entity_type",
                        "severity",
                        "status",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("concerns", models.TextField()),
                ("source", models.TextField()),
                ("check_code", models.TextField()),
                ("entity_type", models.TextField()),
                ("severity", models.TextField()),
                ("status", models.TextField()),
                ("n", models.BigIntegerField()),
            ],
            options={"db_table": "alert_tally"},
        ),
        migrations.CreateModel(
            name="Comment",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("source", models.TextField(db_default="")),
                ("concerns", models.TextField(db_default="")),
                ("author", models.UUIDField(db_default=ActingPerson())),
                ("at", models.DateTimeField(db_default=Now())),
                ("body", models.TextField()),
                (
                    "alert",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="comments",
                        to="alerts.alert",
                    ),
                ),
            ],
            options={
                "db_table": "alert_comment",
                "indexes": [models.Index(fields=["alert", "at", "id"], name="alert_comment_of_alert")],
            },
        ),
        migrations.RunSQL(SAYS_SOMETHING, migrations.RunSQL.noop),
        # Read through the views of these names; Django never creates them nor compares their columns.
        migrations.CreateModel(
            name="AlertThen",
            fields=[("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False))],
            options={"db_table": "alert_as_of", "managed": False},
        ),
        migrations.CreateModel(
            name="AlertActiveThen",
            fields=[("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False))],
            options={"db_table": "alert_active_as_of", "managed": False},
        ),
    ]

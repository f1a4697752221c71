"""What follows a decision (confirmed, contradicted, taken back), and what moved in each quarter of an hour."""

from pathlib import Path

from django.db import migrations, models

# What happened already. The ledger binds its owner too, so somebody must be acting; for this step only.
PAST = f"""
SELECT set_config('governance.system', 'migrate', true);
INSERT INTO alert_flow (concerns, at, measure, what, n)
{Path(__file__).with_name("0002_flow_of_the_past.sql").read_text(encoding="utf-8")};
SELECT set_config('governance.system', '', true);
"""

# Tables need no function of ours, see ActingPerson; it was one on a console of before.
AUTHOR = """
ALTER TABLE alert_comment ALTER author SET DEFAULT (nullif(current_setting('governance.user_id', true), ''))::uuid
"""

COLUMNS: dict[str, "models.Field[object, object]"] = {
    "dated_by_data": models.BooleanField(null=True),
    "absent_at": models.DateTimeField(null=True),
    "reopening_note": models.TextField(null=True),
    "episode_at": models.DateTimeField(null=True),
    "first_acknowledged_at": models.DateTimeField(null=True),
    "acceptance_proposed_for": models.UUIDField(null=True),
    "contradicted_at": models.DateTimeField(null=True),
    "contradicted_by": models.UUIDField(null=True),
    "contradicted_decision": models.TextField(null=True),
    "contradicted_resolved_at": models.DateTimeField(null=True),
    "contradicted_until": models.DateField(null=True),
}


class Migration(migrations.Migration):
    dependencies = [("alerts", "0001_initial")]
    operations = [
        *(
            migrations.AddField(model_name="alert", name=name, field=field)
            for name, field in COLUMNS.items()
        ),
        migrations.AddIndex(
            model_name="alert",
            index=models.Index(
                condition=models.Q(status="RESOLVED", resolved_by__isnull=False, absent_at=None),
                fields=["source", "check_code"],
                name="system_alerts_unconfirmed",
            ),
        ),
        migrations.CreateModel(
            name="AlertFlow",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "concerns",
                        "at",
                        "measure",
                        "what",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("concerns", models.TextField()),
                ("at", models.DateTimeField()),
                ("measure", models.TextField()),
                ("what", models.TextField()),
                ("n", models.BigIntegerField()),
            ],
            options={"db_table": "alert_flow"},
        ),
        migrations.RunSQL(PAST, migrations.RunSQL.noop),
        migrations.RunSQL(AUTHOR, migrations.RunSQL.noop),
    ]

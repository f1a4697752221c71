"""No alert has an instant that no page can show: Python knows no infinite one, and none beyond these years.

A scan sends none (sql/intake/3_checked.sql); this holds for every other statement. NOT VALID: what stands stays.
"""

from django.db import migrations

PRESENTABLE = """
ALTER TABLE system_alerts ADD CONSTRAINT system_alerts_presentable CHECK (
  occurrences > 0
  AND first_detected_at BETWEEN '0001-01-01 00:00:00+00' AND '9999-12-31 00:00:00+00'
  AND last_detected_at BETWEEN '0001-01-01 00:00:00+00' AND '9999-12-31 00:00:00+00'
) NOT VALID
"""


class Migration(migrations.Migration):
    dependencies = [("alerts", "0002_decisions_and_flow")]
    operations = [
        migrations.RunSQL(
            PRESENTABLE, "ALTER TABLE system_alerts DROP CONSTRAINT system_alerts_presentable"
        )
    ]

"""`WorkingCalendar.after` as PostgreSQL computes it, for a list that is sorted by when something is due."""

from datetime import datetime, timedelta

from django.contrib.postgres.fields import ArrayField
from django.db.models import DateTimeField, FloatField, Func, Value
from django.db.models.expressions import Combinable

from alerts.calendars.working_time import WorkingCalendar

# How far the periods reach that the statement carries. What began earlier is sorted as if it began then:
# all of that is late, by more than a year with nearly all rules.
BACK, AHEAD = timedelta(days=400), timedelta(days=366)
# `opens`: seconds since 1970 at which a period begins; `worked`: what was worked before it, and at last in
# all. Periods are found by bisection, without reading a table. An end belongs to its period, hence the half
# microsecond, which no instant has. OFFSET 0: each step is computed once a row; folded into one expression it
# would be computed dozens of times, which costs ten times as much.
SQL = """(
SELECT to_timestamp(opens[place] + target - worked[place]) FROM (
  SELECT opens, worked, target,
         least(width_bucket(target - 0.0000005, worked), cardinality(opens)) AS place FROM (
    SELECT opens, worked,
           least(worked[place] + begun - opens[place], worked[place + 1]) + within AS target FROM (
      SELECT opens, worked, begun, within, width_bucket(begun, opens) AS place FROM (
        SELECT greatest(date_part('epoch', begun), opens[1]) AS begun, opens, worked,
               date_part('epoch', within) AS within
        FROM (SELECT %(expressions)s) AS said(begun, within, opens, worked) OFFSET 0
      ) AS one OFFSET 0
    ) AS two OFFSET 0
  ) AS three OFFSET 0
) AS four)"""


def worked_after(
    begun: str, within: Combinable, calendar: WorkingCalendar, now: datetime
) -> Combinable:
    """When so much was worked since the column `begun`; null where `within` is."""
    periods = calendar.timeline(now - BACK, now + AHEAD)
    if periods is None or not periods.opens:
        raise ValueError(f"no calendar reaches {now}")
    first = next(i for i, opens in enumerate(periods.opens) if opens >= now - BACK)
    last = next(
        (i for i, opens in enumerate(periods.opens) if opens > now + AHEAD), len(periods.opens)
    )
    opens = [one.timestamp() for one in periods.opens[first:last]]
    worked = [one.total_seconds() for one in periods.before[first:last]]
    worked.append(worked[-1] + (periods.closes[last - 1] - periods.opens[last - 1]).total_seconds())
    numbers = ArrayField(FloatField())
    return Func(
        begun,
        within,
        Value(opens, output_field=numbers),
        Value(worked, output_field=numbers),
        template=SQL,
        output_field=DateTimeField(),
    )

"""`WorkingCalendar.after` as PostgreSQL computes it, for a list that is sorted by when something is due."""

from bisect import bisect_left
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

from django.db.models import DateTimeField, Func, Value
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
    numbers = _periods(calendar, now.astimezone(UTC).date())
    return Func(
        begun,
        within,
        *(Func(Value(one), template="%(expressions)s::float8[]") for one in numbers),
        template=SQL,
        output_field=DateTimeField(),
    )


@lru_cache(64)
def _periods(calendar: WorkingCalendar, today: date) -> tuple[str, str]:
    """`opens` and `worked`, written as PostgreSQL reads them: Django would take 20 ms for it each time."""
    now = datetime.combine(today, time(0), UTC)
    periods = calendar.timeline(now - BACK, now + AHEAD)
    if periods is None or not periods.opens:
        raise ValueError(f"no calendar reaches {now}")
    first, last = (bisect_left(periods.opens, at) for at in (now - BACK, now + AHEAD))
    opens = [one.timestamp() for one in periods.opens[first:last]]
    worked = [one.total_seconds() for one in periods.before[first:last]]
    worked.append(worked[-1] + (periods.closes[last - 1] - periods.opens[last - 1]).total_seconds())
    return _array(opens), _array(worked)


def _array(numbers: Iterable[float]) -> str:
    return f"{{{','.join(map(repr, numbers))}}}"

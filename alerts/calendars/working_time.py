"""Counts the hours during which a source works; knows neither alerts nor the database.

Hours are those of the clock on the wall: the zone says which instants they are, so a night in which summer
time ends is an hour longer. Between two instants only what passes while the source works is counted.
"""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

Span = tuple[int, int]  # minutes of a day
BEFORE, AFTER = "before", "after"  # where a holiday on a Sunday moves to

NOTHING, DAY, MICRO = timedelta(0), timedelta(days=1), timedelta(microseconds=1)
# Beyond these years hours run as everywhere: nobody has a calendar for them.
FIRST_YEAR, LAST_YEAR = 1970, 2150


class Timeline(NamedTuple):
    """Periods of work in order, and how much was worked before each since the first."""

    years: range
    opens: list[datetime]
    closes: list[datetime]
    before: list[timedelta]

    @property
    def worked(self) -> timedelta:
        return self.until(self.closes[-1]) if self.closes else NOTHING

    def until(self, at: datetime) -> timedelta:
        """How much was worked by then."""
        place = bisect_right(self.opens, at) - 1
        if place < 0:
            return NOTHING
        return self.before[place] + (min(at, self.closes[place]) - self.opens[place])

    def first(self, worked: timedelta) -> datetime:
        """When so much was worked."""
        place = bisect_left(self.before, worked) - 1
        return self.opens[place] + (worked - self.before[place])

    def last(self, worked: timedelta) -> datetime:
        """Until when no more was worked: after a pause its end."""
        place = bisect_right(self.before, worked) - 1
        return self.opens[place] + (worked - self.before[place])


@dataclass(frozen=True)
class WorkingCalendar:
    """`hours`: by weekday, Monday first, its spans. `yearly`: holidays as MM-DD; `once`: single days."""

    zone: str
    hours: tuple[tuple[Span, ...], ...]
    yearly: frozenset[str] = frozenset()
    once: frozenset[date] = frozenset()
    moved: str = ""
    _known: dict[str, Timeline] = field(default_factory=dict, compare=False, repr=False)

    def after(self, begun: datetime, within: timedelta) -> datetime:
        """The first instant by which so much was worked since `begun`."""
        lines = self._around(begun)
        while lines:
            worked = lines.until(begun) + within
            if worked <= lines.worked:
                return lines.first(worked)
            lines = self._wider(lines, later=True)
        return begun + within

    def limit(self, now: datetime, within: timedelta) -> datetime:
        """What began before this instant has its `after` before `now`."""
        lines = self._around(now)
        while lines:
            worked = lines.until(now) - within
            if worked > NOTHING:
                # In a pause, what was due as it began is late already, whenever in a pause that itself began.
                is_over = now > lines.first(lines.until(now))
                return lines.last(worked) + MICRO if is_over else lines.first(worked)
            lines = self._wider(lines, later=False)
        return now - within

    def timeline(self, since: datetime, until: datetime) -> Timeline | None:
        """Periods that cover at least this time; None where nobody has a calendar."""
        lines = self._around(since) and self._around(until)
        return lines or None

    def day_of(self, at: datetime) -> date:
        """The day that it is there."""
        return at.astimezone(ZoneInfo(self.zone)).date()

    def works_on(self, day: date) -> bool:
        return bool(self.hours[day.weekday()]) and not self.is_holiday(day)

    def is_holiday(self, day: date) -> bool:
        return (
            self._is_named(day)
            or (self.moved == BEFORE and day.weekday() == 5 and self._is_named(day + DAY))
            or (self.moved == AFTER and day.weekday() == 0 and self._is_named(day - DAY))
        )

    def _is_named(self, day: date) -> bool:
        return f"{day:%m-%d}" in self.yearly or day in self.once

    def _around(self, at: datetime) -> Timeline | None:
        year = at.astimezone(UTC).year
        if not FIRST_YEAR < year < LAST_YEAR:
            return None
        known = self._known.get("")
        if known and year - 1 in known.years and year + 1 in known.years:
            return known
        years = known.years if known else range(year, year + 1)
        return self._made(min(years[0], year - 1), max(years[-1], year + 1))

    def _wider(self, lines: Timeline, *, later: bool) -> Timeline | None:
        first, last = lines.years[0], lines.years[-1]
        if (last >= LAST_YEAR) if later else (first <= FIRST_YEAR):
            return None
        more = len(lines.years)
        return self._made(first, last + more) if later else self._made(first - more, last)

    def _made(self, first: int, last: int) -> Timeline:
        """The periods of whole years, kept: a page asks hundreds of times."""
        years = range(max(first, FIRST_YEAR), min(last, LAST_YEAR) + 1)
        zone = ZoneInfo(self.zone)
        opens: list[datetime] = []
        closes: list[datetime] = []
        day = date(years[0], 1, 1)
        while day.year <= years[-1]:
            for start, end in () if self.is_holiday(day) else self.hours[day.weekday()]:
                begins, ends = _instant(day, start, zone), _instant(day, end, zone)
                if closes and begins <= closes[-1]:  # midnight in a night's work is no pause
                    closes[-1] = max(closes[-1], ends)
                elif begins < ends:  # not where summer time begins and swallows it
                    opens.append(begins)
                    closes.append(ends)
            day += DAY
        before, worked = [], NOTHING
        for begins, ends in zip(opens, closes, strict=True):
            before.append(worked)
            worked += ends - begins
        self._known[""] = Timeline(years, opens, closes, before)
        return self._known[""]


def _instant(day: date, minute: int, zone: ZoneInfo) -> datetime:
    at = time(minute // 60 % 24, minute % 60)
    return datetime.combine(day + DAY * (minute // 1440), at, zone).astimezone(UTC)

"""Owns which days a report is about: read from an address, in the zone of display; knows no ledger."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

DAYS_MAX = 400
YEAR_MIN = 2000


@dataclass(frozen=True)
class Period:
    """Local days, both included."""

    first: date
    last: date

    @property
    def since(self) -> datetime:
        return timezone.make_aware(datetime.combine(self.first, time.min))

    @property
    def until(self) -> datetime:
        """The last microsecond of the last day, as PostgreSQL counts."""
        return timezone.make_aware(datetime.combine(self.last, time.max))

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def before(self) -> "Period":
        """As many days just before; of a whole month the month before."""
        last = self.first - timedelta(days=1)
        if self.first.day == 1 and self.last == _month_end(self.first):
            return Period(last.replace(day=1), last)
        return Period(last - timedelta(days=self.days - 1), last)

    @property
    def year_before(self) -> "Period":
        """The same days a year before; of a whole month that month, whatever its last day."""
        first = _year_before(self.first)
        if self.first.day == 1 and self.last == _month_end(self.first):
            return Period(first, _month_end(first))
        return Period(first, _year_before(self.last))


def _month_end(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def _year_before(day: date) -> date:
    """The 29th of February has none but the 28th."""
    return day.replace(year=day.year - 1, day=min(day.day, 28) if day.month == 2 else day.day)


def last_month(today: date) -> Period:
    """The last complete month."""
    last = today.replace(day=1) - timedelta(days=1)
    return Period(last.replace(day=1), last)


def period_read(query: Mapping[str, str], *, today: date) -> tuple[Period, str]:
    """What `from` and `to` ask for, or in older addresses `du` and `au`.

    Otherwise the last complete month, and why, as a sentence.
    """
    default = last_month(today)
    texts = [
        (query.get(name) or query.get(former, "")).strip()
        for name, former in (("from", "du"), ("to", "au"))
    ]
    if not any(texts):
        return default, ""
    try:
        first, last = (date.fromisoformat(text) for text in texts)
    except ValueError:
        return default, _("Une période se donne par deux dates, comme 2026-10-01 et 2026-10-31.")
    if first > last:
        return default, _("La période finit avant de commencer.")
    if last >= today:
        return default, _("Un rapport ne porte que sur des jours achevés : il doit rester le même.")
    if first.year < YEAR_MIN or (last - first).days >= DAYS_MAX:
        return default, _("Une période a au plus %(n)s jours.") % {"n": DAYS_MAX}
    return Period(first, last), ""

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

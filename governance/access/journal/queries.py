"""Reads of the journal for its page; row security decides which lines a reader sees."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db.models import Count, F, Sum
from django.db.models.functions import Now

from governance.access.journal.models import AccessEvent
from governance.core.web.paging import Order, Page, whole_number

ORDER = Order({"id": whole_number}, size=100, newest_first=True)


def event_page(selected: Mapping[str, Any], *, cursor: str = "") -> Page[AccessEvent]:
    """The newest lines first, of those that `selected` leaves: kind, person, address, since, until."""
    names = {"since": "at__gte", "until": "at__lte"}
    rows = AccessEvent.objects.filter(**{names.get(key, key): selected[key] for key in selected})
    return ORDER.page(ORDER.ordered(ORDER.after(rows, cursor))[: ORDER.size + 1])


def kinds_lately(days: int = 7) -> dict[str, int]:
    """How many refusals of each kind came within some days, those without a line of their own too."""
    recent = AccessEvent.objects.filter(at__gt=Now() - timedelta(days=days))
    counted = (
        recent.values("kind")
        .annotate(count=Count("id") + Sum("merged"))
        .order_by(F("count").desc())
    )
    return {row["kind"]: row["count"] for row in counted}

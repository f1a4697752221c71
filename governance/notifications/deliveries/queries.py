"""Reads of messages and of who was told; row security decides which a reader sees."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from alerts.models import Alert
from governance.core.web.paging import Order, Page
from governance.notifications.models import (
    Attempt,
    Channel,
    Delivery,
    DeliveryState,
    Notice,
    Notification,
)

ORDER = Order({"created_at": datetime.fromisoformat, "id": UUID}, size=50, newest_first=True)
TOLD_LIMIT = 100  # lines of an alert's page


def delivery_page(selected: Mapping[str, Any], *, cursor: str = "") -> Page[Delivery]:
    """The newest first, of those that `selected` leaves: state, kind, source, channel."""
    rows = Delivery.objects.filter(**selected)
    page = ORDER.ordered(ORDER.after(rows, cursor))[: ORDER.size + 1]
    return ORDER.page(page.select_related("channel"))


def dead_letters(sources: Iterable[str]) -> QuerySet[Delivery]:
    """What was given up on these sources, and what concerns none."""
    found = Delivery.objects.filter(state=DeliveryState.DEAD, source__in=[*sources, ""])
    return found.select_related("channel").order_by("-ended_at", "pk")


def attempts_of(deliveries: Iterable[Delivery]) -> dict[UUID, list[Attempt]]:
    """By message, in order."""
    found: dict[UUID, list[Attempt]] = defaultdict(list)
    for one in Attempt.objects.filter(delivery__in=list(deliveries)).order_by("began_at", "pk"):
        found[one.delivery_id].append(one)
    return found


def told_of(alert: Alert) -> list[Notice]:
    """Who was chosen to be told of this alert, the newest first, with the message where there is one."""
    found = Notice.objects.filter(alert_id=alert.pk).select_related(
        "delivery", "channel", "notification"
    )
    return list(found.order_by("-pk")[:TOLD_LIMIT])


def is_decided(alert: Alert) -> bool:
    """Whether it was asked who is to be told of this episode, and there was somebody or nobody."""
    asked = Notification.objects.filter(alert_id=alert.pk, episode=alert.episode)
    return asked.filter(planned_at__isnull=False).exists()


def channels() -> list[Channel]:
    return list(Channel.objects.order_by("created_at", "name"))

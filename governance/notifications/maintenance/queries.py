"""Reads of maintenance windows."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import QuerySet

from governance.notifications.models import MaintenanceWindow


def windows_at(at: datetime) -> list[MaintenanceWindow]:
    """Those that last at this instant, as far as the reader sees them."""
    return list(MaintenanceWindow.objects.filter(starts_at__lte=at, ends_at__gt=at))


def windows_of(sources: Collection[str]) -> QuerySet[MaintenanceWindow]:
    """All of these sources, the latest to end first."""
    return MaintenanceWindow.objects.filter(source__in=sources).order_by("-ends_at", "-made_at")

"""Pages and tables of governance/notifications, in the shapes of the two matrices."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.utils import timezone

from governance.core.identity.acting import acting_as_system
from governance.core.identity.roles import Permission
from governance.notifications.models import MaintenanceWindow
from tests.notifications.make import messages, webhook_channel

HOLD = {
    "admin",
    "directeur",
    "pca",
    "gerant",
    "auditeur",
    "delegate",
    "delegate-after",
    "elsewhere",
}

REACHED: dict[str, dict[str, set[str]]] = {
    "delivery": {"SELECT": HOLD, "UPDATE": {"admin"}},
    "delivery_attempt": {"SELECT": HOLD},
    "maintenance_window": {"SELECT": HOLD, "UPDATE": {"admin"}},
    "notice": {"SELECT": HOLD},
    "notification": {"SELECT": HOLD},
}
# Channels belong to no source; only who administers sets them up.
NOBODYS = {"channel"}
ROOM = "governance/notifications"
GUARDED: dict[str, tuple[Any, tuple[str, ...], dict[str, Any]]] = {
    ROOM: (Permission.HISTORY, ("GET", "HEAD"), {}),
    f"{ROOM}/dead": (
        Permission.ADMINISTER,
        ("GET", "HEAD", "POST"),
        {"delivery": "<uuid:delivery_id>", "note": "le fournisseur est revenu"},
    ),
    f"{ROOM}/channels": (
        Permission.ADMINISTER,
        ("GET", "HEAD", "POST"),
        {"name": "<name>", "family": "json", "address": "json://hooks.exemple.test/jeton"},
    ),
    f"{ROOM}/channels/<uuid:channel_id>": (
        Permission.ADMINISTER,
        ("GET", "HEAD", "POST"),
        {"is_on": "on"},
    ),
    f"{ROOM}/channels/<uuid:channel_id>/test": (Permission.ADMINISTER, ("POST",), {}),
    f"{ROOM}/maintenance": (
        {"GET": Permission.VIEW, "POST": Permission.ADMINISTER},
        ("GET", "HEAD", "POST"),
        {"source": "depot", "ends_at": "<tomorrow>T08:00", "reason": "vidange"},
    ),
    f"{ROOM}/maintenance/<uuid:window_id>/end": (Permission.ADMINISTER, ("POST",), {}),
    f"{ROOM}/<uuid:delivery_id>": (Permission.HISTORY, ("GET", "HEAD"), {}),
    "governance/mailbox": (Permission.VIEW, ("GET", "HEAD"), {}),
    "governance/mailbox/<uuid:delivery_id>": (Permission.VIEW, ("GET", "HEAD"), {}),
}


def _channel() -> object:
    return webhook_channel("https://hooks.exemple.test/", name=uuid.uuid4().hex).pk


def _given_up() -> object:
    to = webhook_channel("https://hooks.exemple.test/", name=uuid.uuid4().hex)
    return messages(to, 1, state="DEAD", ended_at=timezone.now())[0]


def _window() -> object:
    with acting_as_system("install"):
        made = MaintenanceWindow.objects.create(
            source="depot", ends_at=timezone.now() + timedelta(days=1), reason="vidange"
        )
    return made.pk


# What stands for a placeholder of an address.
FILLS: dict[str, Callable[[], object]] = {
    "<uuid:channel_id>": _channel,
    "<uuid:delivery_id>": _given_up,
    "<uuid:window_id>": _window,
}

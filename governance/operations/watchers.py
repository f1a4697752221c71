"""Says who may read what only the people who watch the console need: metrics, details of its health."""

import ipaddress
import secrets

from django.conf import settings
from django.http import HttpRequest

# A proxy on this machine connects from the loopback address, too, for anybody.
PROXIED = (
    "X-Forwarded-For",
    "X-Forwarded-Proto",
    "X-Forwarded-Host",
    "X-Real-Ip",
    "Forwarded",
    "Via",
)


def is_watcher(request: HttpRequest) -> bool:
    """Whoever brings `Authorization: Bearer` with MONITORING_TOKEN."""
    scheme, _, brought = request.headers.get("Authorization", "").partition(" ")
    wanted = settings.MONITORING_TOKEN
    return (
        bool(wanted)
        and scheme.lower() == "bearer"
        and secrets.compare_digest(brought.strip().encode(), wanted.encode())
    )


def is_from_here(request: HttpRequest) -> bool:
    """Connected from this very machine, and not through a proxy."""
    try:
        address = ipaddress.ip_address(str(request.META.get("REMOTE_ADDR", "")))
    except ValueError:
        return False
    return address.is_loopback and not any(name in request.headers for name in PROXIED)

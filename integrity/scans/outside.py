"""Tells an outside monitor that scans complete; its silence is what raises the alarm out there."""

import logging
import urllib.request
from http.client import HTTPException

from django.conf import settings

from governance.core.logs import one_line

LIMIT_S = 5.0
logger = logging.getLogger(__name__)


def scans_complete_tell() -> bool:
    """Ask HEARTBEAT_URL once. Whether it was told; one that is away is a line of the log."""
    if not settings.HEARTBEAT_URL:
        return False
    # http or https alone: env.outside_address
    request = urllib.request.Request(settings.HEARTBEAT_URL, method="POST", data=b"")  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=LIMIT_S):  # noqa: S310
            return True
    except (OSError, HTTPException) as error:
        logger.warning("HEARTBEAT_URL was not told: %s", one_line(error))
        return False

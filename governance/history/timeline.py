"""The record of one alert for its page, for those who may read history."""

from typing import Any

from django.urls import reverse

from alerts.models import Alert
from governance.core.identity.roles import Permission
from governance.core.web.http import Access
from governance.history.entries import alert_entries
from governance.history.rows import timeline_html

SHOWN = 100


def alert_timeline(alert: Alert, access: Access) -> dict[str, Any]:
    """Context of the alert page's "Historique": the newest entries, and the way to all of them."""
    if not access.may(Permission.HISTORY, alert.concerns):
        return {}
    entries = alert_entries(alert.pk, size=SHOWN + 1)
    return {
        "timeline": timeline_html(entries[:SHOWN]),
        "timeline_cut": SHOWN if len(entries) > SHOWN else 0,
        "timeline_url": f"{reverse('history')}?alert={alert.pk}",
    }

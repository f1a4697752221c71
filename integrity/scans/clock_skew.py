"""CLOCK_SKEW: a scan dated in the future, or two clocks that disagree; a scan and the heartbeat both ask."""

from collections.abc import Iterable
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from alerts.intake import Finding
from governance.core.web.templatetags.ui import to_the_second
from integrity.scans.freshness import CLOCK_SKEW, is_ahead
from integrity.scans.models import Scan


def scan_latest(source: str) -> Scan | None:
    """The source's last scan, whatever its outcome and its date."""
    return Scan.objects.filter(source=source).order_by("-number").first()


def scans_ahead(sources: Iterable[str]) -> dict[str, datetime]:
    """Of these sources, those whose last scan is dated in the future, with its date."""
    now = timezone.now()
    latest = {source: scan_latest(source) for source in sources}
    return {
        source: scan.started_at
        for source, scan in latest.items()
        if scan and is_ahead(scan.started_at, now)
    }


def skew_finding(source: str, dated: datetime | None, at: datetime) -> Finding:
    """`dated`: of the scan that is ahead; None when the database's clock and the server's disagree."""
    if dated is None:
        message = _(
            "L’horloge de la base de la console et celle du serveur diffèrent de plus d’une minute : "
            "les dates des contrôles de « %(source)s » ne prouvent rien."
        )
    else:
        message = _(
            "Un contrôle de « %(source)s » est daté du futur (%(dated)s) : une horloge a sauté, son âge "
            "ne prouve rien."
        )
    words = {"source": source, "dated": to_the_second(dated)}
    payload = {"source": source, "dated": dated and dated.isoformat()}
    return Finding(CLOCK_SKEW, "WARN", "SOURCE", source, message % words, payload, at)

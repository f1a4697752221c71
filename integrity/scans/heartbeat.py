"""Notices that nobody looks any more: sources without a complete scan for three intervals.

The worker's check reads the console's own view, where SCAN_STALE says so. The worker may be what died, so
every page asks the same question by itself (`page_warnings`), from the scans alone and without writing.
"""

import logging
import urllib.request
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from http.client import HTTPException
from pathlib import Path
from urllib.parse import urlencode

from django.conf import settings
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from alerts.models import ACTIVE, Alert
from governance.core.capability import PageWarning
from governance.core.identity.acting import acting_as_system
from governance.core.identity.roles import CONSOLE_SOURCE, Permission
from governance.core.identity.sources import source_name, source_slugs
from governance.core.jobs.runs import jobs_remember
from governance.core.ledger.waiting import entries_chain, ledger_waiting
from governance.core.logs import one_line
from governance.core.web.http import Access
from governance.core.web.templatetags.ui import moment
from integrity.rules.catalog import room_codes
from integrity.scans.console import (
    IDENTITY,
    console_read,
    console_rows,
    console_was_read,
    sources_watch,
    view_check,
    waiting_note,
)
from integrity.scans.freshness import (
    CLOCK_SKEW,
    CLOCK_TOLERANCE,
    SCAN_STALE,
    is_fresh,
    stale_after,
)

LEDGER_BEHIND = "LEDGER_BEHIND"
CHAIN_LIMIT_S = 20.0
OUTSIDE_LIMIT_S = 5.0  # seconds that an outside monitor has for its answer
logger = logging.getLogger(__name__)

SQL = Path(__file__).parent / "sql" / "last_complete.sql"

# A source of which the database knows nothing at all is counted from here.
PROCESS_STARTED = timezone.now()


@dataclass(frozen=True)
class Silence:
    """A source whose last complete scan is too old; `since` is when it became so.

    `was_scanned`: there is a complete scan, believed or not. One dated in the future is no evidence of now.
    """

    source: str
    last_complete_at: datetime | None
    known_since: datetime
    since: datetime
    was_scanned: bool


def silences(sources: Iterable[str]) -> list[Silence]:
    """Which of these sources are stale now: none or one query, whatever the history.

    A source that was never scanned completely counts from when the console first knew it. Inside an
    identity: a person learns of the sources that the person sees.
    """
    held = frozenset(sources)
    doubtful = sorted(source for source in held if not is_fresh(source, held))
    if not doubtful:
        return []
    limit = stale_after()
    with connection.cursor() as cursor:
        latest = timezone.now() + CLOCK_TOLERANCE
        cursor.execute(_query(), {"sources": doubtful, "latest": latest})
        rows = cursor.fetchall()
    found = []
    for source, last_complete_at, known_since, was_scanned in rows:
        known = known_since or PROCESS_STARTED
        since = (last_complete_at or known) + limit
        if since < timezone.now():
            found.append(Silence(source, last_complete_at, known, since, was_scanned))
    return found


def heartbeat_check() -> list[Silence]:
    """Read the console for what time alone brings about: SCAN_STALE, also of sources that are no more.

    And for what the rules of the rooms find, so that a room need not see to it.

    CLOCK_SKEW of those whose last scan is dated in the future comes first: its date is then no excuse.
    """
    jobs_remember()
    entries_chain(limit_s=CHAIN_LIMIT_S)  # what a scan left that was killed after its commit
    with acting_as_system(IDENTITY):
        with connection.cursor() as cursor:
            # First in the queue of writers: a scan that is about to commit does so before we look.
            cursor.execute("SELECT ledger_lock()")
            cursor.execute("SELECT now()")
            (now,) = cursor.fetchone()
        sources_watch()
        if view_check(now):
            _skew_check(now)
            waiting_note(ledger_waiting())
            console_read(codes=[SCAN_STALE, LEDGER_BEHIND, *room_codes()], taken_at=now, again=True)
            console_was_read(now)
        return silences(source_slugs())


def _skew_check(now: datetime) -> None:
    """It ends with a complete scan, or with its source; the day that a scan was dated ends nothing."""
    ahead = {row.entity_id for row in console_rows([CLOCK_SKEW]) if row.payload["clock"] == "ahead"}
    standing = Alert.objects.filter(
        source=CONSOLE_SOURCE, check_code=CLOCK_SKEW, status__in=ACTIVE
    ).exclude(entity_id__in=source_slugs())
    gone = set(standing.values_list("entity_id", flat=True))
    if ahead or gone:
        console_read(codes=[CLOCK_SKEW], entities=sorted(ahead | gone), taken_at=now, again=True)


def page_warnings(access: Access) -> list[PageWarning]:
    """What every page must say to this person about sources that nobody looks at."""
    configured = set(source_slugs())
    held = access.sources[Permission.VIEW] - {CONSOLE_SOURCE}
    return [
        PageWarning(
            title=_("%s : l’état est INCONNU.") % source_name(silence.source),
            text=said(silence),
            url=f"{reverse('scans')}?{urlencode({'source': silence.source})}",
            link_label=_("Voir les contrôles"),
        )
        for silence in silences(sorted(held & configured))
    ]


def said(silence: Silence) -> str:
    """The fact in one sentence, the same words for as long as it lasts."""
    if silence.last_complete_at is None and silence.was_scanned:
        return _("La date du dernier contrôle complet est INCONNUE : une horloge a sauté.")
    if silence.last_complete_at is None:
        return _(
            "Aucun contrôle complet depuis que la console connaît cette source (%s)."
        ) % moment(silence.known_since)
    return _("Aucun contrôle complet depuis le %s.") % moment(silence.last_complete_at)


@cache
def _query() -> str:
    return SQL.read_text(encoding="utf-8")


def scans_complete_tell() -> bool:
    """Ask HEARTBEAT_URL once. Whether it was told; one that is away is a line of the log."""
    if not settings.HEARTBEAT_URL:
        return False
    # http or https alone: env.outside_address
    request = urllib.request.Request(settings.HEARTBEAT_URL, method="POST", data=b"")  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=OUTSIDE_LIMIT_S):  # noqa: S310
            return True
    except (OSError, HTTPException) as error:
        logger.warning("HEARTBEAT_URL was not told: %s", one_line(error))
        return False

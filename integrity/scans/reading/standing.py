"""When the last reading of a source stands, because the source is where it was; knows no SQL of the source.

What a large source says is kept with where it stood (sources/position.py), and with the rules that say
the same for as long as nobody writes (sources/still.py). The next scan asks the position and reads
the other rules.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

import psycopg
from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from alerts.models import ACTIVE, DATED, Alert, Status
from governance.core.identity.roles import CONSOLE_SOURCE
from integrity.rules.catalog import catalog
from integrity.scans.models import Scan, ScanOutcome
from integrity.scans.reading.apart import readings_of
from integrity.sources.installed_view import InstalledView
from integrity.sources.position import position_read
from integrity.sources.still import rules_still

# A source that is read in less is read: no evidence is better than reading.
STANDS_FROM = timedelta(seconds=1)
# A reading stands no longer than this without being made again.
CONFIRMED_EVERY = timedelta(days=1)
# For so long a source is read in full after its evidence was found to be wrong.
DISTRUSTED = cast(
    timedelta, catalog(CONSOLE_SOURCE)["UNCHANGED_DISPUTED"].parameters["delai"].value
)


@dataclass(frozen=True)
class Standing:
    """The last scan of a source, for as long as the source is where it was then."""

    last: Scan
    since: datetime  # when the rows were read

    @property
    def still(self) -> list[str]:
        """The rules whose rows stand."""
        return list(self.last.position["still"])

    @property
    def moving(self) -> list[str]:
        """Those that are read every time."""
        return sorted(self.last.rules.keys() - set(self.still))

    def holds(self, reader: psycopg.Connection[Any]) -> bool:
        """Whether the source is where it was, in the reader's transaction."""
        return bool(position_read(reader) == self.last.position["at"])

    def counts(self, counts: Mapping[str, Any]) -> dict[str, Any]:
        """What a scan found in the moving rules, with what stands beside it."""
        per_code = {
            **{code: rows for code, rows in self.last.per_code.items() if code in self.still},
            **counts["per_code"],
        }
        rows = sum(per_code.values()) + counts["quarantined"]
        return {**counts, "rows": rows, "per_code": dict(sorted(per_code.items()))}


def standing_of(last: Scan | None, *, basis: str, now: datetime) -> Standing | None:
    """Whether the last scan's reading may stand, before the source is asked. `basis`: see `basis_of`."""
    if last is None or not last.position.get("still") or last.position.get("basis") != basis:
        return None
    since = read_at(last)
    if last.outcome != ScanOutcome.COMPLETE or last.unread or last.quarantined or last.held:
        return None
    if last.drift or not timedelta(0) <= now - since < CONFIRMED_EVERY:
        return None
    standing = Standing(last, since)
    if _decided(last.source, now) or _reopened(standing) or is_distrusted(last.source, now):
        return None
    return standing


def read_at(scan: Scan) -> datetime:
    """When the rows were read that a scan's still rules show."""
    return scan.stands_since or scan.started_at


def basis_of(material: Mapping[str, Iterable[str]]) -> str:
    """What the console itself brings to a reading; another release, limit or pack reads in full."""
    said = {
        "release": settings.APP_RELEASE,
        "zone": settings.TIME_ZONE,
        "limits": [settings.SCAN_MESSAGE_LIMIT, settings.SCAN_PAYLOAD_LIMIT],
        "material": {code: sorted(keys) for code, keys in material.items()},
    }
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def position_kept(
    reader: psycopg.Connection[Any], before: str, *, view: InstalledView, basis: str
) -> dict[str, Any]:
    """What a scan keeps of where the source stood; empty where that cannot be said of any rule.

    `before`: the position as the reading began, in the same transaction.
    """
    if not before or position_read(reader) != before:
        return {}
    try:
        with reader.transaction():
            still = rules_still(reader, view.rule_versions)
    except psycopg.ProgrammingError:  # of a server that keeps its catalogue otherwise
        return {}
    if not still:
        return {}
    return {"at": before, "basis": basis, "still": still, "schema": view.schema}


def comparable(last: Scan | None, position: Mapping[str, Any], view_hash: str) -> list[str]:
    """The rules that must say what the last scan said, because the source stands where it stood."""
    if last is None or not position or last.outcome != ScanOutcome.COMPLETE or last.quarantined:
        return []
    was = last.position
    if (was.get("at"), was.get("basis")) != (position["at"], position["basis"]):
        return []
    if last.view_hash != view_hash:
        return []
    unread = {code for code, one in readings_of(last).items() if one.error}
    return sorted(set(was["still"]) & set(position["still"]) - unread)


def is_distrusted(source: str, now: datetime) -> bool:
    """Whether the evidence of this source was wrong lately."""
    wrong = Scan.objects.filter(source=source, started_at__gt=now - DISTRUSTED)
    return wrong.exclude(disputed={}).exists()


def _reopened(standing: Standing) -> bool:
    """Whether an alert is active again that the reading did not see: only another one can find it."""
    seen_by_none = Alert.objects.filter(
        source=standing.last.source,
        status__in=ACTIVE,
        check_code__in=standing.still,
        last_detected_at__lt=standing.since,
    )
    return seen_by_none.exists()


def _decided(source: str, now: datetime) -> bool:
    """Whether people resolved what only a reading can confirm or contradict, or a date has passed."""
    waits = Q(resolution_decision__in=DATED, accepted_until__gte=timezone.localdate(now))
    decided = Alert.objects.filter(
        source=source, status=Status.RESOLVED, resolved_by__isnull=False, absent_at=None
    )
    return decided.exclude(waits).exists()

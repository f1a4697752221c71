"""The integrity screen as it stood at an instant, from the ledger alone; the table of today is not asked."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import cast

from django.db import connection
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from alerts.models import ACTIVE, Alert, AlertActiveThen, AlertDecidedThen, AlertThen
from governance.core.identity.roles import CONSOLE_SOURCE, Permission
from governance.core.ledger.models import LedgerEntry
from governance.core.web.http import Access, RoleNotAllowed
from governance.core.web.instants import instant_read
from governance.history.entries import NOTHING, seq_range
from integrity.proofs.current import SourceProof, source_proof
from integrity.scans.freshness import Freshness, standing_of
from integrity.scans.kinds import ViewRead, view_of
from integrity.scans.models import Scan, ScanOutcome

PARAMETER, FORMER = "as_of", "au"  # in older addresses
PROOFS = Path(__file__).parent / "sql" / "proofs.sql"
_READ = ("scan.complete", "scan.suspect")
_SCANS = tuple(f"scan.{outcome.lower()}" for outcome in ScanOutcome.values)


@dataclass(frozen=True)
class AsOf:
    """What `as_of` asks for. `seq` is the last entry of that instant, None for a text that names none."""

    text: str
    instant: datetime | None = None
    seq: int | None = None
    sources: frozenset[str] = frozenset()

    @property
    def is_past(self) -> bool:
        """Only then is the page a reconstruction; otherwise it is the present, with a note."""
        return self.seq is not None

    @property
    def is_future(self) -> bool:
        return self.instant is not None and self.seq is None

    @property
    def is_before_everything(self) -> bool:
        return self.seq == NOTHING


def as_of_read(query: QueryDict, access: Access) -> AsOf | None:
    """What the address asks for, None for the present. Raises RoleNotAllowed for who reads no history."""
    text = (query.get(PARAMETER) or query.get(FORMER, "")).strip()
    if not text:
        return None
    if not access.may(Permission.HISTORY):
        raise RoleNotAllowed(Permission.HISTORY)
    instant = None if "\x00" in text else instant_read(text, last=True)
    if instant is None or instant > timezone.now():
        return AsOf(text, instant)
    _low, high = seq_range(None, instant)
    return AsOf(text, instant, high or NOTHING, access.sources[Permission.HISTORY])


def alerts_as_of(asked: AsOf, statuses: Collection[str]) -> QuerySet[Alert]:
    """The alerts of that instant, for a filter on these statuses; good for this transaction, and one instant.

    Without RESOLVED only what stood is put together, which is a fraction of what there was.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('governance.as_of', %s, true)", [str(asked.seq)])
    # The same columns, so filters, order and counters need not know which of the two they read.
    then = AlertActiveThen if set(statuses) <= set(ACTIVE) else AlertThen
    return cast("QuerySet[Alert]", then.objects.all())


def alerts_pending(
    asked: AsOf, freshness: Iterable[Freshness]
) -> tuple[QuerySet[Alert], QuerySet[Alert]]:
    """What people had decided and still waited for at that instant, and what stood; as `alerts_as_of`."""
    looked = [one.last_complete_at for one in freshness if one.last_complete_at]
    first = min(looked, default=asked.instant)
    low, _high = seq_range(first, None)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('governance.as_of_day', %s, true),"
            " set_config('governance.as_of_since', %s, true)",
            [timezone.localdate(first).isoformat(), str(low - 1)],
        )
    stood = alerts_as_of(asked, ACTIVE)
    return cast("QuerySet[Alert]", AlertDecidedThen.objects.all()), stood


def freshness_as_of(asked: AsOf) -> list[Freshness]:
    """Where each source stood, by the scans that the ledger had by then."""
    return [_standing(slug, asked) for slug in sorted(asked.sources - {CONSOLE_SOURCE})]


def views_as_of(asked: AsOf) -> dict[str, ViewRead]:
    """Each source's view as the last scan by then had read it."""
    return {slug: view_of(_newest(slug, asked, _READ)) for slug in asked.sources - {CONSOLE_SOURCE}}


@dataclass(frozen=True)
class ProofThen:
    """A proof as the ledger tells it."""

    source: str
    code: str
    verdict: str
    version: str
    through: str
    text_sha256: str
    proved_at: datetime
    seq: int
    detail: str = ""


def proofs_as_of(asked: AsOf, views: Mapping[str, ViewRead]) -> list[SourceProof]:
    """Which proofs held for each source's view by then, in the order of the sources."""
    by_source: dict[str, list[ProofThen]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_proofs_sql(), {"high": asked.seq, "sources": sorted(views)})
        for row in cursor.fetchall():
            by_source.setdefault(row[0], []).append(ProofThen(*row))
    return [
        source_proof(one, views[one], by_source.get(one, []), _evidence_then)
        for one in sorted(views)
    ]


def _evidence_then(proof: ProofThen) -> str:
    scan = _newest(proof.source, AsOf("", seq=proof.seq), _READ)
    return scan.evidence_hash if scan else ""


@cache
def _proofs_sql() -> str:
    return PROOFS.read_text(encoding="utf-8")


def _standing(slug: str, asked: AsOf) -> Freshness:
    latest, now = _newest(slug, asked, _SCANS), cast(datetime, asked.instant)
    if latest is None or latest.outcome == ScanOutcome.COMPLETE:
        return standing_of(slug, latest, latest, now)
    return standing_of(slug, latest, _newest(slug, asked, ["scan.complete"]), now)


def _newest(slug: str, asked: AsOf, actions: Iterable[str]) -> Scan | None:
    found = LedgerEntry.objects.filter(source=slug, action__in=actions, seq__lte=asked.seq)
    entry = found.order_by("-seq").first()
    return _scan(entry) if entry else None


def _scan(entry: LedgerEntry) -> Scan:
    """The scan that an entry records; never saved."""
    kept = entry.after or {}
    return Scan(
        source=entry.source or "",
        outcome=entry.action.removeprefix("scan.").upper(),
        started_at=parse_datetime(kept["started_at"]) or entry.at,
        error=kept.get("error", ""),
        rules=kept.get("rules", {}),
        compiled=kept.get("compiled", True),
        view_hash=kept.get("view_hash", ""),
        evidence_hash=kept.get("evidence_hash", ""),
    )

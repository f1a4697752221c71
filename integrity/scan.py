"""One scan: a source's view, read completely in one transaction, turned into alerts in another."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from django.db import connection
from django.utils.translation import gettext as _
from psycopg import sql

from alerts.intake import Finding, Outcome, Scope, Snapshot, own_findings_apply
from governance.sql import acting_as_system
from integrity.catalog import catalog
from integrity.contract import VIEW, view_contract
from integrity.drift import (
    MATERIAL,
    VIEW_DRIFT,
    closing_reasons,
    definition_keep,
    drift_finding,
    scan_last_complete,
)
from integrity.installed_view import InstalledView, view_installed
from integrity.models import Scan, ScanOutcome
from integrity.sources import SourceError, one_line, source_transaction
from integrity.standing import SCAN_STALE

IDENTITY = "scan"

# The console's own findings about a scan: code -> severity. Entity: the source.
OWN_CODES = {
    "SCAN_FAILED": "CRITICAL",
    "SCAN_SUSPECT": "CRITICAL",
    "ROW_QUARANTINED": "WARN",
    VIEW_DRIFT: "WARN",
}

COLUMNS = (
    "check_code",
    "severity",
    "entity_type",
    "entity_id",
    "message",
    "payload",
    "detected_at",
)


@dataclass
class _Reading:
    """What is known of a scan while it runs."""

    source: str
    started_at: datetime
    view: InstalledView | None = None

    @property
    def view_hash(self) -> str:
        return self.view.definition_hash if self.view else ""

    @property
    def rules(self) -> Mapping[str, str]:
        return self.view.rule_versions if self.view else {}

    @property
    def compiled(self) -> bool:
        return self.view is not None and self.view.is_compiled_here


def scan_run(*, source: str) -> Scan:
    """Scan one source and record the scan; a source that cannot be read is an outcome, not an exception.

    One console transaction, held while the source is read, so that a kill at any moment leaves the old
    state or the new one. An advisory lock keeps two scans of one source apart.
    """
    try:
        with acting_as_system(IDENTITY):
            return _scan(source)
    except SourceError as error:
        with acting_as_system(IDENTITY):
            return _failed(source, one_line(error))


def _scan(source: str) -> Scan:
    reading = _Reading(source, _lock_and_now(source))
    snapshot = Snapshot(source=source, taken_at=reading.started_at, material=_material_keys())
    _read(reading, snapshot)
    previous = scan_last_complete(source)
    drift = drift_finding(
        source=source, view=reading.view, previous=previous, at=reading.started_at
    )
    if reading.view is not None:
        definition_keep(source=source, view=reading.view, seen_at=reading.started_at)
    compared = snapshot.compare(versions=reading.rules)
    suspect = compared.is_suspect and _last_outcome(source) != ScanOutcome.SUSPECT
    reasons = closing_reasons(source=source, view=reading.view, previous=previous)
    done = snapshot.apply(closes=not suspect, reasons=reasons)
    outcome = ScanOutcome.SUSPECT if suspect else ScanOutcome.COMPLETE
    codes = [*OWN_CODES, SCAN_STALE] if outcome == ScanOutcome.COMPLETE else list(OWN_CODES)
    found = _found(reading, done, outcome) + ([drift] if drift else [])
    _own_findings(reading, found, codes=codes)
    return _record(reading, outcome, done)


def _failed(source: str, error: str) -> Scan:
    reading = _Reading(source, _lock_and_now(source))
    message = _("Le contrôle de la source « %(source)s » a échoué : %(error)s") % {
        "source": source,
        "error": error,
    }
    finding = _own(reading, "SCAN_FAILED", message, {"source": source, "error": error})
    _own_findings(reading, [finding], codes=["SCAN_FAILED"])
    return _record(reading, ScanOutcome.FAILED, Outcome(), error=error)


def _lock_and_now(source: str) -> datetime:
    with connection.cursor() as cursor:
        # Transaction-level, so that PgBouncer in transaction mode cannot part the lock from its holder.
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"governance scan {source}"]
        )
        cursor.execute("SELECT clock_timestamp()")
        (now,) = cursor.fetchone()
    return cast(datetime, now)


def _read(reading: _Reading, snapshot: Snapshot) -> None:
    """Pipe the view's rows as they are into the console: no Python per row."""
    columns = sql.SQL(", ").join(
        sql.SQL("{}::text").format(sql.Identifier(name)) for name in COLUMNS
    )
    query = sql.SQL("COPY (SELECT {} FROM {}) TO STDOUT").format(columns, sql.Identifier(VIEW))
    with source_transaction(reading.source) as source:
        problems = view_contract(source)
        if problems:
            raise SourceError("; ".join(problems))
        reading.view = view_installed(source)
        with (
            connection.cursor() as cursor,
            source.cursor() as reader,
            snapshot.copy(cursor) as into,
            reader.copy(query) as rows,
        ):
            for block in rows:
                into.write(block)


def _material_keys() -> dict[str, list[str]]:
    return {code: sorted(rule.material_keys) for code, rule in catalog().items()}


def _last_outcome(source: str) -> str | None:
    latest = Scan.objects.filter(source=source).order_by("-started_at").first()
    return latest.outcome if latest else None


def _found(reading: _Reading, done: Outcome, outcome: ScanOutcome) -> list[Finding]:
    found = []
    if outcome == ScanOutcome.SUSPECT:
        message = _(
            "Contrôle douteux de « %(source)s » : %(absent)d alertes sur %(active)d disparaîtraient "
            "d’un coup ; rien n’est clos tant que le contrôle suivant ne le confirme pas."
        ) % {"source": reading.source, "absent": done.absent, "active": done.active_before}
        payload = {"source": reading.source, "absent": done.absent, "active": done.active_before}
        found.append(_own(reading, "SCAN_SUSPECT", message, payload))
    if done.quarantined:
        message = _(
            "%(count)d lignes de « %(source)s » ne respectent pas le contrat de la vue et ont été "
            "mises à l’écart."
        ) % {"count": done.quarantined, "source": reading.source}
        payload = {"source": reading.source, "rows": done.quarantined, "faults": done.faults}
        found.append(_own(reading, "ROW_QUARANTINED", message, payload))
    return found


def _own(reading: _Reading, code: str, message: str, payload: Mapping[str, Any]) -> Finding:
    return Finding(
        code, OWN_CODES[code], "SOURCE", reading.source, message, payload, reading.started_at
    )


def _own_findings(reading: _Reading, found: list[Finding], *, codes: list[str]) -> None:
    own_findings_apply(
        scope=Scope(codes=codes, entities=[reading.source]),
        findings=found,
        taken_at=reading.started_at,
        material=MATERIAL,
    )


def _record(reading: _Reading, outcome: ScanOutcome, done: Outcome, *, error: str = "") -> Scan:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (finished_at,) = cursor.fetchone()
    return Scan.objects.create(
        id=uuid.uuid4(),
        source=reading.source,
        started_at=reading.started_at,
        finished_at=finished_at,
        outcome=outcome,
        error=error,
        view_hash=reading.view_hash,
        rules=reading.rules,
        compiled=reading.compiled,
        rows=done.rows,
        per_code=done.per_code,
        quarantined=done.quarantined,
        faults=done.faults,
        opened=done.opened,
        reopened=done.reopened,
        lapsed=done.lapsed,
        changed=done.changed,
        closed=done.closed,
    )

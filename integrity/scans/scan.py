"""One scan: a source's view, read completely in one transaction, turned into alerts in another."""

import logging
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

import psycopg
from django.db import Error, connection
from django.utils import timezone
from django.utils.translation import gettext as _

from alerts.intake import Finding, Outcome, Scope, Snapshot, own_findings_apply
from alerts.models import ACTIVE, Alert
from alerts.queries import own_alerts_active
from governance.core.identity.acting import acting_as_system
from governance.core.identity.roles import CONSOLE_SOURCE
from governance.core.ledger.notes import Deed
from governance.core.logs import one_line
from governance.core.web.templatetags.ui import number
from integrity.models import Scan, ScanOutcome
from integrity.rules.catalog import material_keys
from integrity.scans.clock_skew import scan_latest, skew_finding
from integrity.scans.drift import (
    MATERIAL,
    VIEW_DRIFT,
    Seen,
    drift_finding,
    eyes,
    relations_read,
    scan_last_complete,
    texts_keep,
)
from integrity.scans.freshness import CLOCK_SKEW, CLOCK_TOLERANCE, SCAN_STALE
from integrity.sources.connections import SourceError, source_transaction
from integrity.sources.contract import VIEW, view_contract
from integrity.sources.evidence import Evidence, evidence_read
from integrity.sources.installed_view import InstalledView, view_installed
from integrity.sources.reading import rows_pipe, rows_query

IDENTITY = "scan"
logger = logging.getLogger("integrity.scans.scan")
# Written by the trigger of integrity_scan.
RECORDED = tuple(
    Deed(f"scan.{outcome.lower()}", "scan", system=IDENTITY) for outcome in ScanOutcome.values
)

# The console's own findings about a scan: code -> severity. Entity: the source.
OWN_CODES = {
    "SCAN_FAILED": "CRITICAL",
    "SCAN_SUSPECT": "CRITICAL",
    "ROW_QUARANTINED": "WARN",
    VIEW_DRIFT: "WARN",
    CLOCK_SKEW: "WARN",
}

# More codes than this are no rules; each stands in every scan's record.
CODES_LIMIT = 1_000


@dataclass
class _Reading:
    """What is known of a scan while it runs."""

    source: str
    started_at: datetime
    view: InstalledView | None = None
    evidence: Evidence | None = None
    compiled: bool = False

    @property
    def view_hash(self) -> str:
        return self.view.definition_hash if self.view else ""

    @property
    def evidence_hash(self) -> str:
        return self.evidence.sha256 if self.evidence else ""

    @property
    def rules(self) -> Mapping[str, str]:
        return self.view.rule_versions if self.view else {}


def scan_run(*, source: str) -> Scan:
    """Scan one source and record the scan; one that fails, on either side, is an outcome.

    Raises django.db.Error where the console's database cannot even keep that.

    One console transaction, held while the source is read, so that a kill at any moment leaves the old
    state or the new one. An advisory lock keeps two scans of one source apart.
    """
    try:
        with acting_as_system(IDENTITY):
            return _scan(source)
    except SourceError as error:
        cause = one_line(error)
    except Error as error:
        cause = console_cause(error)
        logger.warning("%s: %s", source, cause, extra=_names(error))
    except (
        Exception
    ) as error:  # whatever it is, a failed scan is recorded and the next source is read
        cause = _("une erreur imprévue l’a interrompu (%s)") % type(error).__name__
        logger.exception("%s: unexpected", source)
    with acting_as_system(IDENTITY):
        return _failed(source, cause)


def console_cause(error: Error) -> str:
    """What kept the console itself from its work, without the driver's words: they quote SQL and rows."""
    code = _names(error).get("sqlstate")
    if code is None:
        return _("la base de la console n’a pas répondu")
    return _("la base de la console a refusé d’enregistrer ce qui a été lu (code %s)") % code


def _names(error: Error) -> dict[str, str]:
    """What refused, by name: enough for whoever keeps the database, and nothing out of a row."""
    driver = error.__cause__
    if not isinstance(driver, psycopg.Error):
        return {}
    about = driver.diag
    names = {
        "sqlstate": driver.sqlstate,
        "table": about.table_name,
        "constraint": about.constraint_name,
    }
    return {name: value for name, value in names.items() if value}


def _scan(source: str) -> Scan:
    reading = _Reading(source, _lock_and_now(source))
    snapshot = Snapshot(source=source, taken_at=reading.started_at, material=material_keys(source))
    seen = _read(reading, snapshot)
    reading.compiled = seen.is_ours
    texts_keep(seen, at=reading.started_at)
    drift = drift_finding(seen, at=reading.started_at)
    if len(snapshot.compare(versions=reading.rules).per_code) > CODES_LIMIT:
        raise SourceError(_("sa vue a plus de %s codes") % number(CODES_LIMIT))
    compared = snapshot.hold(eyes(seen, snapshot.absent_seen_at()))
    suspect = compared.is_suspect and _last_outcome(source) != ScanOutcome.SUSPECT
    done = snapshot.apply(closes=not suspect)
    outcome = ScanOutcome.SUSPECT if suspect else ScanOutcome.COMPLETE
    codes = [*OWN_CODES, SCAN_STALE] if outcome == ScanOutcome.COMPLETE else list(OWN_CODES)
    found = _found(reading, done, outcome) + [one for one in (drift, _skew(reading)) if one]
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


def _read(reading: _Reading, snapshot: Snapshot) -> Seen:
    """Pipe the view's rows into the console, with what they were read through."""
    with source_transaction(reading.source, holds=relations_read(reading.source)) as source:
        problems = view_contract(source)
        if problems:
            raise SourceError("; ".join(problems))
        view, evidence = view_installed(source), evidence_read(source)
        reading.view, reading.evidence = view, evidence
        if view is None:
            raise SourceError(_("la vue %s a disparu pendant la lecture") % VIEW)
        rows_pipe(source, snapshot, rows_query(view.schema))
    return Seen(reading.source, view, evidence, scan_last_complete(reading.source))


def _last_outcome(source: str) -> str | None:
    latest = scan_latest(source)
    return latest.outcome if latest else None


def _skew(reading: _Reading) -> Finding | None:
    """CLOCK_SKEW: the clocks disagree now, or the scan before was dated later and nobody has said so yet."""
    apart = abs(reading.started_at - timezone.now())
    latest = scan_latest(reading.source)
    back = latest is not None and latest.started_at > reading.started_at + CLOCK_TOLERANCE
    if apart <= CLOCK_TOLERANCE and (not back or own_alerts_active([CLOCK_SKEW], reading.source)):
        return None
    return skew_finding(
        reading.source, latest.started_at if latest and back else None, reading.started_at
    )


def _found(reading: _Reading, done: Outcome, outcome: ScanOutcome) -> list[Finding]:
    found = []
    if outcome == ScanOutcome.SUSPECT:
        all_critical = _(
            "Contrôle douteux de « %(source)s » : les %(critical)d alertes critiques disparaîtraient toutes "
            "d’un coup ; rien n’est clos tant que le contrôle suivant ne le confirme pas."
        )
        most = _(
            "Contrôle douteux de « %(source)s » : %(absent)d alertes sur %(active)d disparaîtraient "
            "d’un coup ; rien n’est clos tant que le contrôle suivant ne le confirme pas."
        )
        payload = {"source": reading.source, "absent": done.absent, "active": done.active_before}
        words = payload | {"critical": done.absent_critical}
        message = (all_critical if done.loses_all_critical else most) % words
        found.append(_own(reading, "SCAN_SUSPECT", message, payload))
    if done.quarantined:
        message = _(
            "%(count)d lignes de « %(source)s » ne respectent pas le contrat de la vue et ont été "
            "mises à l’écart."
        ) % {"count": done.quarantined, "source": reading.source}
        payload = {"source": reading.source, "rows": done.quarantined, "faults": done.faults}
        payload |= _most_set_aside(reading.source, done)
        found.append(_own(reading, "ROW_QUARANTINED", message, payload))
    return found


def _most_set_aside(source: str, done: Outcome) -> dict[str, Any]:
    """The most rows, and all the codes, since the finding opened: more of either is news, fewer is not."""
    standing = Alert.objects.filter(
        source=CONSOLE_SOURCE,
        check_code="ROW_QUARANTINED",
        entity_id=source,
        status__in=ACTIVE,
    ).first()
    was = standing.payload if standing else {}
    codes = {fault["check_code"] or "" for fault in done.faults}
    return {
        "rows_most": max(done.quarantined, was.get("rows_most", 0)),
        "codes": sorted(codes.union(was.get("codes", []))),
    }


def _own(reading: _Reading, code: str, message: str, payload: Mapping[str, Any]) -> Finding:
    return Finding(
        code, OWN_CODES[code], "SOURCE", reading.source, message, payload, reading.started_at
    )


def _own_findings(reading: _Reading, found: list[Finding], *, codes: list[str]) -> None:
    own_findings_apply(
        scope=Scope(codes=codes, entities=[reading.source]),
        findings=found,
        taken_at=reading.started_at,
        material=MATERIAL | {"ROW_QUARANTINED": ["rows_most", "codes"]},
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
        evidence_hash=reading.evidence_hash,
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
        held=done.held,
    )

"""The console as its own first source: its checks view is read right after whatever may have changed it.

The view is made of the rules of the pack `console` and stands in the console's own database, where `migrate`
puts it. A reading speaks for some codes, and perhaps for some entities, and leaves all others as they are:
what a person decided is contradicted by new evidence, never by the old.
"""

import logging
import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import ProgrammingError, connection, connections, transaction
from django.db.models import Q
from django.utils import timezone

from alerts.intake import Finding, Outcome, Scope, own_findings_apply
from alerts.models import ACTIVE, Alert
from governance.core.database.stored_json import stored_json
from governance.core.identity.acting import acting_as_system
from governance.core.identity.roles import CONSOLE_SOURCE
from governance.core.identity.sources import source_slugs
from governance.core.jobs.timetable import Job
from governance.core.ledger.verification.verify import Verification
from governance.core.ledger.waiting import Waiting
from integrity.rules.catalog import catalog, material_keys, pack_name
from integrity.rules.compiler import Applied, is_shipped, view_apply
from integrity.scans.models import Scan, ScanOutcome
from integrity.sources.contract import VIEW
from integrity.sources.installed_view import view_installed

IDENTITY = "scan"
VIEW_DRIFT, JOB_FAILED, LEDGER_BROKEN = "VIEW_DRIFT", "JOB_FAILED", "LEDGER_BROKEN"
RULE_UNREAD = "RULE_UNREAD"
logger = logging.getLogger(__name__)

# A row for each source that is configured, with its interval; the view has no other way to know.
WATCH = """
INSERT INTO watched_source (source, pack, interval_s) SELECT s.source, s.pack, %s
FROM unnest(%s::text[], %s::text[]) AS s (source, pack)
ON CONFLICT (source) DO UPDATE SET pack = excluded.pack, interval_s = excluded.interval_s
WHERE (watched_source.pack, watched_source.interval_s) IS DISTINCT FROM (excluded.pack, excluded.interval_s)
"""
READ_AT = """
INSERT INTO watched_source (source, read_at) VALUES (%s, %s)
ON CONFLICT (source) DO UPDATE SET read_at = excluded.read_at
"""
WAITING = """
INSERT INTO watched_source AS w (source, entries_waiting, waiting_since) VALUES (%s, %s, %s)
ON CONFLICT (source) DO UPDATE
SET entries_waiting = excluded.entries_waiting, waiting_since = excluded.waiting_since
WHERE (w.entries_waiting, w.waiting_since) IS DISTINCT FROM (excluded.entries_waiting, excluded.waiting_since)
"""
# Codes first and as literals: PostgreSQL then plans the branches of these codes alone.
ROWS = f"""
SELECT check_code, severity, entity_type, entity_id, message, payload, detected_at FROM {VIEW}
WHERE check_code = ANY (%s::text[]) AND (%s::text[] IS NULL OR entity_id = ANY (%s::text[]))
"""  # noqa: S608 - our name


def view_install(alias: str) -> Applied:
    """Put the view in place, or leave it where it is right; `alias` is the owner's connection."""
    connections[alias].ensure_connection()
    return view_apply(connections[alias].connection, list(catalog(CONSOLE_SOURCE).values()))


def view_drop(alias: str) -> None:
    """Take the view away for as long as the tables that it reads change."""
    with connections[alias].cursor() as cursor:
        cursor.execute(f"DROP VIEW IF EXISTS {VIEW}")


def sources_watch(sources: Sequence[str] | None = None) -> None:
    """Say which sources are watched: these too, or, without any, the configured ones and no other."""
    with connection.cursor() as cursor:
        slugs = source_slugs() if sources is None else list(sources)
        packs = [pack_name(slug) for slug in slugs]
        cursor.execute(WATCH, [settings.SCAN_INTERVAL_S, slugs, packs])
        if sources is None:
            cursor.execute(
                "DELETE FROM watched_source WHERE interval_s IS NOT NULL"
                " AND source <> ALL (%s::text[])",
                [slugs],
            )


def console_rows(codes: Sequence[str], entities: Sequence[str] | None = None) -> list[Finding]:
    """What the view says now of these codes, inside the caller's transaction."""
    with connection.cursor() as cursor:
        named = None if entities is None else list(entities)
        cursor.execute(ROWS, [list(codes), named, named])
        return [
            Finding(code, severity, type_, entity, message, stored_json(payload), at)
            for code, severity, type_, entity, message, payload, at in cursor.fetchall()
        ]


def console_read(
    *,
    codes: Sequence[str],
    taken_at: datetime,
    entities: Sequence[str] | None = None,
    again: bool = False,
) -> None:
    """Turn what the view says of these codes and entities into alerts, as the identity `scan`.

    Its evidence is kept as a scan's when something changed. `again`: nothing but time went by since the last
    such reading; what stands and stays as it is then leaves no trace.
    """
    try:
        with transaction.atomic():
            findings = console_rows(codes, entities)
    except ProgrammingError:
        # While a release is being installed; the next reading makes up for it.
        logger.exception("the console's own view cannot be read")
        return
    _take(findings, Scope(codes, entities), taken_at=taken_at, again=again)


def _take(findings: Sequence[Finding], scope: Scope, *, taken_at: datetime, again: bool) -> None:
    if not findings and not _stands(scope):
        return
    done = own_findings_apply(
        scope=scope,
        findings=findings,
        taken_at=taken_at,
        material=material_keys(CONSOLE_SOURCE),
        versions={code: rule.version for code, rule in catalog(CONSOLE_SOURCE).items()},
        sights=not again,
    )
    if done.changes:
        _record(taken_at, done)


def console_read_apart(
    *, codes: Sequence[str], taken_at: datetime, entities: Sequence[str] | None = None
) -> None:
    """The same in a transaction of its own, for those who act in another name (a transaction has one)."""
    with acting_as_system(IDENTITY):
        console_read(codes=codes, taken_at=taken_at, entities=entities)


def rules_read(source: str, codes: Iterable[str], *, at: datetime) -> None:
    """Read which of these rules of a source its last scan could not read; of standing alerts, all."""
    standing = Alert.objects.filter(
        source=CONSOLE_SOURCE,
        check_code=RULE_UNREAD,
        entity_id__startswith=f"{source}/",
        status__in=ACTIVE,
    )
    entities = {f"{source}/{code}" for code in codes}
    entities.update(standing.values_list("entity_id", flat=True))
    if entities:
        console_read(codes=[RULE_UNREAD], entities=sorted(entities), taken_at=at)


def job_read(job: Job, started_at: datetime) -> None:
    """Read what the console knows of a job that has just ended."""
    entity = f"{job.source or CONSOLE_SOURCE}/{job.schedule.key}"
    console_read_apart(codes=[JOB_FAILED, LEDGER_BROKEN], entities=[entity], taken_at=started_at)


def ledger_read(found: Verification) -> None:
    """Read what the console knows of the ledger, once it was verified and that was entered."""
    entity = f"{CONSOLE_SOURCE}/ledger"
    console_read_apart(codes=[LEDGER_BROKEN], entities=[entity], taken_at=timezone.now())


def view_check(at: datetime) -> bool:
    """Raise VIEW_DRIFT unless the console's own view is this release's; tell whether there is one.

    The one finding that is made by hand: whoever changed the view has changed what it says.
    """
    view = view_installed(connection.connection)
    last = Scan.objects.filter(source=CONSOLE_SOURCE).order_by("-number").first()
    if view is not None and (last is None or last.view_hash != view.definition_hash):
        _record(at, Outcome())  # what is read from here on
    findings = []
    if view is None or not is_shipped(view, CONSOLE_SOURCE):
        payload = {
            "source": CONSOLE_SOURCE,
            "change": "edited",
            "names": "",
            "expected_sha256": (view and view.installed_hash) or "",
            "view_sha256": view.definition_hash if view else "",
            "expected_evidence_sha256": "",
            "evidence_sha256": "",
            "moved": [],
        }
        rule = catalog(CONSOLE_SOURCE)[VIEW_DRIFT]
        findings.append(
            Finding(
                rule.code,
                rule.severity,
                rule.entity_type,
                CONSOLE_SOURCE,
                rule.sentence(payload),
                payload,
                at,
            )
        )
    _take(findings, Scope([VIEW_DRIFT], [CONSOLE_SOURCE]), taken_at=at, again=True)
    return view is not None


def console_was_read(at: datetime) -> None:
    """Keep the time of a reading that looked at everything that time alone may change."""
    with connection.cursor() as cursor:
        cursor.execute(READ_AT, [CONSOLE_SOURCE, at])


def waiting_note(waiting: Waiting) -> None:
    """Keep how many entries of the ledger wait, and since when; the view has no other way to know."""
    with connection.cursor() as cursor:
        cursor.execute(WAITING, [CONSOLE_SOURCE, waiting.entries or None, waiting.since])


def _stands(scope: Scope) -> bool:
    """Whether a reading without a row has something to close, or to confirm."""
    found = Alert.objects.filter(source=CONSOLE_SOURCE, check_code__in=scope.codes or [])
    if scope.entities is not None:
        found = found.filter(entity_id__in=scope.entities)
    decided = Q(resolved_by__isnull=False, absent_at=None)
    return found.filter(Q(status__in=ACTIVE) | decided).exists()


def _record(taken_at: datetime, done: Outcome) -> None:
    view = view_installed(connection.connection)
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (finished_at,) = cursor.fetchone()
    values: dict[str, Any] = (
        {
            "view_hash": view.definition_hash,
            "rules": view.rule_versions,
            "compiled": view.is_compiled_here and is_shipped(view, CONSOLE_SOURCE),
        }
        if view
        else {}
    )
    Scan.objects.create(
        id=uuid.uuid4(),
        source=CONSOLE_SOURCE,
        started_at=taken_at,
        finished_at=finished_at,
        outcome=ScanOutcome.COMPLETE,
        **values,
        **done.counts,
    )

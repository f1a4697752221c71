"""One scan: a source's view, read completely in one transaction, turned into alerts in another."""

import logging
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from time import monotonic
from typing import Any, cast

import psycopg
from django.db import Error, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from alerts.intake import Outcome, Snapshot
from governance.core.identity.acting import acting_as_system
from governance.core.ledger.waiting import entries_chain
from governance.core.logs import one_line
from governance.core.web.templatetags.ui import number
from integrity.rules.catalog import material_keys
from integrity.scans.console import console_read, rules_read, sources_watch
from integrity.scans.eyes.drift import (
    Seen,
    drift_of,
    eyes,
    eyes_as_before,
    is_ours,
    relations_read,
    scan_last_complete,
    texts_keep,
)
from integrity.scans.models import Scan, ScanOutcome
from integrity.scans.reading.apart import (
    OTHERS,
    Reading,
    RuleInTheWay,
    apart_is_due,
    readings_kept,
    readings_last,
    readings_of,
    rows_apart,
    rows_at_one_go,
    rows_of,
    statements_apart,
)
from integrity.scans.reading.standing import (
    STANDS_FROM,
    Standing,
    basis_of,
    comparable,
    position_kept,
    read_at,
    standing_of,
)
from integrity.sources.connections import SourceError, source_transaction, transaction_again
from integrity.sources.contract import VIEW, view_readable, view_shape
from integrity.sources.evidence import Evidence, evidence_read
from integrity.sources.installed_view import InstalledView, view_installed
from integrity.sources.position import position_read

IDENTITY = "scan"
logger = logging.getLogger("integrity.scans.scan")

# What the console may find about a source (packs/console) once it was read; and once it was believed.
FOUND = (
    "SCAN_FAILED",
    "SCAN_SUSPECT",
    "ROW_QUARANTINED",
    "VIEW_DRIFT",
    "CLOCK_SKEW",
    "UNCHANGED_DISPUTED",
)
BELIEVED = (*FOUND, "SCAN_STALE")

# More codes than this are no rules; each stands in every scan's record.
CODES_LIMIT = 1_000
# Pairs of a code and a type of entity that a source may ever have had.
PAIRS_LIMIT = 2_000


@dataclass
class _Reading:
    """What is known of a scan while it runs."""

    source: str
    started_at: datetime
    view: InstalledView | None = None
    evidence: Evidence | None = None
    compiled: bool = False
    drift: dict[str, Any] = field(default_factory=dict)
    readings: dict[str, Reading] = field(default_factory=dict)
    basis: str = ""
    position: dict[str, Any] = field(default_factory=dict)
    disputed: dict[str, int] = field(default_factory=dict)
    standing: Standing | None = None  # where nothing but the moving rules was read

    @property
    def view_hash(self) -> str:
        if self.standing:
            return self.standing.last.view_hash
        return self.view.definition_hash if self.view else ""

    @property
    def evidence_hash(self) -> str:
        if self.standing:
            return self.standing.last.evidence_hash
        return self.evidence.sha256 if self.evidence else ""

    @property
    def rules(self) -> Mapping[str, str]:
        if self.standing:
            return dict(self.standing.last.rules)
        return self.view.rule_versions if self.view else {}

    def stand(self, standing: Standing) -> None:
        self.standing = standing
        self.compiled = standing.last.compiled
        self.position = dict(standing.last.position)
        self.readings = readings_of(standing.last)


def scan_run(*, source: str) -> Scan:
    """Scan one source, record the scan, and chain what it entered; a scan that fails is an outcome.

    Raises django.db.Error where the console's database cannot even keep that.
    """
    scan = _scan_recorded(source)
    try:
        entries_chain()
    except Error as error:  # what waits is the heartbeat's
        logger.warning("%s: %s", source, console_cause(error), extra=_names(error))
    return scan


def _scan_recorded(source: str) -> Scan:
    """The scan, or one that failed, on either side.

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
    material = material_keys(source)
    reading.basis = basis_of(material)
    snapshot = Snapshot(source=source, taken_at=reading.started_at, material=material)
    last = _last(source)
    seen = None if _read_standing(reading, snapshot, last) else _read(reading, snapshot, last)
    if seen:
        reading.compiled = seen.is_ours
        texts_keep(seen, at=reading.started_at)
        reading.drift = drift_of(seen)
    if len(snapshot.compare(versions=reading.rules).per_code) > CODES_LIMIT:
        raise SourceError(_("sa vue a plus de %s codes") % number(CODES_LIMIT))
    if snapshot.outgrows(PAIRS_LIMIT):
        raise SourceError(
            _("sa vue a donné plus de %s couples d’un code et d’un type d’entité")
            % number(PAIRS_LIMIT)
        )
    if reading.standing:
        snapshot.stands(reading.standing.still)
    if seen:
        same = comparable(last, reading.position, reading.view_hash)
        if last is not None and same:
            reading.disputed = snapshot.disagrees(same, was=last.per_code, at=read_at(last))
    absent = snapshot.absent_seen_at()
    compared = snapshot.hold(eyes(seen, absent) if seen else eyes_as_before(last, absent))
    suspect = compared.is_suspect and (last is None or last.outcome != ScanOutcome.SUSPECT)
    large = snapshot.is_large(closes=not suspect)
    done = snapshot.apply(closes=not suspect, settles=False)
    outcome = ScanOutcome.SUSPECT if suspect else ScanOutcome.COMPLETE
    scan = _record(reading, outcome, done)
    codes = BELIEVED if outcome == ScanOutcome.COMPLETE else FOUND
    if large:
        # Other scans change the console's own findings too, and must not wait for this one's commit. After a
        # kill in between it is the next scan that tells.
        transaction.on_commit(partial(_read_console_apart, reading, codes), robust=True)
        snapshot.settle()
    else:
        _read_console(reading, codes)
    return scan


def _failed(source: str, error: str) -> Scan:
    reading = _Reading(source, _lock_and_now(source))
    scan = _record(reading, ScanOutcome.FAILED, Outcome(), error=error)
    _read_console(reading, ["SCAN_FAILED"])
    return scan


def _read_console(reading: _Reading, codes: Sequence[str]) -> None:
    """What the console now knows of the source becomes alerts of its own, in the same transaction."""
    sources_watch([reading.source])
    console_read(codes=codes, taken_at=reading.started_at, entities=[reading.source])
    if reading.rules:
        rules_read(reading.source, [*reading.rules, *reading.readings], at=reading.started_at)


def _read_console_apart(reading: _Reading, codes: Sequence[str]) -> None:
    with acting_as_system(IDENTITY):
        _read_console(reading, codes)


def _lock_and_now(source: str) -> datetime:
    with connection.cursor() as cursor:
        # Transaction-level, so that PgBouncer in transaction mode cannot part the lock from its holder.
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"governance scan {source}"]
        )
        cursor.execute("SELECT clock_timestamp()")
        (now,) = cursor.fetchone()
    return cast(datetime, now)


def _read_standing(reading: _Reading, snapshot: Snapshot, last: Scan | None) -> bool:
    """Read the moving rules alone, where the source is where its last reading left it."""
    standing = standing_of(last, basis=reading.basis, now=reading.started_at)
    if standing is None or last is None:
        return False
    try:
        with source_transaction(reading.source) as source:
            if not standing.holds(source):
                return False
            if standing.moving:
                rows_of(source, snapshot, last.position["schema"], standing.moving)
    except RuleInTheWay as error:
        logger.info("%s: %s; now all rules", reading.source, error)
        return False
    snapshot.leave(standing.still, but=standing.last.rules)
    reading.stand(standing)
    return True


def _read(reading: _Reading, snapshot: Snapshot, last: Scan | None) -> Seen:
    """Pipe the view's rows into the console, with what they were read through."""
    timed = readings_last([reading.source]).get(reading.source)
    if not apart_is_due(last, timed, reading.started_at):
        try:
            return _read_once(reading, snapshot, apart=False)
        except RuleInTheWay as error:
            logger.info("%s: %s; now a rule at a time", reading.source, error)
    seen = _read_once(reading, snapshot, apart=True, was=readings_of(last))
    unread = {code for code, one in reading.readings.items() if one.error}
    snapshot.leave(unread - {OTHERS}, but=reading.rules if OTHERS in unread else None)
    return seen


def _read_once(
    reading: _Reading, snapshot: Snapshot, *, apart: bool, was: Mapping[str, Reading] | None = None
) -> Seen:
    """In one transaction on the source, so from one snapshot of it."""
    previous, began = scan_last_complete(reading.source), monotonic()
    with source_transaction(
        reading.source,
        statements=statements_apart() if apart else 1,
        holds=relations_read(reading.source),
    ) as source:
        if problems := view_shape(source):
            raise SourceError("; ".join(problems))
        view, evidence = view_installed(source), evidence_read(source)
        position = position_read(source)
        reading.view, reading.evidence = view, evidence
        if view is None:
            raise SourceError(_("la vue %s a disparu pendant la lecture") % VIEW)
        ours = is_ours(view, previous, reading.source)
        # Each of our rules says itself what is wrong with it.
        if not ours and (problems := view_readable(source)):
            raise SourceError("; ".join(problems))
        if apart and ours:
            reading.readings = rows_apart(
                source,
                snapshot,
                view.schema,
                codes=view.rule_versions,
                was=was or {},
                now=reading.started_at,
            )
        else:
            rows_at_one_go(source, snapshot, view.schema, is_ours=ours)
        if ours and monotonic() - began >= STANDS_FROM.total_seconds():
            reading.position = position_kept(source, position, view=view, basis=reading.basis)
        # A function obeys no lock and no snapshot: it runs as it is at that moment.
        transaction_again(source)
        after = evidence_read(source)
        if (after, after.rows) != (evidence, evidence.rows):
            raise SourceError(
                _("ce à travers quoi la vue %s se lit a changé pendant la lecture") % VIEW
            )
    return Seen(reading.source, view, evidence, previous)


def _last(source: str) -> Scan | None:
    return Scan.objects.filter(source=source).order_by("-number").first()


def _record(reading: _Reading, outcome: ScanOutcome, done: Outcome, *, error: str = "") -> Scan:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (finished_at,) = cursor.fetchone()
    standing = reading.standing
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
        clock_apart_s=round((timezone.now() - finished_at).total_seconds()),
        drift=reading.drift,
        readings=readings_kept(reading.readings),
        position=reading.position if outcome == ScanOutcome.COMPLETE else {},
        stands_since=standing.since if standing else None,
        disputed=reading.disputed,
        **(standing.counts(done.counts) if standing else done.counts),
    )

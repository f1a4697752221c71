"""Turns one snapshot of findings into alerts, set-based; knows nothing of rules, views or scans."""

import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.db.backends.utils import CursorWrapper
from psycopg import Copy, sql

from alerts.progress import Progress
from governance.core.identity.roles import CONSOLE_SOURCE

SQL = Path(__file__).parent / "sql" / "intake"

# A snapshot in which more than half of this many or more active alerts are missing is not believed at once,
SUSPECT_FROM = 20
# and neither is one in which every CRITICAL alert is missing, of this many or more.
SUSPECT_CRITICAL_FROM = 3
# Characters of a code, a type or an id; what a fault shows of each field.
NAME_LIMIT = 200
# Of the console's own findings, which no source can lengthen; the settings bind the sources.
OWN_LIMIT = 1_000_000
# Of the one transaction of a scan; 100 000 alerts take about as much, and more go to disk. A statement may
# take it several times over, so less where there are many.
WORK_MEM, WORK_MEM_OF_MANY = "128MB", "24MB"
MANY = 200_000

# A snapshot that writes more than this enters later: people act meanwhile. A change counts CHANGE sightings.
LATER_FROM, CHANGE = 10_000, 5
# What one statement writes then: rows, and bytes of payloads; so that memory does not grow with the snapshot.
PIECE_ROWS, PIECE_BYTES = 10_000, 16_000_000
ALL = ("(0,0)", "(4294967294,65535)")
# The statements of `apply`, each with the table and rows that it writes from, and the bytes of one of these.
OPEN = ("6_open", "finding", "verdict = 'open'", "octet_length(payload::text)")
CHANGED = (
    "7_change",
    "finding",
    "verdict IN ('change', 'lapse', 'contradict', 'reopen')",
    "octet_length(payload::text)",
)
SEEN = (("8_sight", "known", "true", "100"),)
SEEN_PIECES = (
    ("8_sight_known", "known", "true", "100"),
    ("8_sight_same", "finding", "verdict = 'same'", "100"),
)
CLOSED = ("9_close", "absent", "true", "200")


@dataclass(frozen=True)
class Finding:
    """One row of a checks view, or one anomaly that the console found itself."""

    check_code: str
    severity: str
    entity_type: str
    entity_id: str
    message: str
    payload: Mapping[str, Any]
    detected_at: datetime


@dataclass(frozen=True)
class Scope:
    """The part of a source that a snapshot speaks for; what lies outside is left as it is."""

    codes: Sequence[str] | None = None
    entities: Sequence[str] | None = None


@dataclass(frozen=True)
class Eyes:
    """What a snapshot knows of how it looked, so that what it does not see is not called mended.

    `alike`: the instants of readings that looked as this one does. An alert last seen by another is held
    as it is where `holds`, and else closed as one whose rule changed. `by_version`: whether another
    version of its rule explains that an alert is gone.
    """

    alike: Sequence[datetime]
    holds: bool
    by_version: bool


@dataclass
class Outcome:
    """What a snapshot did, in alerts (rows for `rows`, `quarantined` and `per_code`)."""

    rows: int = 0
    quarantined: int = 0
    faults: list[dict[str, Any]] = field(default_factory=list)
    per_code: dict[str, int] = field(default_factory=dict)
    active_before: int = 0
    active_critical: int = 0
    absent: int = 0
    absent_critical: int = 0
    held: int = 0
    opened: int = 0
    reopened: int = 0  # in a new episode, or in the same one after a decision
    lapsed: int = 0
    changed: int = 0
    same: int = 0
    accepted: int = (
        0  # stays resolved: its date has not come, or it was resolved during the reading
    )
    closed: int = 0

    @property
    def changes(self) -> bool:
        """Whether anything is not as it was, beyond having been seen again."""
        return bool(self.opened or self.reopened or self.lapsed or self.changed or self.closed)

    @property
    def counts(self) -> dict[str, Any]:
        """What the record of a scan keeps of it."""
        kept = "rows per_code quarantined faults opened reopened lapsed changed closed held absent"
        return {name: getattr(self, name) for name in kept.split()} | {
            "active": self.active_before,
            "loses_critical": self.loses_all_critical,
        }

    @property
    def is_suspect(self) -> bool:
        """Would close more than half of many active alerts at once, or all the critical ones."""
        most = self.active_before >= SUSPECT_FROM and self.absent * 2 > self.active_before
        return most or self.loses_all_critical

    @property
    def loses_all_critical(self) -> bool:
        return self.active_critical == self.absent_critical >= SUSPECT_CRITICAL_FROM


class Landing:
    """psycopg's `Copy` into the console, whose refusals are Django's errors.

    The rows come from a source whose errors are psycopg's: nobody takes one for the other.
    """

    def __init__(self, copy: AbstractContextManager[Copy]) -> None:
        self._copy = copy

    def __enter__(self) -> Self:
        with connection.wrap_database_errors:
            self._into = self._copy.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        where: TracebackType | None,
    ) -> None:
        # Sent to the console's server, which hangs up on a long one; a source's error has any length.
        reason = InterruptedError(type(error).__name__) if error else None
        with connection.wrap_database_errors:
            self._copy.__exit__(type(reason) if reason else None, reason, where)

    def write(self, block: bytes | bytearray | memoryview | str) -> None:
        with connection.wrap_database_errors:
            self._into.write(block)

    def write_row(self, row: Sequence[Any]) -> None:
        with connection.wrap_database_errors:
            self._into.write_row(row)


class Snapshot:
    """One reading of a source, inside the caller's transaction and identity (`acting_as_system`).

    Use: `copy()` or `add()` the rows, `compare()`, perhaps `hold()`, then `apply()`. `taken_at` is the
    instant of the reading; it becomes `last_detected_at` of every alert seen.
    """

    def __init__(
        self,
        *,
        source: str,
        taken_at: datetime,
        scope: Scope | None = None,
        material: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        scope = scope or Scope()
        own = source == CONSOLE_SOURCE
        self._values: dict[str, Any] = {
            "source": source,
            "taken_at": taken_at,
            "zone": settings.TIME_ZONE,  # in which a decision's last day ends
            "material": json.dumps({code: list(keys) for code, keys in (material or {}).items()}),
            "versions": "{}",
            "message_limit": OWN_LIMIT if own else settings.SCAN_MESSAGE_LIMIT,
            "payload_limit": OWN_LIMIT if own else settings.SCAN_PAYLOAD_LIMIT,
            "codes": None if scope.codes is None else list(scope.codes),
            "entities": None if scope.entities is None else list(scope.entities),
            "alike": None,
            "unread": [],
            # A view that says now() says nothing of its data; the console knows what it dates itself.
            "nearly": "1 second" if own else "1 minute",
        }
        self.outcome = Outcome()
        with connection.cursor() as cursor:
            # Several snapshots may share a transaction (a source's, then the console's own).
            for table in ("incoming", "known", "checked", "finding", "absent"):
                cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{table}")
            # The rows that a trigger sees before and after stay in memory, until this transaction ends.
            cursor.execute("SELECT set_config('work_mem', %s, true)", [WORK_MEM])
            # The ledger's entry says whether the day had passed (system_alerts_record_updated.sql).
            cursor.execute("SELECT set_config('governance.zone', %s, true)", [settings.TIME_ZONE])
            cursor.execute(_statement("1_incoming"))
            # Order is the ledger's, not a clock's. None for a person who looks and may not read it.
            cursor.execute("SELECT entered FROM ledger_head")
            head = cursor.fetchone()
            self._values["since"] = head[0] if head else None

    def leave(self, codes: Iterable[str], *, but: Iterable[str] | None = None) -> None:
        """Say that nothing is known of these codes: their alerts stay as they are.

        `but`: nothing is known of any other code either.
        """
        unread = set(codes)
        if but is not None:
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT DISTINCT check_code FROM alert_tally WHERE source = %(source)s"
                    " AND check_code <> ALL (%(but)s::text[])",
                    self._values | {"but": list(but)},
                )
                unread.update(code for (code,) in cursor.fetchall())
        self._values["unread"] = sorted(unread)

    def copy(self, cursor: CursorWrapper) -> "Landing":
        """Context manager that takes rows into the landing table (text format)."""
        return Landing(cursor.cursor.copy("COPY pg_temp.incoming FROM STDIN"))

    def add(self, findings: Iterable[Finding]) -> None:
        """Add findings one by one; for a few."""
        with connection.cursor() as cursor, self.copy(cursor) as copy:
            for one in findings:
                copy.write_row(
                    (
                        one.check_code,
                        one.severity,
                        one.entity_type,
                        one.entity_id,
                        one.message,
                        json.dumps(one.payload),
                        one.detected_at.isoformat(),
                    )
                )

    def compare(self, *, versions: Mapping[str, str] | None = None) -> Outcome:
        """Say what the snapshot means for the stored alerts; changes nothing yet.

        `versions`: by check code, of the rule that the source used, where it says so.
        """
        done = self.outcome
        self._values["versions"] = json.dumps(dict(versions or {}))
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE incoming")
            cursor.execute(
                "SELECT reltuples FROM pg_class WHERE oid = 'pg_temp.incoming'::regclass"
            )
            if cursor.fetchone()[0] > MANY:
                cursor.execute("SELECT set_config('work_mem', %s, true)", [WORK_MEM_OF_MANY])
            cursor.execute(_statement("2_known"), self._values)
            self._check(cursor)
            cursor.execute(
                "SELECT check_code, sum(rows)::int, sum(faulty)::int FROM ("
                " SELECT check_code, count(*) AS rows, 0 AS faulty FROM known GROUP BY 1 UNION ALL"
                " SELECT check_code, count(*), count(*) FILTER (WHERE fault IS NOT NULL) FROM checked"
                " GROUP BY 1) AS counted GROUP BY check_code ORDER BY check_code"
            )
            for code, rows, faulty in cursor.fetchall():
                done.rows += rows
                done.quarantined += faulty
                if rows > faulty:
                    done.per_code[code] = rows - faulty
            if done.quarantined:
                names = ("fault", "check_code", "severity", "entity_type", "entity_id", "message")
                shown = ", ".join(f"left({name}, {NAME_LIMIT})" for name in names)
                cursor.execute(
                    f"SELECT {shown} FROM checked WHERE fault IS NOT NULL"  # noqa: S608 - our names
                    " ORDER BY 1, 2, 3, 4, 5, 6 LIMIT 20"
                )
                done.faults = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
            cursor.execute("ANALYZE checked")
            cursor.execute(_statement("4_findings"), self._values)
            cursor.execute("ANALYZE finding")
            cursor.execute(_statement("5_absent"), self._values)
            cursor.execute("SELECT verdict, count(*) FROM finding GROUP BY verdict")
            counts = dict(cursor.fetchall())
            cursor.execute("SELECT count(*) FROM known")
            (known,) = cursor.fetchone()
            cursor.execute(
                "SELECT count(*), count(*) FILTER (WHERE severity = 'CRITICAL') FROM absent"
            )
            done.absent, done.absent_critical = cursor.fetchone()
            cursor.execute(
                "SELECT coalesce(sum(n), 0)::int FROM alert_tally WHERE source = %(source)s"
                " AND status IN ('OPEN', 'ACK') AND severity = 'CRITICAL'"
                " AND check_code <> ALL (%(unread)s)",
                self._values,
            )
            (done.active_critical,) = cursor.fetchone()
        done.opened, done.reopened = counts.get("open", 0), counts.get("reopen", 0)
        done.reopened += counts.get("contradict", 0)
        done.lapsed, done.changed = counts.get("lapse", 0), counts.get("change", 0)
        done.same, done.accepted = known + counts.get("same", 0), counts.get("accepted", 0)
        done.accepted += counts.get("decided", 0)
        done.active_before = done.lapsed + done.changed + done.same + done.absent
        return done

    def _check(self, cursor: CursorWrapper) -> None:
        """Read every payload at one go; one by one, each with a way out, where one of them is no jsonb."""

        def read(payload: sql.SQL) -> None:
            statement = sql.SQL(_statement("3_checked")).format(
                fault=fault_sql(sql.Placeholder("message_limit"), sql.Placeholder("payload_limit")),
                payload=payload,
            )
            cursor.execute(statement.as_string(), self._values)

        try:
            with transaction.atomic():
                read(sql.SQL("i.payload::jsonb"))
        except DatabaseError as error:
            if not (getattr(error.__cause__, "sqlstate", None) or "").startswith(("22", "54")):
                raise
            read(sql.SQL("alert_jsonb_or_null(i.payload)"))

    def absent_seen_at(self) -> list[datetime]:
        """The instants at which what the snapshot does not show was last seen: few, whatever its number.

        Of absent alerts, and of those that a person resolved and no scan has missed yet.
        """
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT last_detected_at FROM absent UNION"
                " SELECT last_detected_at FROM system_alerts WHERE source = %(source)s"
                " AND status = 'RESOLVED' AND resolved_by IS NOT NULL AND absent_at IS NULL",
                self._values,
            )
            return [at for (at,) in cursor.fetchall()]

    def outgrows(self, limit: int) -> bool:
        """Whether what is new would give the source more pairs of code and type, ever, than `limit`.

        Each of them stands in the tally and in every page's choices, and none is ever forgotten.
        """
        with connection.cursor() as cursor:
            cursor.execute(
                "WITH stored AS (SELECT DISTINCT check_code, entity_type FROM alert_tally"
                " WHERE source = %(source)s),"
                " added AS (SELECT check_code, entity_type FROM finding WHERE verdict = 'open'"
                " EXCEPT SELECT check_code, entity_type FROM stored)"
                " SELECT (SELECT count(*) FROM added),"
                " (SELECT count(*) FROM added) + (SELECT count(*) FROM stored)",
                self._values,
            )
            added, together = cursor.fetchone()
        return bool(added) and together > limit

    def hold(self, eyes: Eyes) -> Outcome:
        """Settle why each absent alert is gone; where nobody can say yet, it no longer counts as absent."""
        self._values |= {"alike": list(eyes.alike)}
        values = self._values | {"holds": eyes.holds, "by_version": eyes.by_version}
        done = self.outcome
        with connection.cursor() as cursor:
            cursor.execute(_statement("5_gone"), values)
            cursor.execute(
                "WITH held AS (DELETE FROM absent WHERE cause IS NULL RETURNING severity)"
                " SELECT count(*), count(*) FILTER (WHERE severity = 'CRITICAL') FROM held"
            )
            done.held, critical = cursor.fetchone()
        done.absent -= done.held
        done.active_before -= done.held
        done.absent_critical -= critical
        done.active_critical -= critical
        return done

    def is_large(self, *, closes: bool) -> bool:
        """Whether `apply` will write so much that people must be able to act meanwhile."""
        done = self.outcome
        changes = done.opened + done.reopened + done.lapsed + done.changed
        changes += done.absent if closes else 0
        return changes * CHANGE + (done.same if closes else 0) > LATER_FROM

    def apply(self, *, closes: bool, sights: bool = True, settles: bool = True) -> Outcome:
        """Write it. `closes`: whether absence may close alerts; `sights`: whether being seen again is noted.

        What `hold` did not settle closes as DATA_FIXED, or as RULE_CHANGED or RULE_REMOVED when it was last
        seen by another version than the snapshot's.

        A large one (`is_large`) leaves the ledger's head to others until its last statement, tells how
        much of it is written (progress.py), and leaves its entries to be chained after the commit. With
        `settles` that last statement is its own; else the caller's, who has more to write: `settle`.

        A snapshot that is not believed (`closes=False`) opens and refreshes, and neither closes nor
        re-sights: the ledger's entry of a complete scan stands for all active alerts having been seen.
        """
        large = self.is_large(closes=closes)
        work = [OPEN, CHANGED]
        if closes:
            work += [*((SEEN_PIECES if large else SEEN) if sights else ()), CLOSED]
        with connection.cursor() as cursor:
            if large:
                cursor.execute("SELECT ledger_later()")
                # A piece finds its alerts by their keys.
                cursor.execute("SELECT set_config('random_page_cost', '1.1', true)")
            planned = [
                (name, pieces_of(cursor, *where) if large else [(*ALL, 0)]) for name, *where in work
            ]
            total = sum(rows for _name, pieces in planned for *_ends, rows in pieces)
            written, progress = 0, Progress(self._values["source"])
            for name, pieces in planned:
                statement = _statement(name)
                for first, last, rows in pieces:
                    cursor.execute(statement, self._values | {"first": first, "last": last})
                    if name == "9_close":
                        self.outcome.closed += cursor.rowcount
                    written += rows
                    if large:
                        progress(written, total)
            if closes:
                cursor.execute(_statement("10_confirm"), self._values)
        if large and settles:
            self.settle()
        return self.outcome

    def settle(self) -> None:
        """The end of what `apply` wrote: from here to the commit everybody waits. Nothing for a small one."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT alert_settle()")


def own_findings_apply(
    *,
    scope: Scope,
    findings: Iterable[Finding],
    taken_at: datetime,
    material: Mapping[str, Sequence[str]] | None = None,
    versions: Mapping[str, str] | None = None,
    sights: bool = True,
) -> Outcome:
    """Raise the console's own findings inside `scope`, and close those of it that are no longer there."""
    snapshot = Snapshot(source=CONSOLE_SOURCE, taken_at=taken_at, scope=scope, material=material)
    snapshot.add(findings)
    snapshot.compare(versions=versions)
    return snapshot.apply(closes=True, sights=sights)


def fault_sql(message_limit: sql.Composable, payload_limit: sql.Composable) -> sql.Composed:
    """The expression that names what keeps a row out, see sql/intake/fault.sql."""
    text = sql.SQL(_statement("fault"))
    return text.format(message_limit=message_limit, payload_limit=payload_limit)


def pieces_of(
    cursor: CursorWrapper, table: str, where: str, size: str
) -> list[tuple[str, str, int]]:
    """The rows of a temporary table in pieces: first and last place, and how many."""
    cursor.execute(
        "SELECT min(line)::text, max(line)::text, count(*) FROM ("  # noqa: S608 - our names
        f" SELECT ctid AS line, row_number() OVER () / {PIECE_ROWS} AS rows,"
        f" sum({size}) OVER (ROWS UNBOUNDED PRECEDING) / {PIECE_BYTES} AS bytes"
        f" FROM pg_temp.{table} WHERE {where}) AS line GROUP BY rows, bytes ORDER BY min(line)"
    )
    return list(cursor.fetchall())


@cache
def _statement(name: str) -> str:
    return (SQL / f"{name}.sql").read_text(encoding="utf-8")

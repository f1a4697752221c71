"""Turns one snapshot of findings into alerts, set-based; knows nothing of rules, views or scans."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.db.backends.utils import CursorWrapper
from psycopg import sql

from alerts.intake.findings import Eyes, Finding, Outcome, Scope
from alerts.intake.landing import Landing
from alerts.intake.progress import Progress
from alerts.intake.statements import (
    ALL,
    CHANGED,
    CLOSED,
    OPEN,
    SEEN,
    SEEN_PIECES,
    fault_sql,
    pieces_of,
    statement_of,
)
from governance.core.identity.roles import CONSOLE_SOURCE

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
            cursor.execute(statement_of("1_incoming"))
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

    def copy(self, cursor: CursorWrapper) -> Landing:
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
            cursor.execute(statement_of("2_known"), self._values)
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
            cursor.execute(statement_of("4_findings"), self._values)
            cursor.execute("ANALYZE finding")
            cursor.execute(statement_of("5_absent"), self._values)
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

    def stands(self, codes: Sequence[str]) -> None:
        """Count the alerts of these codes as seen again, after `leave` and `compare`: nobody had to look."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT coalesce(sum(n), 0)::int,"
                " coalesce(sum(n) FILTER (WHERE severity = 'CRITICAL'), 0)::int FROM alert_tally"
                " WHERE source = %(source)s AND status IN ('OPEN', 'ACK') AND check_code = ANY (%(codes)s)",
                self._values | {"codes": list(codes)},
            )
            seen, critical = cursor.fetchone()
        self.outcome.active_before += seen
        self.outcome.active_critical += critical

    def disagrees(
        self, codes: Sequence[str], *, was: Mapping[str, int], at: datetime
    ) -> dict[str, int]:
        """By code, how many lines or alerts are not as they were, where nothing can have changed.

        `codes`: the rules to look at. `was`: their lines in the reading before, which was made `at`. After
        `compare`; what people decided in between is no such change, nor is what they reopened.
        """
        if not codes:
            return {}
        found = {code: abs(self.outcome.per_code.get(code, 0) - was.get(code, 0)) for code in codes}
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT check_code, count(*) FROM ("
                " SELECT check_code FROM finding WHERE verdict IN ('open', 'change', 'lapse') UNION ALL"
                " SELECT check_code FROM absent WHERE last_detected_at >= %s) AS other"
                " WHERE check_code = ANY (%s::text[]) GROUP BY check_code",
                [at, list(codes)],
            )
            for code, count in cursor.fetchall():
                found[code] = max(found[code], count)
        return {code: count for code, count in sorted(found.items()) if count}

    def _check(self, cursor: CursorWrapper) -> None:
        """Read every payload at one go; one by one, each with a way out, where one of them is no jsonb."""

        def read(payload: sql.SQL) -> None:
            statement = sql.SQL(statement_of("3_checked")).format(
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
            cursor.execute(statement_of("5_gone"), values)
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
                statement = statement_of(name)
                for first, last, rows in pieces:
                    cursor.execute(statement, self._values | {"first": first, "last": last})
                    if name == "9_close":
                        self.outcome.closed += cursor.rowcount
                    written += rows
                    if large:
                        progress(written, total)
            if closes:
                cursor.execute(statement_of("10_confirm"), self._values)
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

"""How the rows of a view are read: at one go, or a rule at a time where one of them keeps the others back.

At one go is cheap: one query, planned once. But a rule that raises or never ends takes all others with it.
PostgreSQL leaves out the branches of a view of ours whose code was not asked for. So each of its rules can
be read on its own, in the same transaction and snapshot. A view of a foreign house stays one query.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from time import monotonic
from typing import Any, Literal

import psycopg
from django.conf import settings
from django.db import transaction
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from psycopg import sql

from alerts.intake import Snapshot
from governance.core.logs import one_line
from governance.core.web.templatetags.ui import lapse, number
from integrity.scans.models import Scan
from integrity.sources.connections import SourceError
from integrity.sources.reading import CapError, Counted, column_text, rows_pipe

SQL = Path(__file__).parents[1] / "sql" / "readings_last.sql"
# What one reading may take where it is made a rule at a time (seconds); the job `scan` has more.
APART_S = 150
# A view that gives no trouble is read a rule at a time now and then, so that the time of each is known.
TIMED_EVERY = timedelta(days=1)
# A rule that took all its time, or gave more rows than may be read, is let alone for so long.
TRIED_AGAIN = timedelta(minutes=10)
# At one go again once all rules together took less than this part of a statement's time.
AT_ONE_GO = 0.8
# The rows that no rule of ours finds, of a view that stands beside ours.
OTHERS = "*"
ERROR_LIMIT = 500  # characters

Cause = Literal["", "refused", "slow", "many", "late"]


class RuleInTheWay(SourceError):
    """Reading at one go failed, and the connection did not: perhaps a single rule is the cause."""


@dataclass(frozen=True)
class Reading:
    """What reading one rule on its own took and gave; `error` where it gave nothing that can be used."""

    at: str  # ISO 8601
    ms: int
    rows: int = 0
    cause: Cause = ""
    error: str = ""

    @property
    def took(self) -> str:
        return lapse(timedelta(milliseconds=self.ms))

    @property
    def read_at(self) -> datetime | None:
        return parse_datetime(self.at)

    def stands(self, now: datetime) -> bool:
        """Whether it is too early to try the rule again."""
        tried = self.read_at
        return self.cause in ("slow", "many") and tried is not None and now < tried + TRIED_AGAIN


def readings_of(scan: Scan | None) -> dict[str, Reading]:
    """By code; empty for a scan that read at one go."""
    return {code: Reading(**said) for code, said in scan.readings.items()} if scan else {}


def readings_kept(readings: Mapping[str, Reading]) -> dict[str, Any]:
    """As a scan keeps them."""
    return {code: asdict(one) for code, one in readings.items()}


def readings_last(sources: Iterable[str]) -> dict[str, Scan]:
    """By source, the last scan that read a rule at a time."""
    return {one.source: one for one in Scan.objects.raw(_last_sql(), {"sources": list(sources)})}


def apart_is_due(last: Scan | None, timed: Scan | None, now: datetime) -> bool:
    """Whether to begin a rule at a time, by the last scan of the source and the last one that read so."""
    if last is None or not last.compiled_rules:
        return False
    if last.readings:
        readings = readings_of(last).values()
        slowest = AT_ONE_GO * settings.SOURCE_STATEMENT_TIMEOUT_MS
        return any(one.error for one in readings) or sum(one.ms for one in readings) > slowest
    return (
        timed is None
        or timed.view_hash != last.view_hash
        or not now - TIMED_EVERY < timed.started_at <= now
    )


def statements_apart() -> int:
    """How many statements at their timeout fit into a reading that is made a rule at a time."""
    return max(1, APART_S * 1000 // settings.SOURCE_STATEMENT_TIMEOUT_MS)


def rows_at_one_go(
    reader: psycopg.Connection[Any], snapshot: Snapshot, schema: str, *, is_ours: bool
) -> None:
    """Pipe all rows. Raises RuleInTheWay where they may still be read a rule at a time."""
    try:
        with transaction.atomic():
            rows_pipe(reader, snapshot, schema)
    except (psycopg.Error, CapError) as error:
        if is_ours and _is_its_own(error, reader):
            raise RuleInTheWay(one_line(error)) from error
        raise


def rows_of(
    reader: psycopg.Connection[Any], snapshot: Snapshot, schema: str, codes: Sequence[str]
) -> None:
    """Pipe the rows of these rules of a view of ours alone. Raises RuleInTheWay as `rows_at_one_go` does."""
    reader.execute("SET LOCAL constraint_exclusion = on")
    try:
        with transaction.atomic():
            rows_pipe(reader, snapshot, schema, _among(codes))
    except (psycopg.Error, CapError) as error:
        if _is_its_own(error, reader):
            raise RuleInTheWay(one_line(error)) from error
        raise


def rows_apart(
    reader: psycopg.Connection[Any],
    snapshot: Snapshot,
    schema: str,
    *,
    codes: Iterable[str],
    was: Mapping[str, Reading],
    now: datetime,
) -> dict[str, Reading]:
    """Pipe the rows of each rule on its own; by code, what came of it. `was`: what came of it before.

    Those that failed before come last, so that they take time from no other. Raises SourceError where no rule
    can be read, and psycopg.Error where the connection is of no more use.
    """
    # Only so does the planner see that what stands beside our rules has no row of theirs.
    reader.execute("SET LOCAL constraint_exclusion = on")
    until, total = monotonic() + APART_S, Counted()
    ordered = sorted(codes)
    places = {code: _only(code) for code in ordered} | {OTHERS: _others(ordered)}
    found: dict[str, Reading] = {}
    for code in sorted(places, key=lambda one: one in was and bool(was[one].error)):
        if code in was and was[code].stands(now):
            found[code] = was[code]
            continue
        found[code] = _Attempt(now, until).read(reader, snapshot, schema, places[code], total)
    if not found[OTHERS].rows and not found[OTHERS].error:
        del found[OTHERS]
    errors = {one.error for one in found.values()}
    if found and "" not in errors:
        raise SourceError(_("aucune règle ne se lit : %s") % sorted(errors)[0])
    return found


@dataclass(frozen=True)
class _Attempt:
    """One rule, read now, until an instant of `monotonic`."""

    now: datetime
    until: float

    def read(
        self,
        reader: psycopg.Connection[Any],
        snapshot: Snapshot,
        schema: str,
        where: sql.Composable,
        total: Counted,
    ) -> Reading:
        at, began = self.now.isoformat(), monotonic()
        timeout_ms = min(settings.SOURCE_STATEMENT_TIMEOUT_MS, int((self.until - began) * 1000))
        if timeout_ms <= 0:
            said = _("pas lue : les autres règles ont pris tout le temps")
            return Reading(at, 0, cause="late", error=said)
        try:
            with transaction.atomic(), reader.transaction():
                reader.execute(sql.SQL("SET LOCAL statement_timeout = {}").format(timeout_ms))
                counted = rows_pipe(reader, snapshot, schema, where)
        except (psycopg.Error, CapError) as error:
            if not _is_its_own(error, reader):
                raise
            return Reading(at, _since(began), 0, *_why(error, timeout_ms))
        total.add(counted.rows, counted.size)
        return Reading(at, _since(began), counted.rows)


@cache
def _last_sql() -> str:
    return SQL.read_text(encoding="utf-8")


def _since(began: float) -> int:
    return round((monotonic() - began) * 1000)


def _is_its_own(error: Exception, reader: psycopg.Connection[Any]) -> bool:
    """Whether it may be one rule's: the connection still answers, and nobody held a lock against all."""
    return not reader.closed and not isinstance(error, psycopg.errors.LockNotAvailable)


def _why(error: Exception, timeout_ms: int) -> tuple[Cause, str]:
    if isinstance(error, CapError):
        limit = number(settings.SCAN_ROWS_LIMIT)
        return "many", _("plus de lignes ou d’octets que permis (%s lignes)") % limit
    if isinstance(error, psycopg.errors.QueryCanceled):
        return "slow", _("pas de réponse en %s s") % f"{timeout_ms / 1000:g}"
    return "refused", one_line(error)[:ERROR_LIMIT]


def _only(code: str) -> sql.Composable:
    return sql.SQL(" WHERE {} OPERATOR(pg_catalog.=) {}::pg_catalog.text").format(
        column_text("check_code"), sql.Literal(code)
    )


def _among(codes: Sequence[str]) -> sql.Composable:
    return sql.SQL(" WHERE {} OPERATOR(pg_catalog.=) ANY ({}::pg_catalog.text[])").format(
        column_text("check_code"), sql.Literal(list(codes))
    )


def _others(codes: list[str]) -> sql.Composable:
    return sql.SQL(" WHERE {} OPERATOR(pg_catalog.<>) ALL ({}::pg_catalog.text[])").format(
        column_text("check_code"), sql.Literal(codes)
    )

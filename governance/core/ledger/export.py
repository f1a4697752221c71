"""Exports entries as JSON lines that docs/verify_ledger.py can check; the format is in docs/ledger.md."""

import hashlib
import json
from collections.abc import Generator, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.db.models import F, Func, QuerySet, TextField

from governance.core.identity.acting import acting_as_system, acting_as_user
from governance.core.identity.roles import CONSOLE_SOURCE, Permission
from governance.core.ledger.models import LedgerEntry

FORMAT = "governance-ledger-export/1"
ROWS_PER_FETCH = 2_000

_COLUMNS = (
    *("seq", "at", "actor", "role", "source", "subject_type", "subject_id", "check_code"),
    *("action", "before", "after", "prev_hash", "hash"),
)


def export_lines(
    *,
    entries: QuerySet[LedgerEntry],
    user_id: UUID,
    user_name: str,
    selection: Mapping[str, Any] | None = None,
) -> Generator[bytes]:
    """Header, one line per entry in the order of seq, manifest; as bytes, each with its newline.

    The entries are those of the queryset that the person may see, read in one transaction of that
    person's through a server-side cursor: memory does not grow with their number. `selection` names
    filter and period as the person chose them, for the header; empty or None says that the queryset
    leaves nothing out. If row security hides nothing from the person either, the header claims a whole
    chain, and the verifier takes a gap for a fault. Below the header the bytes depend on the entries
    alone.
    """
    with acting_as_system("export"):
        recorded = sources_recorded()
    with acting_as_user(user_id):
        whole = not selection and recorded <= _sources_readable()
        yield _json_line(
            {
                "format": FORMAT,
                "generated_at": datetime.now(UTC).isoformat(),
                "by": {"id": str(user_id), "name": user_name},
                "selection": dict(selection or {}),
                "whole": whole,
                "time_zone": "UTC",
                "release": settings.APP_RELEASE,
                "env": settings.APP_ENV,
            }
        )
        digest = hashlib.sha256()
        count, first, last = 0, None, None
        for seq, line in _rows(entries):
            encoded = line.encode("utf-8") + b"\n"
            digest.update(encoded)
            count, first, last = count + 1, first or seq, seq
            yield encoded
        yield _json_line(
            {
                "manifest": {
                    "entries": count,
                    "first_seq": first,
                    "last_seq": last,
                    "sha256": digest.hexdigest(),
                }
            }
        )


def sources_recorded() -> set[str]:
    """Every source that the ledger names, from the index in a few steps, however many entries there are."""
    with connection.cursor() as cursor:
        cursor.execute(
            """WITH RECURSIVE named(source) AS (
                 SELECT min(source) FROM ledger_entry
                 UNION ALL
                 SELECT (SELECT min(e.source) FROM ledger_entry e WHERE e.source > named.source)
                 FROM named WHERE named.source IS NOT NULL
               ) SELECT source FROM named WHERE source IS NOT NULL"""
        )
        return {source for (source,) in cursor.fetchall()} | {CONSOLE_SOURCE}


def _sources_readable() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT governance_sources(%s)", [Permission.HISTORY.value])
        return set(cursor.fetchone()[0])


def _rows(entries: QuerySet[LedgerEntry]) -> Iterator[tuple[int, str]]:
    line = Func(*map(F, _COLUMNS), function="ledger_line", output_field=TextField())
    sql, parameters = (
        entries.order_by("seq")
        .annotate(line=line)
        .values_list("seq", "line")
        .query.sql_with_params()
    )
    # Django's iterator() fetches everything at once here (server-side cursors are switched off for
    # PgBouncer's sake); inside one transaction they are safe.
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql, parameters)
        while rows := cursor.fetchmany(ROWS_PER_FETCH):
            yield from rows


def _json_line(content: Mapping[str, Any]) -> bytes:
    return json.dumps(content, ensure_ascii=False).encode("utf-8") + b"\n"

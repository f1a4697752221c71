"""Moves a throw-away ledger into the past, its chain with it; only a superuser of a test's server can.

Nobody can write yesterday's entries through the console, and reports are about days that are over.
"""

import json
import re
from bisect import bisect_right
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings

# Instants that are older than the ledger by more came from the source and stay.
BEFORE = timedelta(hours=1)
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+(?:[+-]\d\d:\d\d|Z)")
_GUARD = (
    ("ledger_entry", "ledger_entry_append_only"),
    ("ledger_entry", "ledger_entry_door"),
    ("ledger_head", "ledger_head_kept"),
    ("ledger_head", "ledger_head_door"),
)
_CHAIN = """
WITH linked AS (
  SELECT seq, ledger_chain(decode(repeat('00', 32), 'hex'), ledger_canonical(
    seq, at, actor, role, source, subject_type, subject_id, check_code, action, before, after
  )) OVER (ORDER BY seq ROWS UNBOUNDED PRECEDING) AS hash
  FROM ledger_entry
), chained AS (
  SELECT seq, hash, lag(hash, 1, decode(repeat('00', 32), 'hex')) OVER (ORDER BY seq) AS prev_hash
  FROM linked
)
UPDATE ledger_entry AS e SET hash = c.hash, prev_hash = c.prev_hash FROM chained AS c WHERE c.seq = e.seq
"""


def ledger_backdate(
    connection: psycopg.Connection[Any],
    *,
    last: datetime,
    apart: timedelta = timedelta(hours=5),
) -> None:
    """Move the newest transaction to `last` and each older one `apart` before the next.

    Every instant that the console wrote into an entry moves with it, so that the past can be replayed.
    """
    rows = connection.execute("SELECT seq, at, before, after FROM ledger_entry ORDER BY seq")
    entries = rows.fetchall()
    written = sorted({at for _seq, at, _before, _after in entries})
    shifts = [at - (last - apart * (len(written) - 1 - n)) for n, at in enumerate(written)]

    def earlier(instant: datetime) -> datetime:
        """Moved as the transaction before it, the first one's haste included."""
        moved_by: timedelta = shifts[max(bisect_right(written, instant) - 1, 0)]
        return instant - moved_by

    def moved(document: Any) -> str | None:
        def replace(match: re.Match[str]) -> str:
            instant = datetime.fromisoformat(match[0])
            return earlier(instant).isoformat() if instant >= written[0] - BEFORE else match[0]

        return None if document is None else _INSTANT.sub(replace, json.dumps(document))

    triggers_switch(connection, "DISABLE")
    with connection.cursor() as cursor:
        cursor.executemany(
            "UPDATE ledger_entry SET at = %s, before = %s, after = %s WHERE seq = %s",
            [(earlier(at), moved(before), moved(after), seq) for seq, at, before, after in entries],
        )
    connection.execute(_CHAIN)
    connection.execute(
        "UPDATE ledger_head AS h SET at = e.at, hash = e.hash FROM ledger_entry AS e WHERE e.seq = h.seq"
    )
    triggers_switch(connection, "ENABLE ALWAYS")
    memory_file(connection).unlink(missing_ok=True)


def memory_file(connection: psycopg.Connection[Any]) -> Path:
    """Where the console remembers, outside the database, what it verified of this one."""
    row = connection.execute(
        "SELECT system_identifier, (SELECT oid FROM pg_database WHERE datname = current_database())"
        " FROM pg_control_system()"
    ).fetchone()
    assert row
    return Path(settings.LEDGER_MEMORY_DIR) / f"{row[0]}-{row[1]}.json"


def triggers_switch(connection: psycopg.Connection[Any], how: str) -> None:
    """DISABLE the ledger's guard, or put it back as it was installed with ENABLE ALWAYS."""
    for table, trigger in _GUARD:
        connection.execute(f"ALTER TABLE {table} {how} TRIGGER {trigger}")

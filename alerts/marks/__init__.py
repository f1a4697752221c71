"""Marks: which alerts stood after an entry of the ledger, so that an instant needs few entries.

Told by the ledger alone; what stands in them is compared with it whenever it is verified. Knows no page.
"""

from functools import cache
from pathlib import Path

from django.db import connection

from governance.core.identity.acting import acting_as_system

IDENTITY = "mark"
SQL = Path(__file__).parents[1] / "sql" / "check" / "mark.sql"


def marks_write() -> int:
    """Write the marks that are due, each in a transaction of its own; how many there were."""
    count = 0
    while _mark_next() is not None:
        count += 1
    return count


def _mark_next() -> int | None:
    with acting_as_system(IDENTITY), connection.cursor() as cursor:
        cursor.execute("SELECT alert_mark_next()")
        seq: int | None = cursor.fetchone()[0]
        return seq


def marks_check(after: int, upto: int) -> int | None:
    """The entry of the first mark beyond entry `after` that is not what the ledger (up to `upto`) says.

    Inside `plain_session`, as the verification that asks. Each mark names the one before, so none is taken
    out of the middle; without the last ones, their entries are read, and they are written again.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT seq, after FROM public.alert_mark ORDER BY seq, after")
        before = 0
        for seq, follows in cursor.fetchall():
            if follows != before or seq > upto:
                return int(seq)
            if seq > after:
                cursor.execute(_check_sql(), {"after": follows, "seq": seq})
                if cursor.fetchone()[0]:
                    return int(seq)
            before = seq
    return None


@cache
def _check_sql() -> str:
    return SQL.read_text(encoding="utf-8")

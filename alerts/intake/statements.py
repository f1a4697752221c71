"""The statements of sql/intake, and the pieces in which a large snapshot writes them."""

from functools import cache
from pathlib import Path

from django.db.backends.utils import CursorWrapper
from psycopg import sql

SQL = Path(__file__).parents[1] / "sql" / "intake"

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


@cache
def statement_of(name: str) -> str:
    return (SQL / f"{name}.sql").read_text(encoding="utf-8")


def fault_sql(message_limit: sql.Composable, payload_limit: sql.Composable) -> sql.Composed:
    """The expression that names what keeps a row out, see sql/intake/fault.sql."""
    text = sql.SQL(statement_of("fault"))
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

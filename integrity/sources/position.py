"""Where a source stands: two readings at one position see the same rows, and nothing is installed for it."""

from functools import cache
from pathlib import Path
from typing import Any

import psycopg

SQL = Path(__file__).parent / "sql" / "position.sql"


def position_read(connection: psycopg.Connection[Any]) -> str:
    """The position of this transaction's snapshot; empty where the source gives no evidence of it.

    Such are servers before 13, and roles from which the functions were taken.
    """
    try:
        with connection.transaction():
            row = connection.execute(_query()).fetchone()
    except (psycopg.ProgrammingError, psycopg.DataError, psycopg.NotSupportedError):
        return ""
    return str(row[0]) if row and row[0] else ""


@cache
def _query() -> str:
    return SQL.read_text(encoding="utf-8")

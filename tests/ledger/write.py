"""Appends entries as the owner does in a trigger, since the runtime role may not by itself."""

import json
from typing import Any

import psycopg
from django.db import connection

from tests.conftest import Postgres

DRAFT: dict[str, Any] = {
    "source": "depot",
    "subject_type": "alert",
    "subject_id": "a-1",
    "check_code": "STOCK_NEGATIF",
    "action": "alert.open",
    "before": None,
    "after": {"status": "OPEN"},
}

# The owner's door for tests: what the trigger of an alerts table does, callable by the runtime role.
DOOR = """
CREATE OR REPLACE FUNCTION test_append(drafts jsonb) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
  RETURN ledger_append((
    SELECT array_agg(ROW(d->>'source', d->>'subject_type', d->>'subject_id', d->>'check_code',
        d->>'action', nullif(d->'before', 'null'), nullif(d->'after', 'null'))::ledger_draft ORDER BY n)
    FROM jsonb_array_elements(drafts) WITH ORDINALITY AS e(d, n)));
END $$;
GRANT EXECUTE ON FUNCTION test_append(jsonb) TO console_app
"""


def open_door(pg: Postgres, database: str) -> None:
    with psycopg.connect(pg.dsn(database, "console_owner"), autocommit=True) as owner:
        owner.execute(DOOR)


def append(*changes: dict[str, Any]) -> int:
    """One entry per argument, each DRAFT with some fields otherwise; the seq of the last."""
    return append_text(json.dumps([DRAFT | change for change in changes]))


def append_text(drafts: str) -> int:
    """The same from JSON text, for numbers that Python would print otherwise."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT test_append(%s::jsonb)", [drafts])
        (seq,) = cursor.fetchone()
    return int(seq)

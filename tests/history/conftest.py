"""People and clients as the page tests have them, and a ledger that tests may append to in bulk."""

from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from django.db import connection

from governance.core.identity.acting import acting_as_system
from tests.conftest import Postgres

# What triggers do, for a great many entries at once: source, action, actor and rule in turn.
BULK = """
CREATE FUNCTION test_bulk(first int, last int) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
  RETURN ledger_append((
    SELECT array_agg(CASE
        WHEN n % 10 < 8 THEN ROW(source, 'sighting', source, NULL, 'alert.seen', NULL,
          jsonb_build_object('last_detected_at', now(), 'seen', n % 9, 'except', '[]'::jsonb))::ledger_draft
        WHEN n % 10 = 8 THEN ROW(source, 'alert', alert, 'RULE_' || n % 7, 'alert.open', NULL,
          jsonb_build_object('message', 'Alerte ' || n, 'status', 'OPEN', 'severity', 'WARN'))::ledger_draft
        ELSE ROW(source, 'alert', alert, 'RULE_' || n % 7, 'alert.change',
          '{"message": "avant"}', jsonb_build_object('message', 'Alerte ' || n))::ledger_draft
      END ORDER BY n)
    FROM generate_series(first, last) AS n,
      LATERAL (SELECT CASE WHEN n % 1000 = 8 THEN 'autre' ELSE 'depot' END AS source,
                      '00000000-0000-0000-0000-' || lpad((n / 50)::text, 12, '0') AS alert) AS named));
END $$;
GRANT EXECUTE ON FUNCTION test_bulk(int, int) TO console_app
"""


@pytest.fixture
def big_console(fresh_console: str, pg: Postgres) -> Callable[..., None]:
    """`big_console(20_000)`: that many entries, most of them routine; each thousandth of source `autre`."""
    with psycopg.connect(pg.dsn(fresh_console, "console_owner"), autocommit=True) as owner:
        owner.execute(BULK)

    def fill(entries: int, *, step: int = 20_000) -> None:
        for first in range(1, entries + 1, step):
            with acting_as_system("scan"), connection.cursor() as cursor:
                cursor.execute("SELECT test_bulk(%s, %s)", [first, min(first + step - 1, entries)])
        with psycopg.connect(pg.dsn(fresh_console, "console_owner"), autocommit=True) as owner:
            owner.execute("ANALYZE ledger_entry")

    return fill


def scalar(sql: str, *values: Any) -> Any:
    """One value, read as the machine."""
    with acting_as_system("test"), connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchone()[0]

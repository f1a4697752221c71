"""A business whose view is harmless, and ways to reach it that are not."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.postgres import SERVER
from tests.sources.relay import Relay

LIBRARY = """
CREATE TABLE loans (id text PRIMARY KEY, days int);
INSERT INTO loans VALUES ('p1', 1), ('p2', 2);
CREATE VIEW v_integrity_checks AS
SELECT 'RETARD'::text AS check_code, 'WARN'::text AS severity, 'PRET'::text AS entity_type,
       id AS entity_id, 'Prêt ' || id AS message, jsonb_build_object('jours', days) AS payload,
       timestamptz '2026-01-01' AS detected_at
FROM loans;
"""

# A view whose function traps every cancellation, for `seconds` at most.
STUBBORN = """
CREATE FUNCTION stubborn(seconds float) RETURNS text LANGUAGE plpgsql AS $$
DECLARE until timestamptz := clock_timestamp() + make_interval(secs => seconds);
BEGIN
  WHILE clock_timestamp() < until LOOP
    BEGIN
      PERFORM pg_sleep(extract(epoch FROM until - clock_timestamp()));
    EXCEPTION WHEN query_canceled THEN NULL;
    END;
  END LOOP;
  RETURN 'fini';
END $$;
CREATE OR REPLACE VIEW v_integrity_checks AS
SELECT 'RETARD'::text AS check_code, 'WARN'::text AS severity, 'PRET'::text AS entity_type,
       id AS entity_id, 'Prêt ' || stubborn(20) AS message, jsonb_build_object('jours', days) AS payload,
       timestamptz '2026-01-01' AS detected_at
FROM loans;
"""


@pytest.fixture
def library(fresh_source: Any) -> str:
    name: str = fresh_source(LIBRARY)
    return name


@pytest.fixture
def relay() -> Iterator[Relay]:
    """Between the console and the test's server; frozen or not, it is gone at the end."""
    one = Relay(SERVER.folder)
    yield one
    one.close()

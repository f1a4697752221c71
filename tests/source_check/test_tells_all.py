"""What the examination says of a view that answers otherwise to others, moves, or stands elsewhere."""

from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from tests.conftest import Postgres
from tests.source_check.test_source_check import report

pytestmark = pytest.mark.django_db

LOANS = """
CREATE TABLE loans (id text PRIMARY KEY, due_at timestamptz, branch text);
INSERT INTO loans VALUES ('a', now() - interval '1 day', 'nord'), ('b', now() - interval '1 day', 'sud');
"""
ODD = (
    LOANS
    + """
CREATE FUNCTION branch_here() RETURNS text LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN coalesce(current_setting('app.branch', true), 'nord');
END $$;
CREATE FUNCTION seen(branch text) RETURNS boolean LANGUAGE sql STABLE AS $$ SELECT branch = branch_here() $$;
CREATE MATERIALIZED VIEW kept AS SELECT * FROM loans;
CREATE VIEW v_integrity_checks AS
SELECT 'RETARD'::text AS check_code, 'WARN'::text AS severity, 'PRET'::text AS entity_type, k.id AS entity_id,
       'En retard depuis ' || extract(epoch FROM now() - k.due_at) AS message, '{}'::jsonb AS payload,
       now() AS detected_at
FROM kept AS k WHERE seen(k.branch);
GRANT SELECT ON v_integrity_checks TO PUBLIC;
"""
)
ELSEWHERE = (
    LOANS
    + """
CREATE SCHEMA pret;
CREATE VIEW pret.v_integrity_checks AS
SELECT 'RETARD'::text AS check_code, 'WARN'::text AS severity, 'PRET'::text AS entity_type, id AS entity_id,
       'En retard' AS message, '{}'::jsonb AS payload, due_at AS detected_at FROM loans;
CREATE VIEW house AS SELECT * FROM pret.v_integrity_checks;
"""
)


def checks(pg: Postgres, name: str, role: str = "depot_reader", *more: str) -> dict[str, Any]:
    found: dict[str, Any] = report("--database-url", pg.dsn(name, role), *more)["checks"]
    return found


def test_what_depends_on_the_reader_on_time_or_on_a_refresh_is_named(
    pg: Postgres, fresh_source: Callable[..., str]
) -> None:
    found = checks(pg, fresh_source(ODD))
    assert found["caller"]["facts"]["names"] == ["FUNCTION public.branch_here()"]
    assert found["materialized"]["facts"]["names"] == ["VIEW public.kept"]
    assert found["clock"]["facts"]["names"] == ["VIEW v_integrity_checks"]
    assert found["holders"]["facts"]["holders"] == {"PUBLIC": ["SELECT"]}
    assert found["holders"]["todo"] == ["REVOKE SELECT ON v_integrity_checks FROM PUBLIC;"]
    assert found["moving"]["facts"]["codes"] == ["RETARD"]
    assert found["detected_at"]["facts"]["codes"] == ["RETARD"]


def test_a_quiet_view_is_not_blamed(pg: Postgres, fresh_source: Callable[..., str]) -> None:
    quiet = ELSEWHERE.replace("pret.v_integrity_checks", "v_integrity_checks")
    found = checks(pg, fresh_source(quiet))
    assert not {"caller", "materialized", "clock", "holders", "moving", "detected_at"} & set(found)


def test_a_view_in_another_schema_is_found_and_how_to_reach_it(
    pg: Postgres, fresh_source: Callable[..., str]
) -> None:
    name = fresh_source(ELSEWHERE)
    found = checks(pg, name)
    there = found["elsewhere/pret.v_integrity_checks"]["todo"]
    assert there[:2] == [
        'GRANT USAGE ON SCHEMA "pret" TO "depot_reader";',
        'GRANT SELECT ON "pret"."v_integrity_checks" TO "depot_reader";',
    ]
    assert found["elsewhere/public.house"]["todo"] == ['pack.toml : union = "public.house"']
    with psycopg.connect(pg.dsn(name, "depot_owner"), autocommit=True) as owner:
        for statement in there[:2]:
            owner.execute(statement)
    with pg.superuser(name) as dba:
        dba.execute(there[2])
        try:
            assert checks(pg, name)["view"]["state"] == "ok"
        finally:
            dba.execute(f'ALTER ROLE depot_reader IN DATABASE "{name}" RESET search_path')


def test_an_owner_is_told_to_make_a_role_and_how(
    pg: Postgres, fresh_source: Callable[..., str]
) -> None:
    name = fresh_source(ODD)
    found = checks(pg, name, "depot_owner")
    todo = found["writable"]["todo"]
    assert not any(line.startswith("REVOKE") for line in todo)
    assert any(line.startswith("CREATE ROLE console_reader") for line in todo)
    assert 'GRANT SELECT ON "public".v_integrity_checks TO console_reader;' in todo


def test_rows_that_row_security_hides_are_counted_as_the_owner(
    pg: Postgres, fresh_source: Callable[..., str]
) -> None:
    hidden = (
        ELSEWHERE.replace("pret.v_integrity_checks", "v_integrity_checks")
        .replace(
            "CREATE VIEW v_",
            "ALTER TABLE loans ENABLE ROW LEVEL SECURITY;"
            "CREATE POLICY north ON loans FOR SELECT TO depot_reader USING (branch = 'nord');"
            "CREATE VIEW v_",
        )
        .replace(
            "v_integrity_checks AS\nSELECT",
            "v_integrity_checks WITH (security_invoker = true) AS\nSELECT",
        )
    )
    name = fresh_source(hidden)
    found = checks(pg, name, "depot_reader", "--connection", pg.dsn(name, "depot_owner"))
    assert found["hidden"]["facts"] == {"seen": 1, "owner": 2}


def test_an_identity_of_another_type_is_told_how_to_become_text(
    pg: Postgres, fresh_source: Callable[..., str]
) -> None:
    odd = ELSEWHERE.replace("pret.v_integrity_checks", "v_integrity_checks").replace(
        "id AS entity_id", "length(id) AS entity_id"
    )
    found = checks(pg, fresh_source(odd))
    assert found["view"]["todo"] == ["entity_id::text -- integer"]

"""Whoever controls a source tries to make the console say what is false, or say nothing at all."""

import pytest
from psycopg import sql

from alerts.models import Alert
from governance.sql import acting_as_system
from integrity.models import ScanOutcome
from integrity.scan import scan_run
from tests.scans.test_eyes import bank, causes, drift  # noqa: F401

pytestmark = pytest.mark.django_db

VIEW = """CREATE OR REPLACE VIEW v_integrity_checks AS
SELECT 'PRET'::text AS check_code, severity, 'PRET'::text AS entity_type, id AS entity_id,
       'En retard'::text AS message, {payload} AS payload, timestamptz '{at}' AS detected_at
FROM {table} WHERE {where}"""

# What the catalogue said before, for ever after.
FORGERY = """
CREATE SCHEMA evil; GRANT USAGE ON SCHEMA evil TO PUBLIC;
SET search_path = '';
CREATE TABLE evil.told AS SELECT oid, pg_get_viewdef(oid) AS said FROM pg_class
  WHERE relkind = 'v' AND relnamespace = 'public'::regnamespace;
RESET search_path;
GRANT SELECT ON evil.told TO PUBLIC;
CREATE FUNCTION evil.pg_get_viewdef(o oid) RETURNS text LANGUAGE sql AS
  $$ SELECT coalesce((SELECT said FROM evil.told WHERE told.oid = o), pg_catalog.pg_get_viewdef(o)) $$;
CREATE FUNCTION evil.set_config(text, text, boolean) RETURNS text LANGUAGE sql AS $$
  SELECT CASE WHEN $1 = 'search_path' THEN $2 ELSE pg_catalog.set_config($1, $2, $3) END $$;
CREATE FUNCTION evil.current_setting(text) RETURNS text LANGUAGE sql AS $$
  SELECT CASE WHEN $1 = 'search_path' THEN '"$user", public' ELSE pg_catalog.current_setting($1) END $$;
"""


def view(table: str = "loans", *, payload="'{}'::jsonb", at="2026-01-01", where="true") -> str:
    return VIEW.format(table=table, payload=payload, at=at, where=where)


def stored(**which):
    with acting_as_system("test"):
        return list(Alert.objects.filter(source="banque", **which))


def test_functions_put_before_postgresqls_own_forge_no_evidence(bank):  # noqa: F811
    scan_run(source="banque")
    bank.execute(FORGERY)
    name = sql.Identifier(bank.info.dbname)
    bank.execute(
        sql.SQL("ALTER DATABASE {} SET search_path = evil, pg_catalog, public").format(name)
    )
    bank.execute(
        "CREATE OR REPLACE VIEW public.below2 AS SELECT * FROM public.loans WHERE id <> 'p1'"
    )

    for _ in range(2):
        scan = scan_run(source="banque")
        assert (scan.outcome, scan.closed, scan.held) == (ScanOutcome.COMPLETE, 0, 1)
    found = drift()
    assert found.payload["moved"] == ["SETTINGS", "VIEW public.below2"]


def test_functions_of_the_view_still_have_the_sources_own_search_path(bank):  # noqa: F811
    bank.execute(
        "CREATE SCHEMA theirs; GRANT USAGE ON SCHEMA theirs TO PUBLIC;"
        "CREATE FUNCTION theirs.one() RETURNS int LANGUAGE sql AS 'SELECT 1';"
        "CREATE FUNCTION public.two() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN one() + 1; END $$"
    )
    name = sql.Identifier(bank.info.dbname)
    bank.execute(sql.SQL("ALTER DATABASE {} SET search_path = theirs, public").format(name))
    bank.execute(view(where="two() = 2").replace("VIEW v_", "VIEW public.v_"))

    assert (scan_run(source="banque").outcome, len(stored())) == (ScanOutcome.COMPLETE, 4)


def test_a_function_that_sets_the_datestyle_moves_no_date(bank):  # noqa: F811
    bank.execute(
        "CREATE FUNCTION sets() RETURNS text LANGUAGE sql IMMUTABLE AS"
        " $$ SELECT set_config('datestyle', 'SQL, DMY', true)"
        " || set_config('timezone', 'Asia/Tokyo', true) $$"
    )
    bank.execute(view(at="2026-11-03 00:00:00+00", where="sets() IS NOT NULL"))
    scan_run(source="banque")

    assert {one.first_detected_at.isoformat() for one in stored()} == {"2026-11-03T00:00:00+00:00"}

"""The loader never touches a database that it did not make."""

from datetime import UTC, datetime

import pytest
from psycopg import errors

from integrity.depot import (
    DepotRefusedError,
    loaded_scenario,
    scenario_load,
    schema_create,
)
from integrity.depot.schema import SQL
from tests.depot.conftest import Connection

NOW = datetime(2026, 2, 19, 8, 0, tzinfo=UTC)


def test_foreign_table_is_refused_and_kept(empty: Connection) -> None:
    empty.execute("CREATE TABLE factures AS SELECT 1 AS n")
    with pytest.raises(DepotRefusedError, match=r"not the reference depot's: public\.factures"):
        schema_create(empty)
    rows = empty.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
    assert rows == [("factures",)]


def test_table_in_another_schema_is_foreign_too(depot: Connection) -> None:
    depot.execute("CREATE SCHEMA auth")
    depot.execute("CREATE TABLE auth.users AS SELECT 1 AS n")
    with pytest.raises(DepotRefusedError, match=r"auth\.users"):
        scenario_load(depot, "incident", now=NOW)


def test_real_depot_with_the_same_tables_is_refused_and_kept(empty: Connection) -> None:
    empty.execute((SQL / "tables.sql").read_text(encoding="utf-8"))
    empty.execute("INSERT INTO depots (nom) VALUES ('Réel')")
    for attempt in (schema_create, lambda c: scenario_load(c, "incident", now=NOW)):
        with pytest.raises(DepotRefusedError, match="may be real and is left alone"):
            attempt(empty)
    assert empty.execute("SELECT nom FROM depots").fetchall() == [("Réel",)]


def test_missing_table_is_refused(depot: Connection) -> None:
    depot.execute("DROP TABLE log_actions")
    with pytest.raises(DepotRefusedError, match=r"no table public\.log_actions"):
        scenario_load(depot, "incident", now=NOW)


def test_views_and_functions_of_others_do_not_matter(depot: Connection) -> None:
    depot.execute("CREATE VIEW v_integrity_checks AS SELECT count(*) FROM receptions")
    scenario_load(depot, "incident", now=NOW)
    assert depot.execute("SELECT * FROM v_integrity_checks").fetchone() == (28,)


def test_depot_remembers_what_was_loaded(empty: Connection) -> None:
    assert loaded_scenario(empty) is None
    schema_create(empty)
    assert loaded_scenario(empty) is None
    scenario_load(empty, "incident", now=NOW)
    scenario_load(empty, "prod-2026-02-19", now=NOW)
    assert loaded_scenario(empty) == "prod-2026-02-19"
    schema_create(empty)
    assert loaded_scenario(empty) == "prod-2026-02-19"


def test_failed_load_leaves_the_old_content(depot: Connection) -> None:
    scenario_load(depot, "incident", now=NOW)
    depot.execute("ALTER TABLE sorties_produit ADD CHECK (volume_ambiant < 0) NOT VALID")
    with pytest.raises(errors.CheckViolation):
        scenario_load(depot, "prod-2026-02-19", now=NOW)
    assert loaded_scenario(depot) == "incident"
    assert depot.execute("SELECT count(*) FROM receptions").fetchone() == (28,)

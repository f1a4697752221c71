"""`source_check --advise` prints the indexes that rules would be faster by, and makes none."""

import psycopg
import pytest

from integrity.depot import schema_create
from tests.source_check.test_source_check import report, run

pytestmark = pytest.mark.django_db
INDEXES = "SELECT indexname FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1"
TRUCKS = (
    "INSERT INTO cours_de_route (statut) SELECT 'DECHARGE' FROM generate_series(1, 20000);"
    "ANALYZE cours_de_route, receptions"
)


def test_what_is_missing_on_a_large_table_is_advised_and_nothing_is_made(fresh_source, pg):
    name = fresh_source()
    dsn = pg.dsn(name, "depot_reader")
    with psycopg.connect(pg.dsn(name, "depot_owner"), autocommit=True) as owner:
        schema_create(owner)
        owner.execute(TRUCKS)
        checks = report("--database-url", dsn, "--advise")["checks"]
        assert checks["advice"]["todo"] == []  # the reference depot has what its rules want
        owner.execute("DROP INDEX cours_de_route_statut_created, receptions_validee_par_camion")
        before = owner.execute(INDEXES).fetchall()
        checks = report("--database-url", dsn, "--advise")["checks"]
        advised = [one for key, one in checks.items() if key.startswith("advice/")]
        # receptions are empty: reading none is fast.
        (one,) = advised
        assert one["todo"] == [
            'CREATE INDEX CONCURRENTLY ON "cours_de_route" ("statut", "created_at");'
        ]
        assert one["facts"]["codes"] == ["CDR_ARRIVE_STALE", "CDR_BLOQUE"]
        assert one["todo"][0] in run("--database-url", dsn, "--advise")[1]
        assert owner.execute(INDEXES).fetchall() == before
        assert not any(key.startswith("advice") for key in report("--database-url", dsn)["checks"])
        owner.execute(one["todo"][0])
        assert "advice" in report("--database-url", dsn, "--advise")["checks"]


def test_an_index_with_another_condition_does_not_serve(fresh_source, pg):
    name = fresh_source()
    with psycopg.connect(pg.dsn(name, "depot_owner"), autocommit=True) as owner:
        schema_create(owner)
        owner.execute(TRUCKS)
        owner.execute("DROP INDEX cours_de_route_statut_created")
        owner.execute(
            "CREATE INDEX ON cours_de_route (statut, created_at) WHERE volume IS NOT NULL"
        )
        checks = report("--database-url", pg.dsn(name, "depot_reader"), "--advise")["checks"]
        assert "advice/1" in checks

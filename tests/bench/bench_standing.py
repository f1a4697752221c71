"""What re-checking a source costs that has not moved, beside a full reading; run by `make bench`.

BENCH_DEPOT_URL: a depot that is there already, on a server where nobody else writes, as its reader.
"""

import os
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from governance.devtools import embedded
from integrity.depot import schema_create
from integrity.depot.loader import scenario_load
from integrity.rules.catalog import catalog
from integrity.rules.compiler import view_apply
from integrity.scans import scan as scanning
from integrity.scans.models import Scan
from integrity.scans.scan import scan_run
from tests.bench.report import Figure, Report
from tests.bench.sizes import SIZE
from tests.bench.world import database
from tests.conftest import Postgres

SECTION = "A source that has not moved"


@contextmanager
def depot() -> Iterator[str]:
    """The address of a large depot on a server of its own."""
    if given := os.environ.get("BENCH_DEPOT_URL"):
        yield given
        return
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        server = embedded.Server(Path(folder) / "pg", durable=False)
        server.start()
        try:
            with psycopg.connect(
                embedded.url("depot", "depot_owner", server.folder), autocommit=True
            ) as owner:
                schema_create(owner)
                scenario_load(owner, "large", now=datetime.now(UTC), movements=SIZE.movements)
                view_apply(owner, list(catalog().values()))
            with psycopg.connect(server.superuser_url("depot"), autocommit=True) as dba:
                dba.execute("VACUUM ANALYZE")
                dba.execute("ALTER SYSTEM SET autovacuum = off")
                dba.execute("SELECT pg_reload_conf()")
            yield embedded.url("depot", "depot_reader", server.folder)
        finally:
            server.stop()


def timed() -> tuple[float, Scan]:
    """Milliseconds of a whole scan: source, alerts, record."""
    began = time.perf_counter()
    scan = scan_run(source="depot")
    return (time.perf_counter() - began) * 1000, scan


def test_standing(
    django_db_setup: None,
    django_db_blocker: Any,
    pg: Postgres,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
    report: Report,
) -> None:
    name = pg.create("console", template="console_template")
    settings.SOURCE_STATEMENT_TIMEOUT_MS = 600_000
    monkeypatch.setattr(scanning, "STANDS_FROM", timedelta(0))  # however small it is
    label = f"{SIZE.movements:,}".replace(",", " ")
    with django_db_blocker.unblock(), database(name), depot() as address:
        settings.SOURCES = {"depot": address}
        opens, first = timed()
        assert first.outcome == "COMPLETE", first.error
        assert first.position, "the server gives no evidence"
        spent = []
        for _turn in range(SIZE.turns * 4 + 1):
            took, scan = timed()
            assert scan.stands_since == first.started_at
            assert scan.per_code == first.per_code
            spent.append(took)
        settings.SCAN_PAYLOAD_LIMIT -= 1  # another limit: all is read
        full, scan = timed()
        assert (scan.stands_since, scan.opened, scan.closed) == (None, 0, 0)
    again = Figure("re-checked, unchanged", statistics.median(spent[1:]), "ms", stored=label)
    again.aims["unchanged"] = again.value
    report.add(
        SECTION,
        Figure("read for the first time, alerts opened", opens, "ms", stored=label),
        Figure("read in full, nothing new", full, "ms", stored=label),
        again,
    )
    report.remark(f"Read every time: {sorted(first.rules.keys() - set(first.position['still']))}.")

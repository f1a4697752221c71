"""A depot on a server of its own, where nobody else writes, and scans that let its readings stand."""

import tempfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from governance.devtools import embedded
from integrity.depot import schema_create
from integrity.rules.catalog import catalog
from integrity.rules.compiler import view_apply
from integrity.scans import scan as scanning
from integrity.scans.models import Scan
from integrity.scans.scan import scan_run
from tests.postgres import BINARIES
from tests.rules.facts import Facts

CODES = ("CDR_ARRIVE_STALE", "RECEPTION_ECART_15C", "SORTIE_ECART_15C", "STOCK_NEGATIF")
CLOCK = "CDR_ARRIVE_STALE"  # the only one of them that asks what time it is


class Depot:
    """The owner's connection to it, the address of its reader, and rows to write."""

    def __init__(self, server: embedded.Server) -> None:
        self.server = server
        self.owner: psycopg.Connection[Any] = psycopg.connect(
            embedded.url("depot", "depot_owner", server.folder), autocommit=True
        )
        self.reader = embedded.url("depot", "depot_reader", server.folder)
        self.owner.execute(
            "DROP SCHEMA public CASCADE; CREATE SCHEMA public; GRANT USAGE ON SCHEMA public TO depot_reader;"
            "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO depot_reader"
        )
        schema_create(self.owner)
        view_apply(self.owner, [catalog()[code] for code in CODES])
        self.facts = Facts(self.owner)
        self.tank = self.facts.tank()

    def dba(self) -> psycopg.Connection[Any]:
        return psycopg.connect(self.server.superuser_url("depot"), autocommit=True)

    def reception(self, at_15c: float = 20_000.0) -> Any:
        """One that is wrong where its volumes differ."""
        return self.facts.row(
            "receptions",
            citerne_id=self.tank,
            produit_id=self.facts.product,
            volume_ambiant=20_000.0,
            volume_corrige_15c=at_15c,
        )


@pytest.fixture(scope="module")
def own_server() -> Iterator[embedded.Server]:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        server = embedded.Server(Path(folder) / "pg", durable=False, binaries=BINARIES)
        server.start()
        # What it does by itself moves the server, rarely and whenever it likes.
        with psycopg.connect(server.superuser_url(), autocommit=True) as dba:
            dba.execute("ALTER SYSTEM SET autovacuum = off")
            dba.execute("SELECT pg_reload_conf()")
        yield server
        server.stop()
        assert not server.is_running()  # and its process is collected


@pytest.fixture
def depot(
    own_server: embedded.Server, fresh_console: str, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Depot]:
    """A new one, which the console knows as `depot`; its readings stand however small it is."""
    made = Depot(own_server)
    settings.SOURCES = {"depot": made.reader}
    monkeypatch.setattr(scanning, "STANDS_FROM", timedelta(0))
    yield made
    made.owner.close()


def scanned(source: str = "depot") -> Scan:
    scan = scan_run(source=source)
    assert scan.outcome == "COMPLETE", scan.error
    return scan


def stood(scan: Scan) -> bool:
    return scan.stands_since is not None

"""Whoever uses the server's session after us finds it as it was: all is set for one transaction."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import psycopg
import pytest
from django.core.management import call_command

from governance.core.database.postgres_wheel import account_for, how_to_run
from governance.core.database.postmaster import socket_folder
from integrity.proofs.runs import proofs_run
from integrity.scans.scan import scan_run
from integrity.source_check.run import source_examine
from integrity.sources.connections import SourceError, source_transaction
from integrity.sources.installed_view import view_installed
from tests.postgres import SERVER
from tests.sources.relay import SharedSession

pytestmark = pytest.mark.django_db

PGBOUNCER = shutil.which("pgbouncer", path=f"{os.environ['PATH']}:/usr/sbin")


@pytest.fixture
def session(library, pg, settings) -> Iterator[SharedSession]:
    """The source `biblio` through a session that the business application uses as well, as its owner."""
    shared = SharedSession(pg.dsn(library, "depot_owner"))
    settings.SOURCES = {"biblio": shared.dsn()}
    yield shared
    shared.close()


def looked():
    with source_transaction("biblio", timeout_ms=5000) as source:
        assert view_installed(source) is not None


def refused():
    with (
        pytest.raises(SourceError, match="read-only"),
        source_transaction("biblio") as source,
    ):
        source.execute("INSERT INTO loans VALUES ('x', 1)")


def examined(settings):
    report = source_examine(dsn=settings.SOURCES["biblio"], source="biblio", timeout_ms=5000)
    assert "reachable" in {check.key for check in report.checks}


USES = {
    "scan": lambda settings: scan_run(source="biblio"),
    "look": lambda settings: looked(),
    "refused write": lambda settings: refused(),
    "source_check": examined,
    "integrity_view": lambda settings: call_command(
        "integrity_view", source="biblio", stdout=StringIO()
    ),
    "proofs": lambda settings: proofs_run(source="biblio", url=settings.SOURCES["biblio"]),
}


@pytest.mark.parametrize("use", USES)
def test_the_session_is_left_as_it_was(session, settings, use):
    before = session.settings()
    USES[use](settings)
    session.execute("INSERT INTO loans VALUES ('nouveau', 1)")
    session.execute("DELETE FROM loans WHERE id = 'nouveau'")
    assert session.settings() == before
    USES[use](settings)  # and we can use it again ourselves


def test_all_settings_hold_inside_the_transaction(session):
    with source_transaction("biblio", timeout_ms=4000) as source:
        names = {
            "transaction_read_only": "on",
            "transaction_isolation": "repeatable read",
            "statement_timeout": "4s",
            "lock_timeout": "2s",
            "client_encoding": "UTF8",
            "jit": "off",
            "application_name": "governance-console",
        }
        for name, value in names.items():
            assert source.execute(f"SHOW {name}").fetchone() == (value,), name


def test_no_statement_is_prepared(session, settings):
    for _ in range(6):
        looked()
    session.execute("DO $$ BEGIN ASSERT NOT EXISTS (SELECT FROM pg_prepared_statements); END $$")


# --- A real pooler ---------------------------------------------------------------------------------


@pytest.fixture
def pooler(library, tmp_path_factory, pg) -> Iterator[str]:
    """PgBouncer in transaction mode with one server connection in all; its address for the owner."""
    if PGBOUNCER is None:
        if os.environ.get("REQUIRE_POOLER"):
            pytest.fail("REQUIRE_POOLER is set, and pgbouncer is not installed")
        pytest.skip("pgbouncer is not installed; REQUIRE_POOLER=1 makes this a failure")
    account = account_for(SERVER.folder)  # it refuses to run as root, as PostgreSQL does
    folder = SERVER.folder.parent / f"pooler-{library}"
    folder.mkdir(mode=0o700)
    config = folder / "pgbouncer.ini"
    config.write_text(
        f"[databases]\n{library} = host={socket_folder(SERVER.folder)} port=5432 user=depot_owner\n"
        f"[pgbouncer]\nlisten_addr =\nlisten_port = 6432\nunix_socket_dir = {folder}\n"
        "auth_type = any\npool_mode = transaction\ndefault_pool_size = 1\nmax_db_connections = 1\n"
    )
    if account:
        for path in (folder, config):
            os.chown(path, account.uid, account.gid)
    process = subprocess.Popen(
        [PGBOUNCER, "-q", str(config)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        **how_to_run(account),
    )
    try:
        _wait(folder / ".s.PGSQL.6432", process)
        yield f"postgresql://depot_owner@/{library}?host={folder}&port=6432"
    finally:
        process.terminate()
        process.wait(10)
        shutil.rmtree(folder)


def _wait(path: Path, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 10
    while not path.exists():
        assert process.poll() is None, "pgbouncer did not start"
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.mark.parametrize("use", USES)
def test_a_second_client_of_the_pooler_still_writes(pooler, settings, use):
    settings.SOURCES = {"biblio": pooler}
    query = "SELECT name, setting FROM pg_settings"
    with psycopg.connect(pooler, autocommit=True, prepare_threshold=None) as application:
        before: dict[str, str] = dict(application.execute(query).fetchall())
        (backend,) = application.execute("SELECT pg_backend_pid()").fetchone() or (0,)
        USES[use](settings)
        application.execute("INSERT INTO loans VALUES ('nouveau', 1)")
        application.execute("DELETE FROM loans WHERE id = 'nouveau'")
        assert dict(application.execute(query).fetchall()) == before
        assert application.execute("SELECT pg_backend_pid()").fetchone() == (backend,)

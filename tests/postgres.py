"""Pytest plugin, loaded before Django's settings: one embedded PostgreSQL in a temporary folder per run."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

import pytest

from governance.core.database.postgres_wheel import version_of
from governance.devtools import embedded

MEMORY = Path("/dev/shm")  # of Linux
ROOM = 3_000_000_000  # bytes that a run may need
# Runs that measure a disk or fill one.
ON_DISK = {"BENCH_SIZE", "CRASH_SECONDS", "HISTORY_PLANS_ENTRIES", "SOAK_SECONDS", "SOAK_STEPS"}


def _temporary() -> Path:
    """In memory where there is room: a database is copied there ten times as fast as on a disk."""
    in_memory = os.access(MEMORY, os.W_OK) and not ON_DISK & os.environ.keys()
    roomy = in_memory and shutil.disk_usage(MEMORY).free > ROOM
    # A short path: a socket's name may have 107 characters.
    folder = Path(tempfile.mkdtemp(prefix="gc-", dir=MEMORY if roomy else None))
    folder.chmod(0o755)
    return folder


FOLDER = _temporary()
# What a test writes elsewhere, and a browser of its own, stands beside it and goes with it.
os.environ["TMPDIR"] = tempfile.tempdir = str(FOLDER)
# Tests lose nothing at a power cut; a bench pays for safety as the console of `make run` does.
# Of another PostgreSQL than the wheel's: `make test PG=/usr/lib/postgresql/15/bin`.
BINARIES = Path(os.environ["TEST_PG_BIN"]) if os.environ.get("TEST_PG_BIN") else None
MAJOR = version_of(BINARIES) if BINARIES else 18
SERVER = embedded.Server(FOLDER / "pg", durable="BENCH_SIZE" in os.environ, binaries=BINARIES)


def pytest_sessionstart(session: pytest.Session) -> None:
    """Start the server, but for the process that only hands out tests to others."""
    if not getattr(session.config.option, "numprocesses", None):
        SERVER.start()


def _stop() -> None:
    SERVER.stop()
    shutil.rmtree(FOLDER, ignore_errors=True)


atexit.register(_stop)
for name in list(os.environ):
    if name == "RULE_PACKS" or (
        name.startswith("SOURCE_") and name.endswith(("_DATABASE_URL", "_PACK"))
    ):
        del os.environ[name]
os.environ.update(embedded.environment(SERVER.folder))
os.environ.update(
    APP_ENV="local",
    APP_RELEASE="test",
    SOURCE_DEPOT_NAME="depot",  # where a test says nothing else, a source is called by its slug
    DATABASE_CONN_MAX_AGE="0",
    LOG_FORMAT="json",
    VAR_DIR=str(FOLDER / "var"),  # never the files of a console that runs beside the tests
)

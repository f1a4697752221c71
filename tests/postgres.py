"""Pytest plugin, loaded before Django's settings: one embedded PostgreSQL in a temporary folder per run."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

from governance.devtools import embedded

# A short path: a socket's name may have 107 characters.
FOLDER = Path(tempfile.mkdtemp(prefix="gc-"))
FOLDER.chmod(0o755)
# Tests lose nothing at a power cut; a bench pays for safety as the console of `make run` does.
SERVER = embedded.Server(FOLDER / "pg", durable="BENCH_SIZE" in os.environ)


def _stop() -> None:
    SERVER.stop()
    shutil.rmtree(FOLDER, ignore_errors=True)


SERVER.start()
atexit.register(_stop)
for name in list(os.environ):
    if name.startswith("SOURCE_") and name.endswith("_DATABASE_URL"):
        del os.environ[name]
os.environ.update(embedded.environment(SERVER.folder))
os.environ.update(
    APP_ENV="local",
    APP_RELEASE="test",
    DATABASE_CONN_MAX_AGE="0",
    LOG_FORMAT="json",
    VAR_DIR=str(FOLDER / "var"),  # never the files of a console that runs beside the tests
)

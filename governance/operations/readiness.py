"""What "ready" means, part by part, with short waits; says nothing that a stranger may not read.

Must not know who asks, nor which business databases there are.
"""

import json
import logging
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from filecmp import cmp
from functools import cache, lru_cache
from pathlib import Path
from typing import TypedDict

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.db import DatabaseError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.loader import MigrationLoader

from governance import stopping
from governance.core.database import sql_files
from governance.core.database.outages import outage_kind
from governance.core.identity.checks import runtime_role_faults

CONNECT_TIMEOUT = 2  # seconds; the least that libpq knows
STATEMENT_TIMEOUT = "2000"  # milliseconds
WRITE = "SELECT session_write(%s, %s, now(), true)"
WRITABLE = "SELECT to_regprocedure('session_write(text, text, timestamptz, boolean)') IS NOT NULL"
logger = logging.getLogger(__name__)


class Part(TypedDict):
    """One line of the answer. `detail` never holds an address, a role or an error of the database's."""

    ok: bool
    detail: str


UNKNOWN: Part = {"ok": False, "detail": "unknown: the database does not answer"}


def serving() -> Part:
    """Whether this process, which somebody may have told to stop, is one to send people to."""
    if stopping.has_begun():
        return {"ok": False, "detail": "is stopping: finishes what it was asked"}
    return {"ok": True, "detail": "takes requests"}


def readiness() -> dict[str, Part]:
    """The parts that must be in order before somebody is served, in the order of cause and effect."""
    try:
        with _probe() as connection:
            return {
                "database": _part(_database, connection),
                "migrations": _part(_migrations, connection),
                "settings": _part(_settings, connection),
            }
    except DatabaseError as error:
        logger.warning("readiness: %s", error)  # the reason is for the log alone
        down: Part = {"ok": False, "detail": "does not answer"}
        return {"database": down, "migrations": UNKNOWN, "settings": UNKNOWN}


@contextmanager
def _probe() -> Iterator[BaseDatabaseWrapper]:
    """One transaction, undone at its end, on a connection of its own, so that no kept one is to blame."""
    connection = connections["default"].copy()
    connection.settings_dict["OPTIONS"]["connect_timeout"] = CONNECT_TIMEOUT
    connection.settings_dict["ANSWER_LIMIT_S"] = CONNECT_TIMEOUT + 1
    try:
        connection.set_autocommit(False)
        with connection.cursor() as cursor:
            # Transaction-local: behind PgBouncer this connection is somebody else's next.
            cursor.execute("SELECT set_config('statement_timeout', %s, true)", [STATEMENT_TIMEOUT])
        yield connection
        connection.rollback()
    finally:
        connection.close()


def _part(measure: Callable[[BaseDatabaseWrapper], Part], connection: BaseDatabaseWrapper) -> Part:
    before = connection.savepoint() or ""
    try:
        return measure(connection)
    except DatabaseError as error:
        logger.warning("readiness: %s", error)
        connection.savepoint_rollback(before)
        return UNKNOWN


# Why nothing can be written, in words for a stranger.
_UNWRITABLE = {
    "read_only": "is read only",
    "full": "has no room left",
    "slow": "does not write in time",
}


def _database(connection: BaseDatabaseWrapper) -> Part:
    """Whether somebody could sign in and act: a session is written, and undone with the transaction."""
    before = connection.savepoint() or ""
    try:
        with connection.cursor() as cursor:
            cursor.execute(WRITABLE)
            if cursor.fetchone()[0]:
                cursor.execute(WRITE, [secrets.token_hex(16), secrets.token_hex(2000)])
    except DatabaseError as error:
        logger.warning("readiness: %s", error)
        connection.savepoint_rollback(before)
        return {"ok": False, "detail": _UNWRITABLE.get(outage_kind(error), "cannot be written")}
    connection.savepoint_rollback(before)
    return {"ok": True, "detail": "answers and can be written"}


@cache
def _migrations_on_disk() -> frozenset[tuple[str, str]]:
    """With the definitions of the `sql/` folders, which `migrate` installs as well."""
    return frozenset([*MigrationLoader(None).disk_migrations, sql_files.mark()])


def _migrations(connection: BaseDatabaseWrapper) -> Part:
    # Not Django's recorder: it reads through the kept connection of the same alias.
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('django_migrations') IS NOT NULL")
        applied: set[tuple[str, str]] = set()
        if cursor.fetchone()[0]:
            cursor.execute("SELECT app, name FROM django_migrations")
            applied = set(cursor.fetchall())
    missing = len(_migrations_on_disk() - applied)
    return {"ok": not missing, "detail": f"{missing} not applied" if missing else "all applied"}


def _settings(connection: BaseDatabaseWrapper) -> Part:
    """The settings were judged when the process started; here is what only a running one can see."""
    if not settings.LOCAL and runtime_role_faults(connection):
        return {"ok": False, "detail": "the runtime role may do more than it should"}
    try:
        collected = (Path(settings.STATIC_ROOT) / "staticfiles.json").read_bytes()
    except OSError:
        return {"ok": False, "detail": "static files are not collected"}
    if not _are_ours(str(settings.STATIC_ROOT), collected):
        return {"ok": False, "detail": "static files are those of another release"}
    return {"ok": True, "detail": "in order"}


@lru_cache(maxsize=1)
def _are_ours(root: str, manifest: bytes) -> bool:
    """Whether every static file of this release was collected as it is; read once per collection."""
    paths = json.loads(manifest).get("paths", {})
    for finder in get_finders():
        for name, storage in finder.list([]):
            copy = Path(root, name)
            ours = Path(storage.path(name))
            if name not in paths or not copy.is_file() or not cmp(ours, copy, shallow=False):
                return False
    return True

"""What "ready" means, part by part, with short waits; says nothing that a stranger may not read.

Must not know who asks, nor which business databases there are.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TypedDict

from django.conf import settings
from django.db import DatabaseError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.loader import MigrationLoader

from governance.checks import runtime_role_faults

CONNECT_TIMEOUT = 2  # seconds; the least that libpq knows
STATEMENT_TIMEOUT = "2000"  # milliseconds
logger = logging.getLogger(__name__)


class Part(TypedDict):
    """One line of the answer. `detail` never holds an address, a role or an error of the database's."""

    ok: bool
    detail: str


UNKNOWN: Part = {"ok": False, "detail": "unknown: the database does not answer"}


def readiness() -> dict[str, Part]:
    """The parts that must be in order before somebody is served, in the order of cause and effect."""
    try:
        with _probe() as connection:
            return {
                "database": {"ok": True, "detail": "answers"},
                "migrations": _part(_migrations, connection),
                "settings": _part(_settings, connection),
            }
    except DatabaseError as error:
        logger.warning("readiness: %s", error)  # the reason is for the log alone
        down: Part = {"ok": False, "detail": "does not answer"}
        return {"database": down, "migrations": UNKNOWN, "settings": UNKNOWN}


@contextmanager
def _probe() -> Iterator[BaseDatabaseWrapper]:
    """A connection of its own: a kept one may hang for minutes on a server that has vanished."""
    connection = connections["default"].copy()
    options = connection.settings_dict["OPTIONS"]
    options |= {"connect_timeout": CONNECT_TIMEOUT, "tcp_user_timeout": int(STATEMENT_TIMEOUT)}
    try:
        with connection.cursor() as cursor:
            # Not at connection time: PgBouncer refuses unknown start-up parameters.
            cursor.execute("SELECT set_config('statement_timeout', %s, false)", [STATEMENT_TIMEOUT])
        yield connection
    finally:
        connection.close()


def _part(measure: Callable[[BaseDatabaseWrapper], Part], connection: BaseDatabaseWrapper) -> Part:
    try:
        return measure(connection)
    except DatabaseError as error:
        logger.warning("readiness: %s", error)
        return UNKNOWN


@cache
def _migrations_on_disk() -> frozenset[tuple[str, str]]:
    return frozenset(MigrationLoader(None).disk_migrations)


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
    if not (Path(settings.STATIC_ROOT) / "staticfiles.json").is_file():
        return {"ok": False, "detail": "static files are not collected"}
    return {"ok": True, "detail": "in order"}

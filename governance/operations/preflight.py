"""Looks at all that the console needs in order to run; every room brings its part. Changes nothing."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import get_connection
from django.db import DatabaseError, connections

from governance.core.cache.per_state import ledger_state
from governance.core.capability import Check, registry
from governance.core.database.standby import standby_is_configured, standby_state
from governance.core.identity.acting import acting_as_system
from governance.core.logs import one_line
from governance.operations.readiness import readiness

OLDEST_POSTGRES = 140000
CLOCKS_APART_S = 5.0
FREE_BYTES = 1_000_000_000  # of the disk that VAR_DIR is on


def preflight() -> list[Check]:
    """Every room's checks, in the order in which settings name the rooms; trouble in one hides no other."""
    found: list[Check] = []
    for name, look in registry().preflight.items():
        try:
            found.extend(look())
        except DatabaseError as error:
            found.append(Check(name, "fail", f"unknown: {one_line(error)}"))
    return found


def own() -> Iterator[Check]:
    """What operations itself looks at: readiness, the owner, server and clock, disk, mail."""
    parts = readiness()
    for name, part in parts.items():
        yield Check(name, "ok" if part["ok"] else "fail", part["detail"])
    if parts["database"]["ok"]:
        yield _server()
    if parts["database"]["ok"] and standby_is_configured():
        yield _standby()
    if "owner" in settings.DATABASES:
        yield _owner()
    yield _disk()
    yield _mail()


def _server() -> Check:
    with connections["default"].cursor() as cursor:
        before = datetime.now(UTC)
        cursor.execute("SELECT current_setting('server_version_num')::int, clock_timestamp()")
        version, at = cursor.fetchone()
        between = before + (datetime.now(UTC) - before) / 2
    apart = (at - between).total_seconds()
    if version < OLDEST_POSTGRES:
        return Check("server", "fail", f"PostgreSQL {version // 10000} is older than 14")
    if abs(apart) > CLOCKS_APART_S:
        return Check("server", "fail", f"its clock is {apart:+.0f} s from this machine's")
    return Check("server", "ok", f"PostgreSQL {version // 10000}, clock {apart:+.1f} s")


def _standby() -> Check:
    def state() -> bytes | None:
        with acting_as_system("preflight"):
            return ledger_state()

    found = standby_state(state)
    # Without it pages are the primary's: nothing stops.
    return Check("standby", "ok" if found == "level" else "warn", f"READ_DATABASE_URL: {found}")


def _owner() -> Check:
    connection = connections["owner"].copy()
    try:
        connection.ensure_connection()
    except DatabaseError as error:
        return Check("owner", "fail", f"DATABASE_OWNER_URL: {one_line(error)}")
    finally:
        connection.close()
    return Check("owner", "ok", "answers")


def _disk() -> Check:
    folder = Path(settings.VAR)
    try:
        free = shutil.disk_usage(folder).free
    except OSError as error:
        return Check("disk", "fail", f"VAR_DIR: {error.strerror}")
    said = f"{free / 1e9:.1f} GB free in VAR_DIR"
    return Check("disk", "ok" if free >= FREE_BYTES else "fail", said)


def _mail() -> Check:
    if not settings.SENDS_MAIL:
        return Check("mail", "warn", "EMAIL_URL is not set: no mail is sent")
    connection = get_connection()
    try:
        connection.open()
    except (OSError, SMTPException) as error:
        return Check("mail", "fail", f"EMAIL_URL: {one_line(error)}")
    finally:
        connection.close()
    return Check("mail", "ok", "the server takes our name and password")

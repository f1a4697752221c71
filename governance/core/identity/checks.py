"""System checks: in staging and production the runtime role may be no more than a runtime role."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import DatabaseError, OperationalError, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from governance.core.identity import demonstration
from governance.env import SettingsError

ROLE = """
SELECT r.rolsuper, r.rolbypassrls, r.rolcreaterole,
       EXISTS (SELECT FROM pg_class c
               WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v')
                 AND pg_has_role(current_user, c.relowner, 'USAGE')),
       has_schema_privilege('public', 'CREATE')
FROM pg_roles r WHERE r.rolname = current_user
"""
FAULTS = (
    ("is a superuser", "E001"),
    ("has BYPASSRLS", "E002"),
    ("may create roles", "E005"),
    ("owns the console's tables", "E003"),
    # Everybody may in a database that was made before PostgreSQL 15.
    (
        "may create objects in the schema public (REVOKE CREATE ON SCHEMA public FROM PUBLIC)",
        "E007",
    ),
)
HINT = "Serve as a role of its own, and let DATABASE_OWNER_URL name the role that migrates."


def runtime_role_faults(connection: BaseDatabaseWrapper) -> list[CheckMessage]:
    """Why row security would not bind the role of `connection`; one query."""
    with connection.cursor() as cursor:
        cursor.execute(ROLE)
        answers = cursor.fetchone()
    return [
        Error(f"The role of DATABASE_URL {what}.", hint=HINT, id=f"governance.{code}")
        for (what, code), wrong in zip(FAULTS, answers, strict=True)
        if wrong
    ]


def refuse_wide_runtime_role() -> None:
    """End the process when it would serve as such a role. Says nothing when the database is down."""
    if settings.LOCAL:
        return
    connection = connections["default"]
    try:
        faults = runtime_role_faults(connection)
    except OperationalError:
        return
    finally:
        connection.close()
    if faults:
        raise SettingsError(" ".join(str(fault.msg) for fault in faults))


def refuse_demonstration_password() -> None:
    """End the process when it would serve, or work, while the demonstration password opens an account."""
    if settings.LOCAL:
        return
    try:
        names = demonstration.accounts_open()
    except DatabaseError:
        return  # away, or not migrated: nobody signs in either, and whoever mends it starts it again
    finally:
        connections["default"].close()
    if names:
        raise SettingsError(str(_demonstration_fault(names).msg))


def _demonstration_fault(names: Sequence[str]) -> CheckMessage:
    return Error(
        f"The demonstration password opens an account: {', '.join(names)}.",
        hint="Set another password (manage.py people password NAME) or close it (people deactivate NAME).",
        id="governance.E006",
    )


@register(Tags.database)
def demonstration_password_opens_nothing(
    *, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Refuse, outside of a developer's machine, an account that the demonstration password opens."""
    if settings.LOCAL or "default" not in (databases or ()):
        return []
    try:
        names = demonstration.accounts_open()
    except DatabaseError:
        return []  # E004 says so
    return [_demonstration_fault(names)] if names else []


@register(Tags.database)
def runtime_role_is_small(
    *, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Refuse a `DATABASE_URL` role that row security would not bind. Run by `check --database default`."""
    # On a developer's own server one role may do everything; nowhere else.
    if settings.LOCAL or "default" not in (databases or ()):
        return []
    try:
        return runtime_role_faults(connections["default"])
    except OperationalError:
        return [Error("The database of DATABASE_URL cannot be reached.", id="governance.E004")]

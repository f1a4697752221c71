"""Opens transactions in which PostgreSQL knows who acts, a person or a part of the machine."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from uuid import UUID

from django.db import connection, models, transaction

from governance.core.logs import request_id

USER_SETTING = "governance.user_id"
SYSTEM_SETTING = "governance.system"


class ActingPerson(models.Func):
    """The person who acts, as a column's default.

    Written out, not the function governance_user_id: tables need no definition of `sql/`, which come later.
    """

    template = "(nullif(current_setting('governance.user_id', true), ''))::uuid"
    arity = 0
    output_field = models.UUIDField()


def acting_as_user(user_id: UUID) -> AbstractContextManager[None]:
    """One transaction in which the database knows which person acts."""
    return _acting(user=str(user_id), system="")


def acting_as_system(name: str) -> AbstractContextManager[None]:
    """One transaction in which the machine acts under `name` (`scan`, `purge`, …)."""
    return _acting(user="", system=name)


@contextmanager
def _acting(*, user: str, system: str) -> Iterator[None]:
    nested = connection.in_atomic_block
    with transaction.atomic():
        before = _identity() if nested else ("", "")
        _identify(user, system, {} if nested else _limits())
        yield
        if (
            nested
        ):  # the end of a savepoint keeps a setting, so an inner identity must not outlive it
            _identify(*before)


def _identity() -> tuple[str, str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(pg_catalog.current_setting(%s, true), ''),"
            " coalesce(pg_catalog.current_setting(%s, true), '')",
            [USER_SETTING, SYSTEM_SETTING],
        )
        user, system = cursor.fetchone()
    return user, system


def _limits() -> dict[str, str]:
    """What the server shall end by itself, a little before our side gives up (database/deadline.py)."""
    limit = connection.settings_dict.get("ANSWER_LIMIT_S")
    if limit is None:
        return {}
    return {
        "statement_timeout": f"{limit * 950:.0f}ms",
        "lock_timeout": f"{limit * 500:.0f}ms",
        # A process that froze with locks in its hands; a live look waits for its source meanwhile.
        "idle_in_transaction_session_timeout": f"{limit * 3000 + 30_000:.0f}ms",
    }


def _identify(user: str, system: str, more: dict[str, str] | None = None) -> None:
    # Transaction-local (third argument): connections are shared, PgBouncer may hand ours to a stranger.
    # jit: our statements have large estimates and few rows; compiling them costs more than running them.
    # search_path: whatever the role or the database sets; PostgreSQL looks in pg_catalog before it.
    values = {
        USER_SETTING: user,
        SYSTEM_SETTING: system,
        "search_path": "public, pg_temp",
        "jit": "off",
        **(more or {}),
    }
    if name := request_id():  # pg_stat_activity and the server's log lead to our own lines
        values["application_name"] = f"governance {name}"[:63]
    calls = ", ".join("pg_catalog.set_config(%s, %s, true)" for _ in values)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {calls}", [part for pair in values.items() for part in pair])

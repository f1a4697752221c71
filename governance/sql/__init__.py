"""Runs named SQL files in migrations, and opens transactions that say who acts; knows no table."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from uuid import UUID

from django.apps import apps
from django.db import connection, transaction
from django.db.migrations.operations import RunSQL

USER_SETTING = "governance.user_id"
SYSTEM_SETTING = "governance.system"


def sql_file(app_label: str, name: str) -> str:
    """Text of `<app>/sql/<name>`."""
    return (Path(apps.get_app_config(app_label).path) / "sql" / name).read_text(encoding="utf-8")


class RunSQLFile(RunSQL):
    """A migration step that runs `<app>/sql/<name>`, and `reverse` to undo it."""

    def __init__(self, app_label: str, name: str, *, reverse: str) -> None:
        self.app_label, self.name, self.reverse_name = app_label, name, reverse
        super().__init__(sql_file(app_label, name), sql_file(app_label, reverse))

    def deconstruct(self) -> tuple[str, list[str], dict[str, str]]:
        return (
            self.__class__.__qualname__,
            [self.app_label, self.name],
            {"reverse": self.reverse_name},
        )

    def describe(self) -> str:
        return f"{self.app_label}/sql/{self.name}"


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
    """What the server shall end by itself, a little before our side gives up (governance/deadline.py)."""
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
    calls = ", ".join("pg_catalog.set_config(%s, %s, true)" for _ in values)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {calls}", [part for pair in values.items() for part in pair])

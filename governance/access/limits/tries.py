"""Tries that are counted one by one before they are made: passwords, links, codes of a second factor.

Each try is one statement of its own, committed before anything is checked (sql/sign_in_try.sql).
"""

from dataclasses import dataclass

from django.db import connection


class TooManyAttempts(Exception):
    """Wait `seconds` before the next try."""

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds
        super().__init__(f"wait {seconds} s")


@dataclass(frozen=True)
class Limit:
    """At most `most` tries under `key` within `seconds`."""

    key: str
    most: int
    seconds: int


def attempt_count(limits: list[Limit]) -> None:
    """Count one try, before it is made. Raises TooManyAttempts."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sign_in_try(%s, %s, %s)",
            [
                _keys(limits),
                [limit.most for limit in limits],
                [limit.seconds for limit in limits],
            ],
        )
        (wait,) = cursor.fetchone()
    if wait:
        raise TooManyAttempts(wait)


def attempt_succeeded(limits: list[Limit]) -> None:
    """The counted try was a good one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT sign_in_good(%s)", [_keys(limits)])


def _keys(limits: list[Limit]) -> list[str]:
    """What is counted may be anything that somebody typed; the database takes no NUL."""
    return [limit.key.replace("\x00", "") for limit in limits]

"""Takes a source's rows into the console's landing table, with errors that say whose they are."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Any, Self

from django.db import connection
from psycopg import Copy


class Landing:
    """psycopg's `Copy` into the console, whose refusals are Django's errors.

    The rows come from a source whose errors are psycopg's: nobody takes one for the other.
    """

    def __init__(self, copy: AbstractContextManager[Copy]) -> None:
        self._copy = copy

    def __enter__(self) -> Self:
        with connection.wrap_database_errors:
            self._into = self._copy.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        where: TracebackType | None,
    ) -> None:
        # Sent to the console's server, which hangs up on a long one; a source's error has any length.
        reason = InterruptedError(type(error).__name__) if error else None
        with connection.wrap_database_errors:
            self._copy.__exit__(type(reason) if reason else None, reason, where)

    def write(self, block: bytes | bytearray | memoryview | str) -> None:
        with connection.wrap_database_errors:
            self._into.write(block)

    def write_row(self, row: Sequence[Any]) -> None:
        with connection.wrap_database_errors:
            self._into.write_row(row)

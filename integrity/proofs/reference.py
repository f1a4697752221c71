"""Owns a reference depot that exists for one connection only, in its temporary schema.

It serves proofs where no depot of our own is at hand: nothing is left behind, and a role that may
create nothing but temporary tables is enough.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import connections

from integrity.depot.schema import SQL


@contextmanager
def reference_depot() -> Iterator[psycopg.Connection[Any]]:
    """A connection of its own to the console's database, where an empty depot's names resolve."""
    parameters = connections["default"].get_connection_params()
    for mine in ("cursor_factory", "context"):  # Django's own; the rest is libpq's and psycopg's
        parameters.pop(mine, None)
    with (
        psycopg.connect(
            **parameters,
            autocommit=True,
            application_name="governance-proofs",
        ) as connection,
        connection.transaction(force_rollback=True),
    ):
        reference_create(connection)
        yield connection


def reference_create(connection: psycopg.Connection[Any]) -> None:
    """The depot's tables and view in the temporary schema, for the rest of the transaction."""
    connection.execute("SET LOCAL search_path = pg_temp")
    for name in ("tables.sql", "indexes.sql", "stock_view.sql"):
        connection.execute((SQL / name).read_text(encoding="utf-8"))

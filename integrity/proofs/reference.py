"""Makes an empty database of a pack's sort for one connection only, in its temporary schema.

It serves proofs where no such database is at hand: nothing is left behind, and a role that may
create nothing but temporary tables is enough.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import connections
from psycopg import sql

from integrity.rules.catalog import Pack


@contextmanager
def reference_database(pack: Pack) -> Iterator[psycopg.Connection[Any]]:
    """A connection of its own to the console's database, where the names of the pack's tables resolve."""
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
        _create(connection, pack)
        yield connection


def _create(connection: psycopg.Connection[Any], pack: Pack) -> None:
    """The tables and views in the temporary schema, for the rest of the transaction."""
    connection.execute("SET LOCAL search_path = pg_temp")
    for table in pack.reference_tables:
        name = sql.Identifier(table)
        connection.execute(
            sql.SQL("CREATE TEMPORARY TABLE {} (LIKE public.{} INCLUDING ALL)").format(name, name)
        )
    for file in pack.reference_files:
        connection.execute(file.read_text(encoding="utf-8"))

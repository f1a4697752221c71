"""Makes an empty database of a pack's sort for one connection only, in its temporary schema.

It serves proofs where no such database is at hand: nothing is left behind, and a role that may
create nothing but temporary tables is enough.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import connections

from governance.core.identity.roles import CONSOLE_SOURCE
from integrity.rules.catalog import Pack
from integrity.rules.files import schema_statements

TIMEOUT_S = 30


@contextmanager
def console_connection() -> Iterator[psycopg.Connection[Any]]:
    """A connection of its own to the console's database, as the role that serves."""
    parameters = connections["default"].get_connection_params()
    for mine in ("cursor_factory", "context"):  # Django's own; the rest is libpq's and psycopg's
        parameters.pop(mine, None)
    with psycopg.connect(
        **parameters,
        autocommit=True,
        application_name="governance-proofs",
    ) as connection:
        yield connection


@contextmanager
def reference_database(pack: Pack) -> Iterator[psycopg.Connection[Any]]:
    """A connection where the names of the pack's tables resolve: in the console's temporary schema, empty."""
    with console_connection() as connection, connection.transaction(force_rollback=True):
        connection.execute(
            f"SET LOCAL search_path = pg_temp; SET LOCAL statement_timeout = '{TIMEOUT_S}s'"
        )
        for file in pack.reference:
            for statement in schema_statements(file, file.parent):
                # In binary, so by the extended protocol: the server takes no second statement with it.
                connection.execute(statement, binary=True)
        yield connection


@contextmanager
def mutation_database(pack: Pack) -> Iterator[psycopg.Connection[Any]]:
    """Where mutants of the pack's rules may be made: for the console's own, the console itself."""
    database = console_connection() if pack.name == CONSOLE_SOURCE else reference_database(pack)
    with database as connection:
        yield connection

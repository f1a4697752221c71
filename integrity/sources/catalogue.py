"""Reads a source's catalogue so that nothing in the source decides what its names and texts mean."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg.rows import tuple_row

# What pg_get_viewdef's text depends on beside the view: names that it qualifies, how it writes constants.
READING = {
    "search_path": "pg_catalog, pg_temp",
    "timezone": "UTC",
    "datestyle": "ISO, MDY",
    "intervalstyle": "postgres",
    "bytea_output": "hex",
    "extra_float_digits": "1",
}


@contextmanager
def catalogue_reading(
    connection: psycopg.Connection[Any], relation: str
) -> Iterator[tuple[psycopg.Cursor[tuple[Any, ...]], int | None, str]]:
    """Read a catalogue as every reader does: gives a cursor, the relation's oid, the search_path.

    Inside, PostgreSQL's own functions, operators and tables are the only ones without a schema: whoever
    holds the database could otherwise put his own before them. Until then only statements and qualified
    names are used. All settings are undone at the end, because the transaction may not be ours.
    """
    with (
        connection.transaction(force_rollback=True),
        connection.cursor(row_factory=tuple_row) as cursor,
    ):
        cursor.execute("SHOW search_path")
        (path,) = cursor.fetchone() or ("",)
        cursor.execute("SELECT pg_catalog.to_regclass(%s)::pg_catalog.oid", [relation])
        (oid,) = cursor.fetchone() or (None,)
        cursor.execute("SET LOCAL search_path = pg_catalog, pg_temp")
        for name, value in READING.items():
            cursor.execute("SELECT set_config(%s, %s, true)", [name, value])
        yield cursor, oid, path

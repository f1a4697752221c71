"""Owns the reference depot's tables and the guard that keeps the loader off foreign databases.

Knows nothing of scenarios, rules or Django.
"""

from pathlib import Path

import psycopg
from psycopg import sql

SQL = Path(__file__).parent / "sql"

TABLES = (
    "depots",
    "produits",
    "citernes",
    "fournisseurs",
    "clients",
    "partenaires",
    "cours_de_route",
    "receptions",
    "sorties_produit",
    "stocks_snapshot",
    "stocks_adjustments",
    "profils",
    "log_actions",
)

# The comment of the table depots. A real business database has the same tables but not this.
MARKER = "reference depot made by load_depot"


class DepotRefusedError(Exception):
    """The database is not an empty one or a reference depot that this package made."""


def schema_create(connection: psycopg.Connection) -> None:
    """Create the reference depot's tables, indexes and view; do nothing where they already are.

    Raises DepotRefusedError, before it changes anything, when the database holds any other table or
    depot tables that this function did not make.
    """
    with connection.transaction():
        if not _tables(connection):
            for name in ("tables.sql", "indexes.sql", "stock_view.sql"):
                connection.execute((SQL / name).read_text(encoding="utf-8"))
            _mark(connection, "")
    reference_check(connection)


def reference_check(connection: psycopg.Connection) -> None:
    """Raise DepotRefusedError unless the database is a reference depot that this package made."""
    database = connection.info.dbname
    tables = _tables(connection)
    foreign = sorted(tables - {f"public.{name}" for name in TABLES})
    if foreign:
        shown = ", ".join(foreign[:3]) + (", …" if len(foreign) > 3 else "")
        raise DepotRefusedError(
            f"database {database} holds tables that are not the reference depot's: {shown}"
        )
    missing = sorted({f"public.{name}" for name in TABLES} - tables)
    if missing:
        raise DepotRefusedError(
            f"database {database} has no table {missing[0]}: create the schema first"
        )
    if not _comment(connection).startswith(MARKER):
        raise DepotRefusedError(
            f"database {database} holds depot tables that load_depot did not make: "
            "its data may be real and is left alone"
        )


def loaded_scenario(connection: psycopg.Connection) -> str | None:
    """Name of the scenario that was last loaded, None for an empty depot or any other database."""
    comment = _comment(connection)
    if not comment.startswith(MARKER):
        return None
    return comment.removeprefix(MARKER).removeprefix(": ") or None


def content_replace_start(connection: psycopg.Connection, scenario: str) -> None:
    """Empty every table and note the scenario; the caller's transaction also holds the new rows."""
    reference_check(connection)
    # A reader that never ends must not block the load, and every later reader behind it, for ever.
    connection.execute("SET LOCAL lock_timeout = '10s'")
    connection.execute("TRUNCATE " + ", ".join(TABLES))
    _mark(connection, scenario)


def _tables(connection: psycopg.Connection) -> set[str]:
    rows = connection.execute(
        """
        SELECT n.nspname || '.' || c.relname
        FROM pg_class AS c
        JOIN pg_namespace AS n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'p', 'f')
          AND c.relpersistence <> 't'
          AND n.nspname NOT LIKE 'pg\\_%'
          AND n.nspname <> 'information_schema'
        """
    ).fetchall()
    return {str(row[0]) for row in rows}


def _comment(connection: psycopg.Connection) -> str:
    row = connection.execute(
        "SELECT coalesce(obj_description(to_regclass('public.depots'), 'pg_class'), '')"
    ).fetchone()
    return str(row[0]) if row else ""


def _mark(connection: psycopg.Connection, scenario: str) -> None:
    text = f"{MARKER}: {scenario}" if scenario else MARKER
    connection.execute(sql.SQL("COMMENT ON TABLE public.depots IS {}").format(sql.Literal(text)))

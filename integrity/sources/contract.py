"""Owns the shape that a checks view must have, and says what in a given view breaks it.

Any business database with a view of this shape is a source; this module must not know our rules.
How long and deep a row may be is told by alerts/sql/intake/3_checked.sql; how much in all, by reading.py.
"""

from dataclasses import dataclass
from typing import Any

import psycopg
from django.utils.translation import gettext as _
from psycopg import sql

from integrity.sources.catalogue import catalogue_reading

VIEW = "v_integrity_checks"

# In this order of urgency.
SEVERITIES = ("CRITICAL", "WARN", "INFO")

_TEXT = ("text", "character varying")  # one thing to a reader; any length of the second


@dataclass(frozen=True)
class Column:
    """A column of the view and the types that it may have, as format_type names them."""

    name: str
    types: tuple[str, ...]


COLUMNS = (
    Column("check_code", _TEXT),
    Column("severity", _TEXT),
    Column("entity_type", _TEXT),
    Column("entity_id", ("uuid", *_TEXT)),
    Column("message", _TEXT),
    Column("payload", ("jsonb",)),
    Column("detected_at", ("timestamp with time zone",)),
)


def view_contract(connection: psycopg.Connection[Any]) -> list[str]:
    """What breaks the contract in this database's view, one sentence each; empty when nothing does.

    Reads the catalogue, then asks for zero rows. More columns than the contract's are allowed, in
    any order. Leaves a transaction as usable as it was; raises only if the connection is broken.
    """
    return view_shape(connection) or view_readable(connection)


def view_shape(connection: psycopg.Connection[Any]) -> list[str]:
    """The same by the catalogue alone."""
    with catalogue_reading(connection, VIEW) as (cursor, oid, _path):
        cursor.execute("SELECT current_user, current_database()")
        role, database = cursor.fetchone() or ("", "")
        if oid is None:
            return [
                _("La vue %(view)s n’existe pas dans la base %(database)s, ou y est invisible.")
                % {"view": VIEW, "database": database}
            ]
        cursor.execute(
            """
            SELECT attname, format_type(atttypid, NULL)
            FROM pg_attribute
            WHERE attrelid = %s AND attnum > 0 AND NOT attisdropped
            """,
            [oid],
        )
        problems = _shape_problems(dict(cursor.fetchall()))
        cursor.execute("SELECT has_table_privilege(%s::oid, 'SELECT')", [oid])
        (readable,) = cursor.fetchone() or (False,)
    if not readable:
        problems.append(
            _("Le rôle %(role)s n’a pas le droit de lire %(view)s.") % {"role": role, "view": VIEW}
        )
    return problems


def _shape_problems(actual: dict[str, str]) -> list[str]:
    problems = []
    for column in COLUMNS:
        found = actual.get(column.name)
        words = {"view": VIEW, "column": column.name, "type": found, "wanted": column.types[0]}
        if found is None:
            problems.append(_("La vue %(view)s n’a pas de colonne %(column)s.") % words)
        elif found not in column.types:
            problems.append(
                _("La colonne %(column)s de %(view)s est de type %(type)s au lieu de %(wanted)s.")
                % words
            )
    return problems


def view_readable(connection: psycopg.Connection[Any]) -> list[str]:
    """The database's own words when even zero rows cannot be read."""
    columns = sql.SQL(", ").join(sql.Identifier(column.name) for column in COLUMNS)
    query = sql.SQL("SELECT {} FROM {} LIMIT 0").format(columns, sql.Identifier(VIEW))
    try:
        with connection.transaction():
            connection.execute(query)
    except psycopg.OperationalError:
        raise  # the connection, a lock or a time limit: nothing that the view's shape can explain
    except psycopg.Error as error:
        return [
            _("La vue %(view)s ne se lit pas : %(cause)s.")
            % {"view": VIEW, "cause": error.diag.message_primary or error}
        ]
    return []

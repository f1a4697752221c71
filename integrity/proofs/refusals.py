"""Tells why a database refused a fixture's row: it forbids the anomaly, or merely our row does not fit it."""

from typing import Any

import psycopg
from django.utils.translation import gettext as _
from psycopg import errors

from integrity.rules.cases import Case

# By the real table's name (schema and table), the columns that were filled in for a fixture.
Filled = dict[str, set[str]]

# Of these, the words are about our text and our rights, never about what the data may be.
# Classes of SQLSTATE: not supported, invalid state, no such name or right, not ready, cancelled.
_OURS = ("0A", "25", "42", "55", "57")


def is_forbidden(
    connection: psycopg.Connection[Any], error: psycopg.Error, case: Case, filled: Filled
) -> bool:
    """Whether the database forbids what the rows say; False when they merely do not fit."""
    if (error.sqlstate or "")[:2] in _OURS:
        return False
    table = f"{error.diag.schema_name}.{error.diag.table_name}"
    ours = filled.get(table, set())
    if isinstance(error, errors.NotNullViolation):
        # What is filled in is never null: a NULL there was written by the case.
        column = str(error.diag.column_name)
        return column in ours or column in " ".join(case.statements)
    if isinstance(error, errors.ForeignKeyViolation | errors.InvalidTextRepresentation):
        # A row that our fixture should have brought; unless it is the anomaly itself that is refused.
        return bool(case.expected)
    return not (ours & _constrained(connection, table, error.diag.constraint_name))


def _constrained(
    connection: psycopg.Connection[Any], table: str, constraint: str | None
) -> set[str]:
    """The columns that a constraint, or a unique index, is about."""
    if constraint is None:
        return set()
    rows = connection.execute(
        "SELECT a.attname FROM pg_constraint AS k JOIN pg_attribute AS a"
        " ON a.attrelid = k.conrelid AND a.attnum = ANY (k.conkey)"
        " WHERE k.conname = %s AND k.conrelid = to_regclass(%s)"
        " UNION SELECT a.attname FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid"
        " JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey::int2[])"
        " WHERE c.relname = %s AND i.indrelid = to_regclass(%s)",
        [constraint, table, constraint, table],
    ).fetchall()
    return {name for (name,) in rows}


def unfit_said(error: psycopg.Error) -> str:
    """Why rows do not fit: in plain words where they are of tables that are not there."""
    if isinstance(error, errors.UndefinedTable | errors.UndefinedColumn):
        said = _("sa preuve écrit une table ou une colonne que cette base n’a pas (%(said)s)")
        return said % {"said": said_by(error)}
    return said_by(error)


def said_by(error: psycopg.Error) -> str:
    """The database's own words in one line, with the trigger or constraint that says them."""
    message = error.diag.message_primary or str(error)
    # The whole row would be other in each run.
    told = (error.diag.message_detail or "").partition("Failing row contains")[0].strip()
    detail = f" ({told})" if told else ""
    context = (error.diag.context or "").splitlines()
    raised = isinstance(error, errors.RaiseException) and context
    where = f" [{context[0]}]" if raised else ""
    return " ".join(f"{message}{detail}{where}".split())

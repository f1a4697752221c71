"""Looks for a row that would tell a surviving mutant from its rule: a case's rows, with one value changed."""

from collections.abc import Iterator, Sequence
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import tuple_row

from integrity.proofs.judgement import findings
from integrity.proofs.mutants import Mutant
from integrity.rules.cases import Case
from integrity.rules.rule import Rule
from integrity.rules.rule_sql import branch_sql
from integrity.rules.sql_text import tokens

TRIES = 400  # for each mutant
ROWS = 4  # of each table, the newest

TABLES = """
SELECT c.oid, c.oid::regclass::text, a.attname, format_type(a.atttypid, a.atttypmod), t.typcategory
FROM unnest(%s::text[]) AS named
JOIN pg_class AS c ON c.oid = to_regclass(named) AND c.relkind = 'r'
JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
JOIN pg_type AS t ON t.oid = a.atttypid
WHERE a.attname = ANY (%s::text[])
ORDER BY c.oid, a.attnum
"""
# By category of a type, expressions over the column itself that may make a difference.
CHANGES = {
    "N": ("NULL", "0", "{c} + 1", "{c} - 1", "-{c}", "{c} * 1.01", "{c} * 0.99"),
    "D": ("NULL", "now()", "{c} - interval '1 day'", "{c} + interval '1 day'"),
    "T": ("NULL", "{c} * 2"),
    "B": ("NULL", "NOT {c}"),
    "S": ("NULL", "{c} || 'x'"),
    "E": ("NULL",),
    "U": ("NULL",),
}


def killing_row(
    connection: psycopg.Connection[Any], rule: Rule, mutant: Mutant, cases: Sequence[Case]
) -> str:
    """A case and a change of one of its rows after which rule and mutant differ; empty: none was found."""
    words = sorted({token.text for token in tokens(rule.query) if token.kind == "word"})
    text = branch_sql(rule)
    left = TRIES
    for case in cases:
        with connection.transaction(force_rollback=True):
            for statement in case.statements:
                connection.execute(statement)
            for said, change in _changes(connection, words):
                if left == 0:
                    return ""
                left -= 1
                if _differ(connection, change, text, mutant.sql):
                    return f"{case.name} ; {said}"
    return ""


def _changes(
    connection: psycopg.Connection[Any], words: list[str]
) -> Iterator[tuple[str, sql.Composed]]:
    """Changes of one value of one of the newest rows, in words and as a statement."""
    cursor = connection.cursor(row_factory=tuple_row)
    columns = cursor.execute(TABLES, [words, words]).fetchall()
    for _oid, table, column, type_, category in columns:
        name, place = sql.Identifier(column), sql.SQL(table)
        rows = cursor.execute(
            sql.SQL("SELECT ctid::text FROM {} ORDER BY ctid DESC LIMIT {}").format(
                place, sql.Literal(ROWS)
            )
        ).fetchall()
        others = [one for _o, same, one, kind, _c in columns if (same, kind) == (table, type_)]
        for expression in (
            *CHANGES.get(category, ("NULL",)),
            *(f'"{one}"' for one in others if one != column),
        ):
            value = sql.SQL(expression.replace("{c}", f'"{column}"'))
            for (row,) in rows:
                yield (
                    f"UPDATE {table} SET {column} = {value.as_string(None)}",  # noqa: S608 - only said
                    sql.SQL("UPDATE {} SET {} = ({})::{} WHERE ctid = {}").format(
                        place, name, value, sql.SQL(type_), sql.Literal(row)
                    ),
                )


def _differ(
    connection: psycopg.Connection[Any], change: sql.Composed, rule: str, mutant: str
) -> bool:
    try:
        with connection.transaction(force_rollback=True):
            connection.execute(change)
            return findings(connection, rule) != findings(connection, mutant)
    except psycopg.Error:
        if connection.closed:
            raise
        return False  # a row that the database refuses kills nothing

"""Makes a fixture's rows fit a database that has more: columns it does not know, tables of other names.

In the transaction that is undone, each table that the fixture writes gets a temporary view of its name where
it needs one: an updatable view over the real table, whose defaults fill what the fixture leaves out. So its
text stays as it is, and PostgreSQL judges every row by the real table's constraints and triggers.
"""

import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import tuple_row

from integrity.proofs.refusals import Filled
from integrity.rules.cases import Case
from integrity.rules.rule import Renamed, Rule
from integrity.rules.sql_text import tokens

DEPTH = 6  # of rows that a filled-in foreign key needs in turn
_QUOTED = re.compile(r"'((?:[^']|'')*)'::")

# Columns that a row must have and that nothing fills by itself, with what may stand there.
REQUIRED = """
SELECT a.attname, format_type(a.atttypid, a.atttypmod), t.typtype, t.typcategory,
       (SELECT e.enumlabel FROM pg_enum AS e WHERE e.enumtypid = t.oid ORDER BY e.enumsortorder LIMIT 1),
       CASE WHEN a.atttypmod > 4 AND t.typcategory = 'S' THEN a.atttypmod - 4 END,
       (SELECT k.confrelid::regclass::text FROM pg_constraint AS k
        WHERE k.conrelid = a.attrelid AND k.contype = 'f' AND k.conkey = ARRAY[a.attnum] LIMIT 1),
       (SELECT f.attname FROM pg_constraint AS k
        JOIN pg_attribute AS f ON f.attrelid = k.confrelid AND f.attnum = k.confkey[1]
        WHERE k.conrelid = a.attrelid AND k.contype = 'f' AND k.conkey = ARRAY[a.attnum] LIMIT 1),
       (SELECT string_agg(pg_get_constraintdef(k.oid), ' ') FROM pg_constraint AS k
        WHERE k.conrelid = a.attrelid AND k.contype = 'c' AND k.conkey = ARRAY[a.attnum]),
       EXISTS (SELECT FROM pg_index AS i WHERE i.indrelid = a.attrelid AND i.indisunique
               AND a.attnum = ANY (i.indkey::int2[])),
       a.attnum
FROM pg_attribute AS a
JOIN pg_type AS d ON d.oid = a.atttypid
JOIN pg_type AS t ON t.oid = CASE WHEN d.typtype = 'd' THEN d.typbasetype ELSE d.oid END
WHERE a.attrelid = %s AND a.attnum > 0 AND NOT a.attisdropped AND (a.attnotnull OR d.typnotnull)
  AND NOT a.atthasdef AND a.attidentity = '' AND a.attgenerated = '' AND d.typdefault IS NULL
ORDER BY a.attnum
"""

# The real table of a name: its own name, whether it is temporary, its columns in order.
REAL = """
SELECT c.oid, format('%%I.%%I', n.nspname, c.relname), n.oid = pg_my_temp_schema(),
       ARRAY(SELECT a.attname::text FROM pg_attribute AS a
             WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
             ORDER BY a.attnum)
FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.oid = to_regclass(%s) AND c.relkind IN ('r', 'p')
"""


@dataclass(frozen=True)
class Column:
    """A required column as REQUIRED reads it."""

    name: str
    type: str
    kind: str
    category: str
    label: str | None
    length: int | None
    parent: str | None
    parent_column: str | None
    check: str | None
    unique: bool
    place: int  # later columns get larger numbers: mostly that is what a CHECK between two demands


@dataclass
class Written:
    """A table as a fixture writes it: the columns that every INSERT names."""

    columns: set[str] | None = None

    def insert(self, columns: set[str]) -> None:
        self.columns = columns if self.columns is None else self.columns & columns


@dataclass
class Fit:
    """One fitting, on one connection; `filled` is what it put in, by the real table's name."""

    connection: psycopg.Connection[Any]
    filled: Filled = field(default_factory=dict)


def fixture_fit(connection: psycopg.Connection[Any], rule: Rule, cases: Iterable[Case]) -> Filled:
    """Put the views in place, for the rest of the transaction; gives the columns that they fill.

    What cannot be fitted stays as it is: the database's own words then say why.
    """
    fit = Fit(connection)
    statements = {statement: None for case in cases for statement in case.statements}
    for name, written in tables_written(statements).items():
        try:
            with connection.transaction():
                _view(fit, name, rule.renamed.get(name), written)
        except psycopg.Error:
            if connection.closed:
                raise
    return fit.filled


def tables_written(statements: Iterable[str]) -> dict[str, Written]:
    """The tables that statements insert into, change or delete from."""
    found: dict[str, Written] = {}
    for statement in statements:
        words = [one for one in tokens(statement) if one.kind not in ("space", "comment")]
        for at, word in enumerate(words[:-2]):
            pair = (word.text.upper(), words[at + 1].text.upper())
            if pair == ("INSERT", "INTO"):
                found.setdefault(words[at + 2].text, Written()).insert(_listed(words[at + 3 :]))
            elif pair == ("DELETE", "FROM"):
                found.setdefault(words[at + 2].text, Written())
            elif at == 0 and pair[0] == "UPDATE":
                found.setdefault(words[1].text, Written())
    return found


def _listed(words: list[Any]) -> set[str]:
    if not words or words[0].text != "(":
        return set()
    names = set()
    for word in words[1:]:
        if word.text == ")":
            break
        if word.kind == "word":
            names.add(word.text)
    return names


def _view(fit: Fit, name: str, renamed: Renamed | None, written: Written) -> None:
    """The temporary view of a table, where it is elsewhere or wants more than the fixture gives."""
    cursor = fit.connection.cursor(row_factory=tuple_row)
    cursor.execute(REAL, [renamed.relation if renamed else name])
    row = cursor.fetchone()
    if row is None:
        return
    oid, qualified, is_temporary, columns = row
    here = {there: own for own, there in (renamed.columns if renamed else {}).items()}
    known = written.columns
    wanted = [
        replace(one, name=here.get(one.name, one.name))
        for one in _required(cursor, oid)
        if known is not None and here.get(one.name, one.name) not in known
    ]
    if is_temporary or (renamed is None and not wanted):
        return
    listed = sql.SQL(", ").join(
        sql.SQL("t.{} AS {}").format(sql.Identifier(one), sql.Identifier(here.get(one, one)))
        for one in columns
    )
    body = sql.SQL("SELECT {} FROM {} AS t").format(listed, sql.SQL(qualified))
    _make(fit, name, body, qualified=qualified, wanted=wanted, depth=DEPTH)


def _required(cursor: psycopg.Cursor[tuple[Any, ...]], oid: int) -> list[Column]:
    return [Column(*row) for row in cursor.execute(REQUIRED, [oid])]


def _make(
    fit: Fit,
    name: str,
    body: sql.Composable,
    *,
    qualified: str,
    wanted: Iterable[Column],
    depth: int,
) -> None:
    view = sql.Identifier("pg_temp", name)
    fit.connection.execute(sql.SQL("CREATE VIEW {} AS {}").format(view, body))
    for column in wanted:
        value = _value(fit, column, depth)
        if value is None:
            continue
        fit.connection.execute(
            sql.SQL("ALTER VIEW {} ALTER COLUMN {} SET DEFAULT {}").format(
                view, sql.Identifier(column.name), value
            )
        )
        if depth == DEPTH:  # of the fixture's own tables
            fit.filled.setdefault(qualified, set()).add(column.name)


def _value(fit: Fit, column: Column, depth: int) -> sql.Composable | None:
    """An expression for a required column; None where nothing is known that could stand there."""
    cast = sql.SQL("::{}").format(sql.SQL(column.type))
    if column.parent is not None:
        parent = _parent(fit, column, depth)
        return None if parent is None else sql.Literal(parent) + cast
    if column.label is not None:
        return sql.Literal(column.label) + cast
    if column.check and (said := _QUOTED.search(column.check)):
        return sql.Literal(said[1].replace("''", "'")) + cast
    return _by_type(column)


def _by_type(column: Column) -> sql.Composable | None:
    base = column.type.partition("(")[0].strip()
    fixed: Mapping[str, str] = {
        "uuid": "gen_random_uuid()",
        "json": "'{}'::json",
        "jsonb": "'{}'::jsonb",
        "bytea": "'\\x00'::bytea",
        "date": "current_date",
        "smallint": f"{secrets.randbelow(12_000) + 20_000}::smallint"
        if column.unique
        else str(column.place),
        "integer": "(1000000000 + random() * 1000000000)::integer"
        if column.unique
        else str(column.place),
        "bigint": "(1000000000000 + random() * 1000000000000)::bigint"
        if column.unique
        else str(column.place),
    }
    if base in fixed:
        return sql.SQL(fixed[base])
    by_category = {
        "S": f"left(md5(random()::text || clock_timestamp()::text), {column.length or 32})",
        "N": "(1 + random())" if column.unique else str(column.place),
        "B": "false",
        "D": "now()",
        "T": "interval '1 day'",
        "A": "'{}'",
        "I": "'127.0.0.1'",
        "R": "'empty'",
    }
    found = by_category.get(column.category)
    if found is None:
        return None
    return sql.SQL("({})::{}").format(sql.SQL(found), sql.SQL(column.type))


def _parent(fit: Fit, column: Column, depth: int) -> Any:
    """The key of a row that a foreign key may point to: one that is there, else one made for it."""
    parent, key = column.parent, column.parent_column
    if parent is None or key is None or depth == 0:
        return None
    cursor = fit.connection.cursor(row_factory=tuple_row)
    name = f"governance_parent_{secrets.token_hex(4)}"
    cursor.execute(f"SELECT {sql.Identifier(key).as_string(None)}::text FROM {parent} LIMIT 1")  # noqa: S608
    if row := cursor.fetchone():
        return row[0]
    cursor.execute("SELECT %s::regclass::oid", [parent])
    (oid,) = cursor.fetchone() or (0,)
    wanted = _required(cursor, oid)
    body = sql.SQL("SELECT t.* FROM {} AS t").format(sql.SQL(parent))
    _make(fit, name, body, qualified=parent, wanted=wanted, depth=depth - 1)
    cursor.execute(
        sql.SQL("INSERT INTO {} DEFAULT VALUES RETURNING {}::text").format(
            sql.Identifier("pg_temp", name), sql.Identifier(key)
        )
    )
    (made,) = cursor.fetchone() or (None,)
    return made

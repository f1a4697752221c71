"""Which indexes the rules of a pack would be faster by, as statements that a DBA may run; runs none."""

from collections.abc import Iterable
from typing import Any

import psycopg
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from psycopg import sql

from governance.core.web.templatetags.ui import number
from integrity.rules.rule import Index, Rule
from integrity.source_check.report import Report, State
from integrity.source_check.rights import query
from integrity.sources.catalogue import catalogue_reading
from integrity.sources.contract import VIEW

# A table of fewer rows is read faster than an index is kept.
ROWS_FROM = 10_000


def advice_check(
    connection: psycopg.Connection[Any], report: Report, rules: Iterable[Rule]
) -> None:
    """A line for each index that is not there, on a table that is large."""
    wanted: dict[tuple[str, tuple[str, ...], str], list[str]] = {}
    for rule in rules:
        for index in rule.indexes:
            if (here := _here(rule, index)) is not None:
                wanted.setdefault(here, []).append(rule.code)
    missing = 0
    for (table, columns, where), codes in sorted(wanted.items()):
        rows, kept = _known(connection, table)
        if rows < ROWS_FROM or any(_serves(one, columns, where) for one in kept):
            continue
        missing += 1
        said = ngettext(
            "Un index aiderait %(codes)s sur %(table)s (environ %(rows)s ligne).",
            "Un index aiderait %(codes)s sur %(table)s (environ %(rows)s lignes).",
            rows,
        )
        words = {"codes": ", ".join(codes), "table": table, "rows": number(rows)}
        statement = _statement(connection, table, columns, where)
        report.add(
            f"advice/{missing}", State.NOTE, said % words, statement, codes=codes, table=table
        )
    if not missing:
        report.add("advice", State.NOTE, _("Aucun index à conseiller pour ces règles."))


def _here(rule: Rule, index: Index) -> tuple[str, tuple[str, ...], str] | None:
    """Table, columns and condition as this source calls them; None where a SELECT stands for the table."""
    renamed = rule.renamed.get(index.table)
    if renamed is None:
        return None if index.table in rule.tables else (index.table, index.columns, index.where)
    # What a condition's columns are called here, nobody has said.
    if index.where and renamed.columns:
        return None
    columns = tuple(renamed.columns.get(column, column) for column in index.columns)
    return renamed.relation, columns, index.where


def _known(
    connection: psycopg.Connection[Any], table: str
) -> tuple[int, list[tuple[list[str], str]]]:
    """About how many rows a table has, and of its indexes the columns and the condition."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_catalog.to_regclass(%s)::pg_catalog.oid", [table])
        (oid,) = cursor.fetchone() or (None,)
    with catalogue_reading(connection, VIEW) as (cursor, _view, _path):
        found = cursor.execute(query("indexes"), {"table": oid}).fetchall()
    rows = max((int(row[0]) for row in found), default=0)
    return rows, [(list(names), condition) for _rows, names, condition in found if names]


def _serves(kept: tuple[list[str], str], columns: tuple[str, ...], where: str) -> bool:
    names, condition = kept
    return tuple(names[: len(columns)]) == columns and _plain(condition) in ("", _plain(where))


def _plain(condition: str) -> str:
    """As PostgreSQL writes a condition and as a person does, the same."""
    for mark in ("(", ")", "::text", " "):
        condition = condition.replace(mark, "")
    return condition.lower()


def _statement(
    connection: psycopg.Connection[Any], table: str, columns: tuple[str, ...], where: str
) -> str:
    named = sql.SQL("CREATE INDEX CONCURRENTLY ON {} ({})").format(
        sql.Identifier(*table.split(".")), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    condition = f" WHERE {where}" if where else ""
    return f"{named.as_string(connection)}{condition};"

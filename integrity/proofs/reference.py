"""Makes an empty database of a pack's sort for one connection only, in its temporary schema.

It serves proofs where no such database is at hand: nothing is left behind, and a role that may
create nothing but temporary tables is enough.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
from django.db import connections

from governance.core.logs import one_line
from integrity.rules.files import schema_statements, schemas_made
from integrity.rules.rule import Rule
from integrity.rules.sql_text import unqualified

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


class UnmadeError(Exception):
    """An empty database cannot be made; names the file and the statement."""


@contextmanager
def reference_database(files: Sequence[Path]) -> Iterator[psycopg.Connection[Any]]:
    """A connection where the names of these files' tables resolve: in the console's temporary schema, empty.

    Raises UnmadeError.
    """
    with console_connection() as connection, connection.transaction(force_rollback=True):
        connection.execute(
            f"SET LOCAL search_path = pg_temp; SET LOCAL statement_timeout = '{TIMEOUT_S}s'"
        )
        for file in files:
            for statement in schema_statements(file, file.parent):
                try:
                    # In binary, so by the extended protocol: the server takes no second statement with it.
                    connection.execute(statement, binary=True)
                except psycopg.Error as error:
                    begins = " ".join(statement.split())[:60]
                    raise UnmadeError(f"{file.name}: {one_line(error)} ({begins})") from None
        yield connection


def by_reference(rules: Iterable[Rule]) -> dict[tuple[Path, ...], list[Rule]]:
    """Rules by the files that make the empty database of their proof, as they read there."""
    found: dict[tuple[Path, ...], list[Rule]] = {}
    for rule in rules:
        found.setdefault(rule.reference, []).append(rule)
    return {
        files: [_as_there(rule, schemas) for rule in group]
        for files, group in found.items()
        for schemas in [schemas_made(files)]
    }


def _as_there(rule: Rule, schemas: frozenset[str]) -> Rule:
    """With the tables of its own text, or, where its proof is of here, of here; without their schema."""
    if not rule.is_proof_of_here:
        rule = replace(rule, tables={}, renamed={})
    if not schemas:
        return rule
    return replace(
        rule,
        query=unqualified(rule.query, schemas),
        proof=unqualified(rule.proof, schemas),
        tables={name: unqualified(text, schemas) for name, text in rule.tables.items()},
        renamed={
            name: replace(one, relation=unqualified(one.relation, schemas))
            for name, one in rule.renamed.items()
        },
    )

"""Audits one database: reads its schema, judges the text, and tries on a copy who reaches whose rows."""

import time
from collections.abc import Iterable
from contextlib import closing, suppress

import psycopg

from governance.access.row_security.behaviour.attempts import REFUSED, Trier
from governance.access.row_security.behaviour.invent import (
    Rows,
    rows_invent,
    rows_put,
    tenant_tables,
)
from governance.access.row_security.behaviour.rebuild import TRIER, CannotRebuild, Copy, schema_copy
from governance.access.row_security.findings import Excuse, Report, Unknown
from governance.access.row_security.outward import left_alone
from governance.access.row_security.schema import (
    PUBLIC,
    VERBS,
    Schema,
    extension_functions,
    schema_read,
)
from governance.access.row_security.text import text_findings
from governance.core.logs import one_line
from integrity.sources.connections import SourceError, read_only_transaction, source_connect

READ_TIMEOUT_MS = 30_000
STATEMENTS = 6


def audit(
    dsn: str,
    *,
    roles: Iterable[str] = (),
    excuses: Iterable[Excuse] = (),
    text: bool = True,
    reader: str = "",
) -> Report:
    """Read `dsn` in one read-only transaction and try on a copy. `text`: also what the text alone shows.
    `reader`: the role that the console reads this database with, who is no stranger there; or schema.CURRENT.

    Raises SourceError where the database cannot be read, CannotRebuild where there is no server for a copy,
    and UnknownRole with the roles that it does not have.
    """
    began = time.monotonic()
    with read_only_transaction(
        dsn, timeout_ms=READ_TIMEOUT_MS, statements=STATEMENTS, holds_view=False
    ) as connection:
        schema = schema_read(connection, roles=roles, reader=reader)
    report = Report(roles=[*schema.exposed, PUBLIC])
    if text:
        report.findings += text_findings(schema)
    with schema_copy(schema) as copy:
        behaviour(copy, schema, report)
    report.excuse(excuses)
    report.seconds = time.monotonic() - began
    return report


def behaviour(copy: Copy, schema: Schema, report: Report) -> dict[str, Rows]:
    """Try everything on a copy; gives the rows that were invented for it."""
    rows = rows_invent(copy, schema)
    report.unknowns += [Unknown("", words) for words in copy.lost]
    with copy.connect(TRIER) as connection:
        trier = Trier(connection, schema, rows, tenant_tables(schema), copy.broken)
        connection.execute("BEGIN")
        try_all(trier, report)
        connection.execute("ROLLBACK")
    return rows


def try_all(trier: Trier, report: Report) -> None:
    """Every role on every relation of the exposed schemas."""
    for relation in trier.schema.reachable:
        for role in report.roles:
            tried = trier.role_on(role, relation)
            states = tried.states if tried else dict.fromkeys(VERBS, REFUSED)
            for verb in VERBS:
                report.matrix[f"{relation.full_name}|{role}|{verb}"] = states[verb]
            if tried:
                report.findings += tried.findings
                report.unknowns += tried.unknowns
                report.tries += tried.tries


def audit_on_the_source(
    dsn: str, *, roles: Iterable[str] = (), excuses: Iterable[Excuse] = (), reader: str = ""
) -> Report:
    """Try on the database itself, as the role of the address, in one transaction that is undone.

    The invented rows are the only ones that a try names; triggers sleep while they are put there, and what
    does anything that is not undone is left alone. Only for an address that a person gave for this. Raises
    SourceError and UnknownRole as `audit`, CannotRebuild where that role may not set
    session_replication_role, does not see every row, or is a superuser, who would lend that to whatever the
    tables' owners wrote.
    """
    began = time.monotonic()
    try:
        connection = source_connect(dsn)
    except psycopg.Error as error:
        raise SourceError(one_line(error, dsn)) from None
    with closing(connection):
        try:
            connection.execute("BEGIN")
            connection.execute("SET LOCAL statement_timeout = 10000; SET LOCAL lock_timeout = 1000")
            schema = schema_read(connection, roles=roles, reader=reader)
            report = Report(roles=list(schema.exposed), on_the_source=True)
            report.findings += text_findings(schema)
            me = connection.execute("SELECT session_user").fetchone()[0]  # type: ignore[index]
            if schema.roles[me].is_superuser:
                raise CannotRebuild(f"{me} : SUPERUSER")
            if not schema.roles[me].bypasses:
                raise CannotRebuild(f"{me} : NOBYPASSRLS")
            alone = left_alone(schema, extension_functions(connection))
            rows = rows_put(connection, schema, alone)
            connection.execute("SET LOCAL session_replication_role = origin")
            trier = Trier(
                connection, schema, rows, tenant_tables(schema), alone, sees_all=me, is_blind=False
            )
            try_all(trier, report)
        except psycopg.Error as error:
            raise CannotRebuild(one_line(error, dsn)) from error
        finally:
            with suppress(psycopg.Error):
                connection.execute("ROLLBACK")
    report.excuse(excuses)
    report.seconds = time.monotonic() - began
    return report

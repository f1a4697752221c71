"""Audits one database: reads its schema, judges the text, builds a copy and tries there who reaches whose rows."""

import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass

import psycopg

from governance.access.row_security.attempts import LEAKS, OWN, REFUSED, STATES, UNSURE, Trier
from governance.access.row_security.findings import Excuse, Report, Unknown, excused
from governance.access.row_security.invent import Rows, rows_invent, tenant_tables
from governance.access.row_security.rebuild import TRIER, Copy, schema_copy
from governance.access.row_security.schema import PUBLIC, VERBS, Schema, schema_read
from governance.access.row_security.text import text_findings
from integrity.sources.connections import read_only_transaction

READ_TIMEOUT_MS = 30_000
STATEMENTS = 6


def audit(
    dsn: str, *, roles: Iterable[str] = (), excuses: Iterable[Excuse] = (), text: bool = True
) -> Report:
    """Read `dsn` in one read-only transaction and try on a copy. `text`: also what the text alone shows.

    Raises SourceError where the database cannot be read, CannotRebuild where there is no server for a copy,
    and LookupError with the roles that it does not have.
    """
    began = time.monotonic()
    with read_only_transaction(
        dsn, timeout_ms=READ_TIMEOUT_MS, statements=STATEMENTS, holds_view=False
    ) as connection:
        schema = schema_read(connection, roles=roles)
    report = Report(roles=[*schema.exposed, PUBLIC])
    if text:
        report.findings += text_findings(schema)
    with schema_copy(schema) as copy:
        _behaviour(copy, schema, report)
    report.findings = excused(report.findings, excuses)
    report.seconds = time.monotonic() - began
    return report


def _behaviour(copy: Copy, schema: Schema, report: Report) -> None:
    rows = rows_invent(copy, schema)
    report.unknowns += [Unknown("", words) for words in copy.lost]
    with copy.connect(TRIER) as connection:
        trier = Trier(connection, schema, rows, tenant_tables(schema), copy.broken)
        connection.execute("BEGIN")
        try_all(trier, report)
        connection.execute("ROLLBACK")


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

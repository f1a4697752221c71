"""Runs every check on one database and gives the report."""

from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict

from integrity.rules.catalog import pack_of
from integrity.rules.pack import Pack
from integrity.scans.kinds import ViewRead
from integrity.source_check.advice import advice_check
from integrity.source_check.below import below_check, moving_check, seen_by_owner_check
from integrity.source_check.report import Report, State
from integrity.source_check.rights import rights_check, server_check
from integrity.source_check.rules import (
    assumptions_check,
    proofs_check,
    proofs_kept,
    proofs_unknown,
    rules_check,
)
from integrity.source_check.view import view_check
from integrity.sources.connections import SourceError, read_only_transaction
from integrity.sources.evidence import evidence_read


def source_examine(
    *,
    dsn: str,
    source: str = "",
    timeout_ms: int,
    proving_url: str = "",
    pack: Pack | None = None,
    advises: bool = False,
) -> Report:
    """Look at the database at `dsn`; a check that fails is a line of the report, never an exception.

    `source`: its slug, when it is a configured one. `pack`: whose rules (default: the source's).
    `timeout_ms`: for each statement. `proving_url`: a connection that may write, to prove our rules there;
    what it writes is undone. `advises`: name the indexes that its rules would be faster by.
    """
    report = Report(_target(dsn, source))
    pack = pack or pack_of(source)
    rules, read, rows = [], ViewRead(), None
    try:
        with (
            read_only_transaction(
                dsn,
                timeout_ms=timeout_ms,
                statements=4,  # the view's rows, its identities, what moves, and one that we did not think of
                holds_view=False,
            ) as connection
        ):
            server_check(connection, report)
            rights_check(connection, report)
            view = view_check(connection, report)
            if view is not None:
                ours = view.rule_versions if view.is_compiled_here else {}
                evidence = evidence_read(connection)
                below_check(connection, report, evidence, view.definition)
                read = ViewRead(
                    view.definition_hash, ours, was_read=True, evidence_hash=evidence.sha256
                )
            rules = rules_check(connection, report, view, pack)
            assumptions_check(connection, report, pack)
            if advises:
                advice_check(connection, report, rules)
            rows = report.fact("time", "rows")
            if rows:
                moving_check(connection, report, timeout_ms)
    except SourceError as error:
        key = "reachable" if not report.checks else "interrupted"
        report.add(key, State.FAILURE, f"{str(error)[:1].upper()}{str(error)[1:]}.")
        return report
    if proving_url:
        seen_by_owner_check(report, rows, proving_url)
        proofs_check(report, rules, proving_url)
    elif source:
        proofs_kept(report, rules, source, read)
    else:
        proofs_unknown(report, rules)
    return report


def _target(dsn: str, source: str) -> dict[str, str]:
    """The database by its names, never by its password."""
    try:
        parts: dict[str, Any] = dict(conninfo_to_dict(dsn))
    except psycopg.ProgrammingError:
        parts = {}
    return {
        "source": source,
        "database": str(parts.get("dbname", "")),
        "host": str(parts.get("host", "")),
        "role": str(parts.get("user", "")),
    }

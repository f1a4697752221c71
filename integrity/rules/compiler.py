"""Owns the checks view as a whole: its text, its hash, its rollback, and putting it in a database.

Nothing here runs unless a caller hands over a connection; it knows no source, and of the settings the zone.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import psycopg
from django.utils.translation import gettext as _
from psycopg import sql

from integrity.rules import wording_sql
from integrity.rules.catalog import pack_of, rules_select
from integrity.rules.pack import PLAIN, Shape
from integrity.rules.rule import Rule
from integrity.rules.rule_sql import CompileError, branch_sql, query_sql, union_sql
from integrity.sources.catalogue import READING, catalogue_reading
from integrity.sources.contract import COLUMNS, VIEW, view_contract
from integrity.sources.installed_view import InstalledView, view_definition, view_installed

__all__ = ["Applied", "CompileError", "ViewRefusedError", "definition_sha256", "is_shipped"]
__all__ += ["rollback_sql", "rule_problem", "script_sql", "select_sql", "view_apply", "view_sql"]

LOCK_TIMEOUT_S = 5

Outcome = Literal["created", "replaced", "recreated", "unchanged"]


class ViewRefusedError(Exception):
    """The view was not installed and nothing changed; one line says why."""


@dataclass(frozen=True)
class Applied:
    """What view_apply did."""

    outcome: Outcome
    definition_sha256: str
    rollback: str  # statements that undo it; empty when nothing changed
    view: InstalledView  # as it is there now


def view_sql(rules: Sequence[Rule], shape: Shape = PLAIN) -> str:
    """The statement that creates or replaces the view of these rules, without a semicolon.

    Raises CompileError. The text depends on rules, shape and TIME_ZONE alone: the same give the same bytes.
    """
    return f"CREATE OR REPLACE VIEW {VIEW} AS\n{select_sql(rules, shape)}"


def select_sql(rules: Sequence[Rule], shape: Shape = PLAIN) -> str:
    """The view's SELECT: one branch a rule, by code, and one for the view that stands beside them.

    Check code, severity and entity type are constants of a branch, so that PostgreSQL prunes the
    other branches when a reader asks for one rule.
    """
    if not rules and not shape.union:
        raise CompileError("no rule: a view without a branch cannot be made")
    ordered = sorted(rules, key=lambda rule: rule.code)
    branches = [branch_sql(rule, as_text=shape.text_ids) for rule in ordered]
    if shape.union:
        branches.append(union_sql(shape.union, [rule.code for rule in ordered]))
    return "\nUNION ALL\n".join(branches)


def definition_sha256(rules: Sequence[Rule], shape: Shape = PLAIN) -> str:
    """SHA-256 (hexadecimal) of the compiled SELECT: any threshold, query or wording changes it."""
    return hashlib.sha256(select_sql(rules, shape).encode()).hexdigest()


def shape_of(source: str) -> Shape:
    """The shape of a source's view, by its pack."""
    return pack_of(source).shape


def is_shipped(view: InstalledView, source: str) -> bool:
    """Whether its comment is what the rules for this source would write; anybody can write a comment."""
    versions = view.rule_versions
    try:
        rules = rules_select(versions, source)
    except KeyError:
        return False
    return (
        view.is_compiled_here
        and versions == {rule.code: rule.version for rule in rules}
        and view.compiled_hash == definition_sha256(rules, shape_of(source))
    )


def comment_sql(rules: Sequence[Rule], shape: Shape = PLAIN) -> str:
    """A statement that comments the view with its rules' versions and two hashes, as JSON.

    `definition_sha256` is that of the compiled text; `installed_sha256` that of what PostgreSQL
    stored (InstalledView.definition_hash), so that a later change by hand can be seen.
    """
    versions = {rule.code: rule.version for rule in sorted(rules, key=lambda rule: rule.code)}
    comment = json.dumps({"definition_sha256": definition_sha256(rules, shape), "rules": versions})
    return f"""DO $install$
DECLARE
    view_oid oid := '{VIEW}'::regclass;
    before jsonb := '{{}}';
    stored text;
    setting text;
    value text;
BEGIN
    FOR setting, value IN SELECT * FROM jsonb_each_text({wording_sql.literal(json.dumps(READING))}) LOOP
        before := before || jsonb_build_object(setting, current_setting(setting));
        PERFORM set_config(setting, value, true);
    END LOOP;
    stored := pg_get_viewdef(view_oid);
    FOR setting, value IN SELECT * FROM jsonb_each_text(before) LOOP
        PERFORM set_config(setting, value, true);
    END LOOP;
    EXECUTE format(
        'COMMENT ON VIEW {VIEW} IS %L',
        {wording_sql.literal(comment)}::jsonb || jsonb_build_object(
            'installed_sha256', encode(sha256(convert_to(stored, 'UTF8')), 'hex')
        )
    );
END
$install$"""  # noqa: S608  # literals are quoted


def script_sql(
    rules: Sequence[Rule], shape: Shape = PLAIN, *, lock_timeout_s: int = LOCK_TIMEOUT_S
) -> str:
    """A script that a person runs with psql: the view and its comment, in one transaction."""
    return (
        f"BEGIN;\nSET LOCAL lock_timeout = '{lock_timeout_s}s';\n\n"
        f"{view_sql(rules, shape)};\n\n{comment_sql(rules, shape)};\n\nCOMMIT;\n"
    )


def rollback_sql(previous: InstalledView | None, shape: Shape = PLAIN) -> str:
    """Statements that undo an installation of this shape over `previous` (None: there was no view)."""
    if previous is None:
        return f"DROP VIEW {VIEW};"
    return previous.restore_sql(recreate=_columns_differ(previous, shape))


def view_apply(
    connection: psycopg.Connection[Any],
    rules: Sequence[Rule],
    shape: Shape = PLAIN,
    *,
    lock_timeout_s: int = LOCK_TIMEOUT_S,
) -> Applied:
    """Install the view of these rules in one transaction, then check the contract.

    A view with other columns is dropped and made anew in the same transaction, with the owner and
    the rights it had. Doing it twice changes nothing and takes no lock. Raises ViewRefusedError or
    CompileError; the database is then as it was.
    """
    statement, comment = view_sql(rules, shape), comment_sql(rules, shape)
    compiled = definition_sha256(rules, shape)
    try:
        with connection.transaction():
            connection.execute(f"SET LOCAL lock_timeout = '{lock_timeout_s}s'")
            connection.execute("SET LOCAL client_encoding = 'UTF8'")
            previous = view_installed(connection)
            if previous is not None and _is_current(connection, previous, rules, shape):
                return Applied("unchanged", compiled, "", previous)
            _refuse_what_cannot_work(connection, rules, previous)
            outcome = _install(connection, statement, previous, shape)
            connection.execute(comment)
            problems = view_contract(connection)
            view = view_installed(connection)
            if problems or view is None:
                raise ViewRefusedError(" ".join(problems))
    except psycopg.errors.LockNotAvailable:
        raise ViewRefusedError(
            _("Verrou non obtenu en %(seconds)s s : vue ou table occupée ; rien n’a changé.")
            % {"seconds": lock_timeout_s}
        ) from None
    except psycopg.errors.InvalidSchemaName as error:
        said = _("%(cause)s : le search_path de ce rôle ne mène à aucun schéma où créer la vue.")
        role, database = (
            sql.Identifier(name).as_string(None)
            for name in (connection.info.user, connection.info.dbname)
        )
        way = f"ALTER ROLE {role} IN DATABASE {database} SET search_path = …, public;"
        raise ViewRefusedError(f"{said % {'cause': _cause(error)}}\n{way}") from error
    except psycopg.Error as error:
        raise ViewRefusedError(_cause(error)) from error
    return Applied(outcome, compiled, rollback_sql(previous, shape), view)


def rule_problem(connection: psycopg.Connection[Any], rule: Rule) -> str | None:
    """Why this rule cannot be installed in this database, in its own words; None when it can.

    Asks for zero rows, so it is cheap on any database; needs the right to read the rule's tables.
    """
    wanted = {"entity_id", "detected_at", *rule.payload}
    wanted |= {"severity"} if rule.severity_varies else set()
    try:
        with connection.transaction(force_rollback=True), connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM (\n{query_sql(rule)}\n) AS q LIMIT 0")  # noqa: S608 - our text
            found = {column.name for column in cursor.description or ()}
            extra, missing = sorted(found - wanted), sorted(wanted - found)
            if extra or missing:
                return _("query.sql : colonnes en trop : %(extra)s ; manquantes : %(missing)s.") % {
                    "extra": ", ".join(extra) or "—",
                    "missing": ", ".join(missing) or "—",
                }
            cursor.execute(f"SELECT * FROM (\n{branch_sql(rule)}\n) AS b LIMIT 0")  # noqa: S608 - our text
    except psycopg.OperationalError:
        raise
    except psycopg.Error as error:
        return _cause(error)
    return None


def _refuse_what_cannot_work(
    connection: psycopg.Connection[Any], rules: Sequence[Rule], previous: InstalledView | None
) -> None:
    if previous is not None and previous.kind != "v":
        raise ViewRefusedError(
            _("%(name)s existe et n’est pas une vue ordinaire ; rien n’a changé.") % {"name": VIEW}
        )
    problems = {rule.code: rule_problem(connection, rule) for rule in rules}
    broken = [f"{code} : {problem}" for code, problem in problems.items() if problem]
    if broken:
        raise ViewRefusedError(" | ".join(broken))


def _install(
    connection: psycopg.Connection[Any],
    statement: str,
    previous: InstalledView | None,
    shape: Shape,
) -> Outcome:
    if previous is None:
        connection.execute(statement)
        return "created"
    recreate = _columns_differ(previous, shape)
    if recreate:
        connection.execute(f"DROP VIEW {VIEW}")
    connection.execute(statement)
    if previous.options:
        # CREATE OR REPLACE forgets them, and security_invoker is somebody's decision.
        connection.execute(f"ALTER VIEW {VIEW} SET ({', '.join(previous.options)})")
    if recreate:
        for right in previous.rights_sql():
            connection.execute(right)
    return "recreated" if recreate else "replaced"


def _is_current(
    connection: psycopg.Connection[Any],
    previous: InstalledView,
    rules: Sequence[Rule],
    shape: Shape,
) -> bool:
    """Whether it is these rules' view; its comment alone could say so of any other."""
    said = (
        previous.compiled_hash == definition_sha256(rules, shape)
        and previous.rule_versions == {rule.code: rule.version for rule in rules}
        and not previous.drifted
    )
    text = select_sql(rules, shape)
    return said and _stored(connection, previous.schema, text) == previous.definition


def _stored(connection: psycopg.Connection[Any], schema: str, text: str) -> str | None:
    """The text that PostgreSQL would store, asked under another name and undone; None where it refuses."""
    name = sql.Identifier(schema, f"{VIEW}_tried")
    try:
        with connection.transaction(force_rollback=True):
            connection.execute(sql.SQL("CREATE VIEW {} AS {}").format(name, sql.SQL(text)))
            with catalogue_reading(connection, name.as_string(connection)) as (cursor, oid, _path):
                return view_definition(cursor, oid)
    except psycopg.OperationalError:
        raise
    except psycopg.Error:
        return None


def _columns_differ(previous: InstalledView, shape: Shape) -> bool:
    """True when CREATE OR REPLACE cannot put our columns over these."""
    ours = {column.name: column.types[0] for column in COLUMNS}
    if shape.text_ids:
        ours["entity_id"] = "text"
    return previous.columns != tuple(ours.items())


def _cause(error: psycopg.Error) -> str:
    """One line: the database's message and the first line of its detail."""
    message = error.diag.message_primary or str(error).strip().splitlines()[0]
    detail = (error.diag.message_detail or "").strip().splitlines()
    return f"{message} ({detail[0]})" if detail else message

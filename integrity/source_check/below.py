"""What stands below the view and beside it: what depends on who reads, or when, and who else may read."""

import re
from typing import Any

import psycopg
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from psycopg import sql
from psycopg.rows import tuple_row

from governance.core.web.templatetags.ui import number
from integrity.source_check.report import Report, State
from integrity.source_check.rights import hidden_said, query, sql_name
from integrity.sources.catalogue import catalogue_reading
from integrity.sources.connections import source_connect, transaction_again
from integrity.sources.contract import COLUMNS, VIEW
from integrity.sources.evidence import Evidence

SHOWN = 10  # names in one sentence
# Words of SQL whose answer is another one for another reader, or at another time.
CALLER = re.compile(
    r"\b(current_user|session_user|current_role|current_setting|pg_has_role|has_\w+_privilege"
    r"|row_security_active|inet_client_addr|application_name|auth\.uid|auth\.role|auth\.jwt)\b"
    r"|\bSYSTEM_USER\b|\bUSER\b(?=\s*[=)])"
)
TIME = re.compile(
    r"\b(now\(\)|current_date|current_time(?:stamp)?|localtime(?:stamp)?|clock_timestamp\(\)"
    r"|statement_timestamp\(\)|transaction_timestamp\(\)|timeofday\(\))",
    re.IGNORECASE,
)


def below_check(
    connection: psycopg.Connection[Any], report: Report, evidence: Evidence, definition: str
) -> None:
    """Definitions that depend on the caller or on time, or that are materialised."""
    views = {name: said for name, said in evidence.parts.items() if name.startswith("VIEW ")}
    texts = {**views, **_functions(connection, evidence), f"VIEW {VIEW}": definition}
    by_caller = sorted(name for name, said in texts.items() if CALLER.search(_body(said)))
    by_time = sorted(name for name, said in texts.items() if TIME.search(_body(said)))
    kept = sorted(name for name, said in texts.items() if "\nmaterialized" in said)
    if by_caller:
        said = _("Répond autrement selon qui lit : %(names)s ; la console ne voit que sa réponse.")
        report.add(
            "caller",
            State.REMARK,
            said % {"names": _some(by_caller)},
            _("lire ces définitions ; pour le rôle de la console, elles doivent tout montrer"),
            names=by_caller,
        )
    if kept:
        said = _("Matérialisée : %(names)s ; elle dit l’état de son dernier rafraîchissement.")
        report.add(
            "materialized",
            State.REMARK,
            said % {"names": _some(kept)},
            _("REFRESH MATERIALIZED VIEW plus souvent qu’un contrôle, ou une vue ordinaire"),
            names=kept,
        )
    if by_time:
        said = _("Dépend de l’heure : %(names)s (attendu d’un délai, pas d’un texte).")
        report.add("clock", State.NOTE, said % {"names": _some(by_time)}, names=by_time)


def _functions(connection: psycopg.Connection[Any], evidence: Evidence) -> dict[str, str]:
    """The text of each function below, of which the evidence has only the hash."""
    names = [name for name in evidence.parts if name.startswith("FUNCTION ")]
    with catalogue_reading(connection, VIEW) as (cursor, _view, _path):
        found = cursor.execute(
            "SELECT 'FUNCTION ' || p.oid::regprocedure, pg_get_functiondef(p.oid) FROM pg_proc AS p"
            " WHERE p.prokind IN ('f', 'p') AND 'FUNCTION ' || p.oid::regprocedure = ANY (%s)",
            [names],
        ).fetchall()
    return dict(found)


def _body(said: str) -> str:
    """Without comments: a word there decides nothing."""
    return re.sub(r"--[^\n]*|/\*.*?\*/", " ", said, flags=re.DOTALL)


def _some(names: list[str]) -> str:
    return ", ".join(names[:SHOWN]) + (" …" if len(names) > SHOWN else "")


def holders_check(connection: psycopg.Connection[Any], report: Report) -> None:
    """Who else may read the view, or more."""
    with catalogue_reading(connection, VIEW) as (cursor, view, _path):
        rows = cursor.execute(query("holders"), {"view": view}).fetchall()
    if not rows:
        return
    said = _("Ont des droits sur la vue, en plus de son propriétaire et de ce rôle : %(names)s.")
    report.add(
        "holders",
        State.REMARK,
        said % {"names": _some([name for name, _held in rows])},
        *[
            f"REVOKE {', '.join(held)} ON {VIEW} FROM "
            + (name if name == "PUBLIC" else sql.Identifier(name).as_string(connection))
            + ";"
            for name, held in rows
        ],
        holders={name: list(held) for name, held in rows},
    )


def elsewhere_said(connection: psycopg.Connection[Any], report: Report) -> None:
    """Where no view is found: one of that name in another schema, or one of that shape under another name."""
    columns = [column.name for column in COLUMNS]
    with catalogue_reading(connection, VIEW) as (cursor, _view, path):
        rows = cursor.execute(query("elsewhere"), {"name": VIEW, "columns": columns}).fetchall()
    role, database = sql_name(connection), connection.info.dbname
    for schema, name, usage, select, oid in rows:
        quoted = sql.Identifier(schema).as_string(connection)
        full = sql.Identifier(schema, name).as_string(connection)
        todo = [] if usage else [f"GRANT USAGE ON SCHEMA {quoted} TO {role};"]
        todo += [] if select else [f"GRANT SELECT ON {full} TO {role};"]
        if name == VIEW:
            said = _(
                "Une vue de ce nom est dans le schéma %(schema)s, hors de portée (search_path : %(path)s)."
            )
            todo.append(
                f"ALTER ROLE {role} IN DATABASE {sql.Identifier(database).as_string(connection)}"
                f" SET search_path = {quoted}, public;"
            )
        else:
            said = _("La vue %(name)s a la forme attendue sous un autre nom.")
            todo.append(f'pack.toml : union = "{schema}.{name}"')
        words = {"schema": schema, "path": path, "name": f"{schema}.{name}"}
        report.add(f"elsewhere/{schema}.{name}", State.NOTE, said % words, *todo, **words)
        filtered, todo, tables = hidden_said(connection, oid)
        if tables:
            key = f"row_security/{schema}.{name}"
            report.add(key, State.REMARK, f"{schema}.{name} : {filtered}", *todo, tables=tables)


def moving_check(connection: psycopg.Connection[Any], report: Report, timeout_ms: int) -> None:
    """Whether what a row says moves between two readings. Ends the transaction and begins another."""
    first = _readings(connection)
    if not first:
        return
    transaction_again(connection, timeout_ms=timeout_ms)
    second = _readings(connection)
    both = [identity for identity in first if identity in second]
    moved = sorted({one[0] for one in both if first[one][0] != second[one][0]})
    instant = sorted({one[0] for one in both if first[one][1] != second[one][1]})
    if moved:
        said = _("Message ou données changent d’une lecture à l’autre : %(codes)s.")
        report.add(
            "moving",
            State.REMARK,
            said % {"codes": _some(moved)},
            _("donner des faits et des dates, pas des âges : chaque contrôle serait un changement"),
            codes=moved,
        )
    if instant:
        said = _("detected_at est l’instant de la lecture : %(codes)s.")
        report.add(
            "detected_at",
            State.REMARK,
            said % {"codes": _some(instant)},
            _("donner la date depuis laquelle les données montrent l’anomalie"),
            codes=instant,
        )


def _readings(connection: psycopg.Connection[Any]) -> dict[tuple[str, ...], tuple[str, str]]:
    """What rows say, by identity; of identities that several rows share, none."""
    text = query("moving").format(view=sql.Identifier(VIEW))
    try:
        with connection.transaction(), connection.cursor(row_factory=tuple_row) as cursor:
            rows = cursor.execute(text).fetchall()
    except psycopg.OperationalError:
        raise
    except psycopg.Error:
        return {}
    found: dict[tuple[str, ...], tuple[str, str]] = {}
    shared = set()
    for code, type_, entity, said, at in rows:
        identity = (code, type_, entity)
        if identity in found:
            shared.add(identity)
        found[identity] = (said, at)
    return {identity: said for identity, said in found.items() if identity not in shared}


def seen_by_owner_check(report: Report, rows: int | None, url: str) -> None:
    """How many rows the view has for the second connection, beside those that the console sees."""
    if rows is None:
        return
    try:
        with source_connect(url) as connection, connection.transaction(force_rollback=True):
            connection.execute("SET TRANSACTION READ ONLY")
            row = connection.execute(f"SELECT count(*) FROM {VIEW}").fetchone()  # noqa: S608 - our name
    except psycopg.Error:
        return  # what is wrong with that connection is said where the rules are proved
    owner = int(row[0]) if row else 0
    if owner <= rows:
        return
    said = ngettext(
        "La console voit %(rows)s ligne, l’autre connexion %(owner)s : le reste lui est caché.",
        "La console voit %(rows)s lignes, l’autre connexion %(owner)s : le reste lui est caché.",
        rows,
    )
    report.add(
        "hidden",
        State.REMARK,
        said % {"rows": number(rows), "owner": number(owner)},
        seen=rows,
        owner=owner,
    )

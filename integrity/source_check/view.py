"""What the checks view is and what its rows are worth: shape, severities, faults, identities, time."""

import time
from collections import Counter
from datetime import timedelta
from typing import Any

import psycopg
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from psycopg import sql
from psycopg.rows import tuple_row

from alerts.intake import fault_sql
from governance.core.web.templatetags.ui import lapse, number
from integrity.scans.live import ROWS_LIMIT, TIMEOUT_MS
from integrity.source_check.below import elsewhere_said, holders_check
from integrity.source_check.report import Report, State
from integrity.source_check.rights import hidden_rows_check, query
from integrity.sources.contract import COLUMNS, SEVERITIES, VIEW, view_contract
from integrity.sources.installed_view import InstalledView, view_installed

MANY = 100_000  # findings: each becomes an alert that somebody must own


def view_check(connection: psycopg.Connection[Any], report: Report) -> InstalledView | None:
    """The view's presence and shape, then its rows; the view, whoever made it."""
    view = view_installed(connection)
    problems = view_contract(connection)
    if view is None:
        report.add(
            "view",
            State.FAILURE,
            problems[0],
            _(
                "manage.py integrity_view affiche le SQL à exécuter ; ou écrire une vue de cette forme :"
            ),
            ", ".join(f"{column.name} {' | '.join(column.types)}" for column in COLUMNS),
        )
        elsewhere_said(connection, report)
        return None
    facts = {"columns": dict(view.columns), "sha256": view.definition_hash}
    if problems:
        types = dict(view.columns)
        identity = types.get("entity_id", "text")
        known = {kind for column in COLUMNS if column.name == "entity_id" for kind in column.types}
        todo = [] if identity in known else [f"entity_id::text -- {identity}"]
        report.add("view", State.FAILURE, " ".join(problems), *todo, **facts)
        return view
    report.add("view", State.OK, _origin(view), rules=view.rule_versions, **facts)
    if view.drifted:
        report.add(
            "drift",
            State.REMARK,
            _("La vue a été modifiée à la main depuis son installation."),
            "manage.py integrity_view --apply URL",
        )
    holders_check(connection, report)
    hidden_rows_check(connection, report)
    _rows_check(connection, report)
    return view


def _origin(view: InstalledView) -> str:
    if view.drifted:
        return _(
            "La vue %(view)s est là ; la console l’a installée, puis elle a été modifiée à la main."
        ) % {"view": VIEW}
    if view.is_compiled_here:
        count = len(view.rule_versions)
        return ngettext(
            "La vue %(view)s est là, installée par la console avec %(count)d règle.",
            "La vue %(view)s est là, installée par la console avec %(count)d règles.",
            count,
        ) % {"view": VIEW, "count": count}
    return _(
        "La vue %(view)s est là, d’une autre main, et a les colonnes et les types attendus."
    ) % {"view": VIEW}


def _rows_check(connection: psycopg.Connection[Any], report: Report) -> None:
    view = sql.Identifier(VIEW)
    started = time.monotonic()
    fault = fault_sql(
        sql.Literal(settings.SCAN_MESSAGE_LIMIT), sql.Literal(settings.SCAN_PAYLOAD_LIMIT)
    )
    rows = _read(connection, query("rows").format(view=view, fault=fault), report)
    seconds = time.monotonic() - started
    if rows is None:
        return
    total = sum(row[3] for row in rows)
    _time_said(report, seconds, total)
    _severities_said(report, rows)
    _faults_said(report, rows, total)
    shared = _read(connection, query("duplicates").format(view=view), report)
    if shared is not None:
        _duplicates_said(report, shared)


def _read(
    connection: psycopg.Connection[Any], text: sql.Composed, report: Report
) -> list[tuple[Any, ...]] | None:
    """The rows of a query over the view; None, and a failure in the report, when it does not answer."""
    try:
        with connection.transaction(), connection.cursor(row_factory=tuple_row) as cursor:
            return cursor.execute(text).fetchall()
    except psycopg.errors.QueryCanceled:
        (limit,) = connection.execute("SHOW statement_timeout").fetchone() or ("",)
        said = _("La vue ne se lit pas en %(limit)s ; chaque contrôle échouerait.")
        report.add("time", State.FAILURE, said % {"limit": limit}, limit=limit)
    except psycopg.errors.LockNotAvailable:
        said = _("Un verrou empêche de lire la vue ; recommencer plus tard.")
        report.add("time", State.FAILURE, said)
    except psycopg.Error as error:
        if connection.closed:
            raise
        said = _("La vue ne se lit pas jusqu’au bout : %(cause)s.")
        report.add("rows", State.FAILURE, said % {"cause": error.diag.message_primary or error})
    return None


def _time_said(report: Report, seconds: float, total: int) -> None:
    facts = {"seconds": round(seconds, 3), "rows": total}
    words = {"rows": number(total), "time": lapse(timedelta(seconds=seconds))}
    said = ngettext("%(rows)s ligne, lue en %(time)s.", "%(rows)s lignes, lues en %(time)s.", total)
    report.add("time", State.OK, said % words, **facts)
    if seconds * 1000 > TIMEOUT_MS:
        said = _("Plus de %(limit)s s : « Vérifier maintenant » renoncera avant la réponse.")
        report.add("slow", State.REMARK, said % {"limit": number(TIMEOUT_MS // 1000)}, **facts)
    if total > MANY:
        said = _("%(rows)s lignes : chacune devient une alerte dont quelqu’un doit s’occuper.")
        report.add("many", State.REMARK, said % words, **facts)
    elif total > ROWS_LIMIT:
        said = _("%(rows)s lignes : trop pour « Vérifier maintenant », pas pour un contrôle.")
        report.add("many", State.NOTE, said % words, **facts)


def _severities_said(report: Report, rows: list[tuple[Any, ...]]) -> None:
    used: Counter[str] = Counter()
    for _code, severity, _fault, count, _example in rows:
        used[severity if severity is not None else "NULL"] += count
    if not used:
        report.add("severities", State.OK, _("Aucun constat en ce moment."), severities={})
        return
    known = [name for name in SEVERITIES if name in used]
    others = sorted(set(used) - set(SEVERITIES))
    said = ", ".join(f"{name} {number(used[name])}" for name in [*known, *others])
    report.add(
        "severities",
        State.REMARK if others else State.OK,
        _("Gravités : %(said)s.") % {"said": said},
        *([_("attendues : %(known)s") % {"known": ", ".join(SEVERITIES)}] if others else []),
        severities=dict(used),
    )


def _faults_said(report: Report, rows: list[tuple[Any, ...]], total: int) -> None:
    faulty = [row for row in rows if row[2] is not None]
    count = sum(row[3] for row in faulty)
    if not count:
        report.add("faults", State.OK, _("Aucune ligne ne rompt le contrat."), rows=0)
        return
    said = ngettext(
        "%(count)s ligne sur %(total)s rompt le contrat et serait mise à l’écart.",
        "%(count)s lignes sur %(total)s rompent le contrat et seraient mises à l’écart.",
        count,
    ) % {"count": number(count), "total": number(total)}
    found = [
        {"fault": fault, "check_code": code, "rows": rows_, "example": example}
        for code, _severity, fault, rows_, example in faulty[:20]
    ]
    report.add(
        "faults",
        State.REMARK,
        said,
        *[
            f"{one['fault']} : {number(one['rows'])} ({one['check_code'] or 'NULL'},"
            f" {one['example'] or 'NULL'})"
            for one in found
        ],
        rows=count,
        faults=found,
    )


def _duplicates_said(report: Report, shared: list[tuple[Any, ...]]) -> None:
    if not shared:
        report.add("identities", State.OK, _("Chaque ligne a son identité."), shared=0)
        return
    identities, rows = shared[0][4], int(shared[0][5])
    said = ngettext(
        "%(identities)s identité est partagée par %(rows)s lignes : elles feront une seule alerte.",
        "%(identities)s identités sont partagées par %(rows)s lignes : une seule alerte chacune.",
        identities,
    )
    report.add(
        "identities",
        State.NOTE,
        said % {"identities": number(identities), "rows": number(rows)},
        *[f"{code} {kind} {entity} : {n}" for code, kind, entity, n, *_rest in shared],
        shared=identities,
        rows=rows,
    )

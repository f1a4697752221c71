"""Whether each of our rules could be installed in the database, and proved there."""

from collections.abc import Mapping, Sequence
from contextlib import closing
from typing import Any

import psycopg
from django.utils.translation import gettext as _
from psycopg.rows import tuple_row

from governance.core.identity.acting import acting_as_system
from governance.core.logs import one_line
from governance.core.web.templatetags.ui import number
from integrity.proofs.current import source_proof_of
from integrity.proofs.judgement import Verdict, rules_prove
from integrity.proofs.runs import LIMIT_S
from integrity.rules.adaptation import Assumption, check_sql
from integrity.rules.compiler import rule_problem
from integrity.rules.pack import Pack
from integrity.rules.rule import Rule
from integrity.scans.kinds import ViewRead
from integrity.source_check.report import Report, State
from integrity.sources.connections import source_connect
from integrity.sources.deadline import Deadline
from integrity.sources.installed_view import InstalledView

IDENTITY = "source_check"


def rules_check(
    connection: psycopg.Connection[Any], report: Report, view: InstalledView | None, pack: Pack
) -> list[Rule]:
    """Which rules of a pack find their columns here, asking for zero rows; those that do."""
    held = view.rule_versions if view else {}
    fits = []
    for fault in pack.faults:
        said = _("%(code)s ne peut pas servir : %(problem)s")
        words = {"code": fault.code, "problem": fault.problem.splitlines()[0]}
        report.add(f"fault/{fault.code}", State.REMARK, said % words, problem=fault.problem)
    for code, one in pack.unused.items():
        said = _("%(code)s est déclarée sans objet : %(reason)s")
        report.add(
            f"unused/{code}",
            State.NOTE,
            said % {"code": code, "reason": one.reason},
            reason=one.reason,
        )
    for code, rule in pack.rules.items():
        problem = _problem(connection, rule)
        facts = {"version": rule.version, "installed": held.get(code), "problem": problem}
        words = {"code": code, "version": rule.version, "problem": problem or ""}
        if problem is None:
            fits.append(rule)
            if code not in held:
                said = _("%(code)s %(version)s pourrait être installée.") % words
            elif held[code] == rule.version:
                said = _("%(code)s %(version)s est installée.") % words
            else:
                said = _("%(code)s est installée en %(held)s ; le catalogue a %(version)s.") % {
                    **words,
                    "held": held[code],
                }
            report.add(f"rule/{code}", State.NOTE, said, **facts)
        else:
            said = _("%(code)s ne peut pas être installée : %(problem)s") % words
            broken = State.REMARK if code in held else State.NOTE
            report.add(f"rule/{code}", broken, said, **facts)
    return fits


def assumptions_check(connection: psycopg.Connection[Any], report: Report, pack: Pack) -> None:
    """Which choice of each assumption the data follow, beside the one that is declared."""
    for name, one in pack.assumptions.items():
        counts = {
            key: found
            for key, choice in one.choices.items()
            if (found := _followed(connection, check_sql(choice, pack.adaptation))) is not None
        }
        if counts:
            _assumption_said(report, name, one, counts)


def _followed(connection: psycopg.Connection[Any], text: str) -> tuple[int, int] | None:
    """How many rows follow a choice and how many do not; None where the tables are not there."""
    try:
        with connection.transaction(), connection.cursor(row_factory=tuple_row) as cursor:
            row = cursor.execute(text).fetchone()
    except psycopg.OperationalError:
        raise
    except psycopg.Error:
        return None
    return (int(row[0]), int(row[1])) if row else None


def _assumption_said(
    report: Report, name: str, one: Assumption, counts: Mapping[str, tuple[int, int]]
) -> None:
    most = max(follow for follow, _against in counts.values())
    follows = [key for key, (follow, _against) in counts.items() if follow == most and most]
    words = {
        "title": one.title.fr,
        "declared": one.choices[one.declared].label.fr,
        "counts": ", ".join(
            f"{one.choices[key].label.fr} {number(follow)}" for key, (follow, _no) in counts.items()
        ),
    }
    facts = {"declared": one.declared, "follows": follows, "counts": counts}
    if not follows:
        said = _("%(title)s : déclaré « %(declared)s » ; les données n’en disent rien.")
        report.add(f"assumption/{name}", State.NOTE, said % words, **facts)
    elif one.declared in follows:
        said = _("%(title)s : « %(declared)s », et les données le suivent (%(counts)s).")
        report.add(f"assumption/{name}", State.OK, said % words, **facts)
    else:
        said = _(
            "%(title)s : déclaré « %(declared)s », mais les données disent autre chose (%(counts)s)."
        )
        todo = f'source.toml : [assumptions] {name} = "{follows[0]}"'
        report.add(f"assumption/{name}", State.REMARK, said % words, todo, **facts)


def _problem(connection: psycopg.Connection[Any], rule: Rule) -> str | None:
    try:
        return rule_problem(connection, rule)
    except psycopg.errors.QueryCanceled:
        return _("la base n’a pas répondu à temps")
    except psycopg.errors.LockNotAvailable:
        return _("un verrou empêche de le savoir")


def proofs_check(report: Report, rules: Sequence[Rule], url: str) -> None:
    """Prove the rules through a connection that may write; every row is undone."""
    try:
        with (
            closing(source_connect(url)) as connection,
            Deadline(connection, seconds=LIMIT_S),
        ):
            for proof in rules_prove(connection, rules):
                _proof_said(
                    report, proof.code, proof.version, proof.verdict, proof.detail, when="now"
                )
    except psycopg.OperationalError as error:
        cause = one_line(error, url)
        said = _("Les règles n’ont pas pu être prouvées : %(cause)s")
        report.add("proofs", State.REMARK, said % {"cause": cause})
    except psycopg.Error:
        # Its message quotes the address, password included.
        said = _("L’adresse de --connection ne se lit pas ; attendu : postgresql://…")
        report.add("proofs", State.REMARK, said)


def proofs_kept(report: Report, rules: Sequence[Rule], source: str, view: ViewRead) -> None:
    """What the console knows of earlier proofs on this source, and how to get newer ones."""
    with acting_as_system(IDENTITY):
        kept = source_proof_of(source, view).proofs
    unknown = []
    for rule in rules:
        row = kept.get(rule.code)
        if row is None or row.version != rule.version:
            unknown.append(rule.code)
        else:
            when = row.proved_at.isoformat(timespec="seconds")
            _proof_said(report, row.code, row.version, row.verdict, row.detail, when=when)
    if unknown:
        _unproved_said(report, unknown)


def proofs_unknown(report: Report, rules: Sequence[Rule]) -> None:
    """No connection that may write was named, and the console knows no such source."""
    if rules:
        _unproved_said(report, [rule.code for rule in rules])


def _unproved_said(report: Report, codes: Sequence[str]) -> None:
    report.add(
        "proofs",
        State.NOTE,
        _("Non prouvées sur cette base : %(codes)s.") % {"codes": ", ".join(codes)},
        _("ajouter --connection URL (un rôle qui peut écrire ; tout est annulé)"),
        unproved=list(codes),
    )


def _proof_said(
    report: Report, code: str, version: str, verdict: str, detail: str, *, when: str
) -> None:
    proved = verdict == Verdict.PROUVEE
    said = f"{code} {version} : {verdict}" + (f", {detail}" if detail and not proved else "")
    facts = {"version": version, "verdict": str(verdict), "detail": detail, "when": when}
    report.add(f"proof/{code}", State.OK if proved else State.REMARK, said, **facts)

"""Owns a run of the proofs: where they run, what is kept of them, and whom it alarms.

Must not know how a proof is judged.
"""

from collections.abc import Container, Iterable, Sequence
from contextlib import closing
from datetime import datetime
from typing import Any

import psycopg
from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from governance.core.identity.acting import acting_as_system
from governance.core.identity.roles import CONSOLE_SOURCE
from governance.core.identity.sources import source_slugs
from governance.core.logs import one_line
from integrity.proofs.judgement import Proof, Verdict, rules_prove, unfit
from integrity.proofs.models import RuleProof
from integrity.proofs.reference import (
    UnmadeError,
    by_reference,
    console_connection,
    reference_database,
)
from integrity.rules.catalog import DEPOT, Pack, catalog, pack, pack_name, pack_of
from integrity.rules.rule import Rule
from integrity.scans.console import IDENTITY as READER
from integrity.scans.console import console_read, sources_watch
from integrity.sources.connections import source_connect
from integrity.sources.deadline import Deadline
from integrity.sources.installed_view import view_installed

IDENTITY = "proofs"
LIMIT_S = 600  # for all the proofs of a source

# What the console finds about a rule that cannot be trusted (packs/console). Entity: source/rule.
RULE_NOT_PROVED = "RULE_NOT_PROVED"


class ProvingError(Exception):
    """The proofs could not be run at all; one line says why."""


def proofs_run(
    *, source: str = "", url: str = "", codes: Sequence[str] | None = None
) -> list[RuleProof]:
    """Prove the rules, keep the verdicts, and raise or close the alert of each rule.

    Without a source: on the embedded depot where it runs, and those of every other pack in use on an empty
    database made for the occasion (`source` of the result is then empty). With a source: on it, through
    `url`, which must be allowed to write there (on the console through its own connection); all that is
    written is undone. Where the view of that source is ours, the rules that it holds are proved, elsewhere
    all. `codes`: just these, also where the view lacks them. Raises ProvingError.
    """
    if url:
        return _record(source, pack_of(source), _prove_at(source, url, codes))
    if source == CONSOLE_SOURCE:
        with console_connection() as connection:
            proofs = _prove_through(connection, CONSOLE_SOURCE, codes)
        return _record(source, pack_of(source), proofs)
    embedded = settings.DEPOT_OWNER_URL if DEPOT in source_slugs() else ""
    if source and not (source == DEPOT and embedded):
        raise ProvingError(
            _(
                "La console ne peut que lire « %(source)s » : nommer une connexion avec --connection."
            )
            % {"source": source}
        )
    found = []
    if embedded:
        found += _record(DEPOT, pack_of(DEPOT), _prove_at(DEPOT, embedded, codes))
    used = {pack_name(slug) for slug in source_slugs()} or {DEPOT}
    for name in sorted(used - ({pack_name(DEPOT)} if embedded else set())) if not source else ():
        proofs = _prove_on_reference(pack(name), codes)
        found += _record("", pack(name), proofs) if proofs else []
        if codes is None:
            _forget(proofs_latest().filter(source="", pack=name), keep={one.code for one in proofs})
    return found


def proofs_latest() -> QuerySet[RuleProof]:
    """The last proof of each rule on each source, and on the empty database of its pack (`source` empty)."""
    order = ("source", "pack", "code")
    return RuleProof.objects.order_by(*order, "-proved_at").distinct(*order)


def _prove_on_reference(pack: Pack, codes: Sequence[str] | None) -> list[Proof]:
    """On empty databases of the pack's sort; one that cannot be made fits no rule.

    A rule whose pack brings none is left out: on a database of another sort its proof would say nothing.
    """
    found = []
    for files, rules in by_reference(_chosen(pack.rules.values(), codes)).items():
        if not files:
            continue
        try:
            with reference_database(files) as connection:
                found += rules_prove(connection, rules)
        except (UnmadeError, psycopg.Error) as error:
            said = str(error) if isinstance(error, UnmadeError) else one_line(error)
            found += [unfit(rule, said) for rule in rules]
    return found


def _chosen(rules: Iterable[Rule], codes: Sequence[str] | None) -> list[Rule]:
    return [rule for rule in rules if codes is None or rule.code in codes]


def proofs_forget(*, source: str, codes: Sequence[str] | None = None) -> list[RuleProof]:
    """Withdraw what is known of rules on a source, also one that is no more; their alerts close."""
    latest = proofs_latest().filter(source=source)
    return _forget(latest if codes is None else latest.filter(code__in=codes))


def _forget(latest: QuerySet[RuleProof], keep: Container[str] = ()) -> list[RuleProof]:
    with acting_as_system(IDENTITY):
        known = [
            row
            for row in latest
            if row.verdict != RuleProof.Verdict.OUBLIEE and row.code not in keep
        ]
        now = timezone.now()
        rows = [
            RuleProof(
                source=row.source,
                pack=row.pack,
                code=row.code,
                version=row.version,
                severity=row.severity,
                verdict=RuleProof.Verdict.OUBLIEE,
                through=row.through,
                proved_at=now,
            )
            for row in known
        ]
        RuleProof.objects.bulk_create(rows)
    if rows:
        _read_console(rows, now)
    return rows


def proving_connection(url: str) -> psycopg.Connection[Any]:
    """A connection that a person named, and that may write. Raises ProvingError without the address."""
    try:
        return source_connect(url)
    except psycopg.OperationalError as error:
        cause = one_line(error, url)
        raise ProvingError(_("Base inaccessible : %(cause)s") % {"cause": cause}) from None
    except psycopg.Error:
        # Its message quotes the address, password included.
        raise ProvingError(
            _("--connection attend une adresse postgresql://… ; celle-ci ne se lit pas.")
        ) from None


def _prove_at(source: str, url: str, codes: Sequence[str] | None) -> list[Proof]:
    with closing(proving_connection(url)) as connection:
        return _prove_through(connection, source, codes, url)


def _prove_through(
    connection: psycopg.Connection[Any], source: str, codes: Sequence[str] | None, url: str = ""
) -> list[Proof]:
    """The rules for a source that the view there holds, or all. `url`: not to be quoted."""
    with Deadline(connection, seconds=LIMIT_S):
        try:
            rules = _rules_there(connection, source) if codes is None else catalog(source).values()
            return rules_prove(connection, _chosen(rules, codes))
        except psycopg.OperationalError as error:
            cause = one_line(error, url)
            raise ProvingError(_("Preuve interrompue : %(cause)s") % {"cause": cause}) from error


def _rules_there(connection: psycopg.Connection[Any], source: str) -> list[Rule]:
    view = view_installed(connection)
    held = set(view.rule_versions) if view is not None else set()
    return [rule for code, rule in catalog(source).items() if not held or code in held]


def _record(source: str, pack: Pack, proofs: Sequence[Proof]) -> list[RuleProof]:
    now = timezone.now()
    rows = [
        RuleProof(
            source=source,
            pack=DEPOT if source else pack.name,
            code=proof.code,
            version=proof.version,
            verdict=proof.verdict.value,
            severity=proof.severity,
            detail="" if proof.verdict == Verdict.PROUVEE else proof.detail,
            through=proof.through,
            text_sha256=proof.text_sha256,
            cases=[
                {
                    "name": case.name,
                    "verdict": case.verdict.value,
                    "detail": case.detail,
                    "unread": case.unread,
                }
                for case in proof.cases
            ],
            proved_at=now,
        )
        for proof in proofs
    ]
    with acting_as_system(IDENTITY):
        RuleProof.objects.bulk_create(rows)
    _read_console(rows, now)
    return rows


def _read_console(rows: Sequence[RuleProof], now: datetime) -> None:
    with acting_as_system(READER):
        sources_watch()
        console_read(
            codes=[RULE_NOT_PROVED],
            entities=[entity for row in rows for entity in _entities(row)],
            taken_at=now,
        )


def _entities(row: RuleProof) -> list[str]:
    """Whom it concerns: a source, or, on an empty database, every source with that pack."""
    if row.source:
        return [f"{row.source}/{row.code}"]
    sharing = [source for source in source_slugs() if pack_name(source) == row.pack]
    return [f"{source}/{row.code}/reference" for source in sharing]

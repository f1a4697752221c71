"""Notices rules that cannot be used, by source, before anybody relies on them: each becomes an alert.

A rule is at fault when its pack cannot read it, or when the source's view does not hold it and the database
refuses it. A source whose pack nobody chose is not asked: not all shipped rules are meant for it.
"""

import json
from collections.abc import Iterable
from contextlib import suppress

from django.conf import settings
from django.utils import timezone

from governance.core.identity.acting import acting_as_system
from governance.core.identity.sources import source_slugs
from governance.core.ledger.models import LedgerEntry
from governance.core.ledger.notes import ledger_note
from integrity.adoption.models import RuleFault
from integrity.rules.catalog import DEPOT, pack_of
from integrity.rules.compiler import rule_problem
from integrity.rules.pack import Fault
from integrity.scans.console import IDENTITY as READER
from integrity.scans.console import console_read, sources_watch
from integrity.scans.kinds import view_read
from integrity.sources.connections import SourceError, source_transaction

IDENTITY = "packs"
RULE_BROKEN = "RULE_BROKEN"
ADAPTED, SUBJECT = "adaptation.change", "adaptation"
PROBLEM_LIMIT = 2_000  # characters


def packs_watch() -> list[RuleFault]:
    """Look at the pack of every source, keep what is wrong, and raise or close its alerts."""
    slugs = source_slugs()
    found = {slug: source_faults(slug) for slug in slugs}
    with acting_as_system(IDENTITY):
        now = timezone.now()
        known = {(one.source, one.code): one for one in RuleFault.objects.all()}
        current = []
        for slug, faults in found.items():
            for fault in faults:
                problem = fault.problem[:PROBLEM_LIMIT]
                was = known.pop((slug, fault.code), None)
                if was is not None and was.problem == problem:
                    current.append(was)
                    continue
                if was is not None:
                    was.delete()
                row = RuleFault(source=slug, code=fault.code, problem=problem, since=now)
                row.save(force_insert=True)
                current.append(row)
        for gone in known.values():
            gone.delete()
    for slug in slugs:
        adaptation_note(slug)
    with acting_as_system(READER):
        sources_watch()
        console_read(codes=[RULE_BROKEN], taken_at=now, again=True)
    return current


def source_faults(slug: str) -> list[Fault]:
    """What is wrong with the rules of a source, on paper and in its database; once for each code."""
    pack = pack_of(slug)
    faults = {fault.code: fault for fault in pack.faults}
    is_demonstration = slug == DEPOT and settings.DEPOT_OWNER_URL
    if is_demonstration or slug in settings.SOURCE_PACKS:
        for fault in _refused(slug):
            faults.setdefault(fault.code, fault)
    return list(faults.values())


def _refused(slug: str) -> Iterable[Fault]:
    """Rules that the view there lacks and the database refuses; none where it does not answer.

    A source that does not answer has an alert of its own.
    """
    with acting_as_system(IDENTITY):
        held = view_read(slug).rules
    missing = [rule for code, rule in pack_of(slug).rules.items() if code not in held]
    found: list[Fault] = []
    if missing:
        with suppress(SourceError), source_transaction(slug) as connection:
            for rule in missing:
                if problem := rule_problem(connection, rule):
                    found.append(Fault(rule.code, problem, rule.folder))
    return found


def adaptation_note(slug: str) -> bool:
    """Enter in the ledger what `source.toml` says of a source, when it is not what it said before."""
    values = json.loads(json.dumps(pack_of(slug).adaptation.values, default=str))
    with acting_as_system(IDENTITY):
        entries = LedgerEntry.objects.filter(
            subject_type=SUBJECT, subject_id=slug, action=ADAPTED, source=slug
        )
        last = entries.order_by("-seq").first()
        if (last.after if last else {}) == values:
            return False
        ledger_note(action=ADAPTED, subject_id=slug, details=values, source=slug)
    return True

"""What the page of a source shows: how it is reached, what its rules are worth, what was last said of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import psycopg
from django.conf import settings
from django.utils.dates import WEEKDAYS
from psycopg.conninfo import conninfo_to_dict

from alerts.calendars.models import SourceCalendar
from alerts.calendars.queries import calendar_row, next_holiday
from alerts.kinds import Kind, reader_language
from alerts.models import ACTIVE, Alert
from governance.core.identity.people import names_of
from governance.core.identity.sources import source_slugs
from governance.core.web.templatetags.ui import lapse
from integrity.adoption.models import RuleFault, SourceReport, SourceRetirement
from integrity.proofs.current import SourceProof, source_proofs
from integrity.rules.catalog import pack_of
from integrity.rules.pack import Pack
from integrity.rules.rule import Rule
from integrity.scans.models import Scan
from integrity.scans.queries import scan_page
from integrity.scans.reading.apart import Reading, readings_last, readings_of

SCANS_SHOWN = 10


@dataclass(frozen=True)
class RuleHere:
    """A rule or kind on the source. `state`: installed, missing, kind, unused or fault."""

    code: str
    title: str
    state: str
    verdict: str = ""
    said: str = ""
    reading: Reading | None = None  # the last one of it on its own


@dataclass(frozen=True)
class Retired:
    """Who said that the source is no more, when, and why."""

    at: datetime
    by: str
    note: str


@dataclass(frozen=True)
class SourcePage:
    """A source as its page shows it. `address`: its parts without a secret; empty for others than admins."""

    slug: str
    is_configured: bool
    address: Mapping[str, str]
    pack: Pack
    pack_title: str
    proof: SourceProof
    rules: list[RuleHere]
    scans: list[dict[str, Any]]
    report: SourceReport | None
    retired: Retired | None
    active: int
    calendar: SourceCalendar | None

    @property
    def last(self) -> dict[str, Any] | None:
        return self.scans[0] if self.scans else None

    @property
    def week(self) -> list[tuple[str, str]]:
        """The hours of each weekday, in words."""
        hours = self.calendar.hours if self.calendar else []
        return [(str(WEEKDAYS[day]).capitalize(), said) for day, said in enumerate(hours)]

    @property
    def next_holiday(self) -> tuple[date, str] | None:
        return next_holiday(self.calendar) if self.calendar else None


def source_is_known(slug: str) -> bool:
    """Whether it is configured, or ever was and left something."""
    return slug in source_slugs() or Scan.objects.filter(source=slug).exists()


def source_page(slug: str, *, sees_address: bool) -> SourcePage:
    pack = pack_of(slug)
    proof = source_proofs([slug])[slug]
    configured = slug in source_slugs()
    return SourcePage(
        slug=slug,
        is_configured=configured,
        address=address_parts(settings.SOURCES[slug]) if configured and sees_address else {},
        pack=pack,
        pack_title=pack.title.in_(reader_language()),
        proof=proof,
        rules=_rules(slug, pack, proof),
        scans=[_scan(one) for one in scan_page(sources=[slug]).rows[:SCANS_SHOWN]],
        report=SourceReport.objects.filter(source=slug).first(),
        retired=None if configured else _retired(slug),
        active=Alert.objects.filter(source=slug, status__in=ACTIVE).count(),
        calendar=calendar_row(slug),
    )


def address_parts(url: str) -> dict[str, str]:
    """Host, port, database and role of an address: named one by one, so that nothing else is shown."""
    try:
        parts = conninfo_to_dict(url)
    except psycopg.ProgrammingError:
        return {}
    return {
        name: str(parts.get(key) or "")
        for name, key in (
            ("host", "host"),
            ("port", "port"),
            ("database", "dbname"),
            ("role", "user"),
        )
        if parts.get(key)
    }


def _rules(slug: str, pack: Pack, proof: SourceProof) -> list[RuleHere]:
    language = reader_language()
    readings = readings_of(readings_last([slug]).get(slug))
    found = [_rule(kind, kind.title.in_(language), proof, readings) for kind in pack.kinds.values()]
    found += [
        RuleHere(code, one.kind.title.in_(language), "unused", said=one.reason)
        for code, one in pack.unused.items()
    ]
    faults = {one.code: one.problem for one in RuleFault.objects.filter(source=slug)}
    faults |= {fault.code: fault.problem for fault in pack.faults}
    titles = {one.code: one.title for one in found}
    wrong = [
        RuleHere(code, titles.get(code, ""), "fault", said=problem)
        for code, problem in faults.items()
    ]
    return sorted(
        [*wrong, *(one for one in found if one.code not in faults)], key=lambda one: one.code
    )


def _rule(kind: Kind, title: str, proof: SourceProof, readings: Mapping[str, Reading]) -> RuleHere:
    if not isinstance(kind, Rule):
        return RuleHere(kind.code, title, "kind")
    if kind.code not in proof.view.rules:
        return RuleHere(kind.code, title, "missing")
    held = proof.proofs.get(kind.code)
    return RuleHere(
        kind.code,
        title,
        "installed",
        held.verdict if held else "",
        held.detail if held else "",
        readings.get(kind.code),
    )


def _scan(scan: Scan) -> dict[str, Any]:
    return {
        "id": scan.pk,
        "started_at": scan.started_at,
        "outcome": scan.outcome,
        "duration": lapse(scan.finished_at - scan.started_at),
        "stands_since": scan.stands_since,
        "rows": scan.rows,
        "error": scan.error,
        "view_hash": scan.view_hash,
        "evidence_hash": scan.evidence_hash,
    }


def _retired(slug: str) -> Retired | None:
    last = SourceRetirement.objects.filter(source=slug).order_by("-retired_at").first()
    if last is None:
        return None
    name = names_of([last.retired_by])[last.retired_by]
    return Retired(last.retired_at, name, last.note)

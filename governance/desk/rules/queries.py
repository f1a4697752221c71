"""The catalogue's figures: each rule with its thresholds, its last proof, and what it finds; reads only."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from django.db import connection
from django.db.models import Count
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from alerts.kinds import Kind, reader_language
from alerts.kinds.owners import owner_named
from alerts.kinds.wording import PLACEHOLDER
from alerts.models import ACTIVE, Alert, Severity
from governance.core.identity.roles import CONSOLE_SOURCE
from governance.core.web.markdown import prose_html
from governance.core.web.templatetags.ui import lapse
from integrity.adoption.models import RuleFault
from integrity.proofs.current import Proved, SourceProof, source_proofs
from integrity.proofs.models import RuleProof
from integrity.proofs.runs import proofs_latest
from integrity.rules.catalog import DEPOT, Pack, pack, pack_name
from integrity.rules.rule import Rule
from integrity.scans.kinds import ViewRead
from integrity.scans.reading.apart import Reading, readings_last, readings_of

WEEKS = 12
OPENED = ["alert.open", "alert.reopen"]

# Per rule and week, episodes that began: a range of seq in the index on (action, seq), found through the
# index on `at`, which never falls as seq rises. Row security keeps it to the reader's sources.
_WEEKLY = """
SELECT source, check_code, floor(extract(epoch FROM %(until)s::timestamptz - at) / 604800)::int AS weeks_ago,
       count(*)
FROM ledger_entry
WHERE action = ANY (%(actions)s) AND source = ANY (%(sources)s) AND check_code IS NOT NULL
  AND seq >= (SELECT coalesce(min(seq), 0) FROM (
        SELECT seq FROM ledger_entry WHERE at > %(since)s ORDER BY at, seq LIMIT 1) AS first)
  AND at > %(since)s
GROUP BY 1, 2, 3
"""


@dataclass(frozen=True)
class OnSource:
    """A rule on one source. `installed`: its version there, empty where the view does not hold it.

    `proof`: the one that holds there, whose verdict and instant belong together; None is unknown. `reading`:
    the last one of this rule on its own. `fault`: why the database refuses it, where it is not installed.
    """

    source: str
    view: ViewRead
    installed: str
    proof: Proved | None
    found_now: int
    reading: Reading | None
    fault: str

    @property
    def verdict(self) -> str:
        return self.proof.verdict if self.proof else ""


@dataclass(frozen=True)
class RuleCard:
    """One rule as the catalogue shows it, on each source of the reader that uses its pack.

    `pack`: its title. `reference`: its last proof on an empty database in this version, which says nothing
    of any source. `is_kind`: somebody else's view finds it; only its words are ours, and nothing is proved.
    `weekly`: episodes begun on sources where it is in force, the oldest week first; None for a reader who may
    not read the history.
    """

    rule: Kind
    pack: str
    pack_name: str
    is_kind: bool
    title: str
    description: str
    parameters: list[dict[str, str]]
    sources: list[OnSource]
    reference: RuleProof | None
    weekly: list[int] | None
    here: list[
        dict[str, str]
    ]  # beside thresholds: what is other than shipped, each with both values
    reason: str  # why it is other, as source.toml says
    is_second: bool = False  # another pack has the code, and comes first

    @property
    def place(self) -> str:
        """A name of its own on the page."""
        return f"{self.pack_name}-{self.rule.code}" if self.is_second else self.rule.code

    @property
    def bars(self) -> list[dict[str, int]]:
        """The weeks as bars of a drawing 24 units high; a week without an episode has a bar of 1."""
        weekly = self.weekly or []
        tallest = max([*weekly, 1])
        return [
            {
                "x": 8 * place,
                "height": 1 + round(23 * count / tallest),
                "y": 23 - round(23 * count / tallest),
            }
            for place, count in enumerate(weekly)
        ]


@dataclass(frozen=True)
class UnusedCard:
    """A rule that is declared to have no object on the sources of a pack."""

    code: str
    title: str
    pack: str
    reason: str


@dataclass(frozen=True)
class FaultCard:
    """A rule that cannot be used as it stands in its pack, and why, one problem a line."""

    code: str
    pack: str
    pack_name: str
    sources: list[str]
    problem: str


def packs_shown(sources: Iterable[str]) -> list[Pack]:
    """Those that the sources of a reader use, the console's own last."""
    names = {pack_name(one) for one in sources} - {CONSOLE_SOURCE}
    return [pack(name) for name in [*sorted(names or {DEPOT}), CONSOLE_SOURCE]]


def rule_cards(*, sources: Iterable[str], history: Iterable[str]) -> list[RuleCard]:
    """Every rule and kind, by pack and code, on these sources; as many queries, whatever the number of rules.

    `history`: the sources whose history the reader may read.
    """
    held = sorted(sources)
    counted = (
        Alert.objects.filter(status__in=ACTIVE)
        .values_list("source", "check_code")
        .annotate(number=Count("pk"))
        .order_by()
    )
    found = {(source, code): number for source, code, number in counted}
    proved = list(source_proofs(held).values())
    reference = {(one.pack, one.code): one for one in proofs_latest().filter(source="")}
    weekly = _weekly(sorted(history)) if history else None
    faults = {(one.source, one.code): one.problem for one in RuleFault.objects.all()}
    readings = {slug: readings_of(scan) for slug, scan in readings_last(held).items()}
    cards = [
        _card(
            rule,
            pack,
            [
                _on_source(one, rule, found, readings, faults)
                for one in proved
                if pack_name(one.source) == pack.name
            ],
            reference.get((pack.name, rule.code)),
            weekly,
        )
        for pack in packs_shown(held)
        for rule in pack.kinds.values()
    ]
    codes = [card.rule.code for card in cards]
    return [
        replace(card, is_second=True) if card.rule.code in codes[:place] else card
        for place, card in enumerate(cards)
    ]


def fault_cards(sources: Iterable[str]) -> list[FaultCard]:
    """What is left out of the packs that these sources use."""
    held = sorted(sources)
    return [
        FaultCard(
            code=fault.code,
            pack=pack.title.in_(reader_language()),
            pack_name=pack.name,
            sources=[one for one in held if pack_name(one) == pack.name],
            problem=fault.problem,
        )
        for pack in packs_shown(held)
        for fault in pack.faults
    ]


def unused_cards(sources: Iterable[str]) -> list[UnusedCard]:
    """The rules that the packs of these sources declare unused."""
    language = reader_language()
    return [
        UnusedCard(code, one.kind.title.in_(language), pack.title.in_(language), one.reason)
        for pack in packs_shown(sources)
        for code, one in sorted(pack.unused.items())
    ]


def runbook_html(kind: Kind) -> tuple[SafeString, str]:
    """The runbook as HTML, without its first heading, and its language; raw HTML in it is shown as text.

    Owner, deadlines and thresholds that it names between braces are those in force.
    """
    file, language = kind.runbook_in(reader_language())
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):  # it was there when the pack was read
        return prose_html("\n" + _("Ce document ne se lit plus : le paquet a changé depuis.")), "fr"
    texts = {name: parameter.text(language) for name, parameter in kind.parameters.items()}
    texts |= {
        "acquitter": str(int(kind.acknowledge_within.total_seconds() // 3600)),
        "resoudre": str(int(kind.resolve_within.total_seconds() // 3600)),
        "responsable": owner_named(kind),
    }
    text = PLACEHOLDER.sub(lambda found: texts.get(found[1], found[0]), text)
    return prose_html(text.partition("\n")[2]), language


def _on_source(
    one: SourceProof,
    rule: Kind,
    found: Mapping[tuple[str, str], int],
    readings: Mapping[str, Mapping[str, Reading]],
    faults: Mapping[tuple[str, str], str],
) -> OnSource:
    in_force = one.view.rules or not isinstance(rule, Rule)
    return OnSource(
        source=one.source,
        view=one.view,
        installed=one.view.rules.get(rule.code, ""),
        proof=one.proofs.get(rule.code),
        found_now=found.get((one.source, rule.code), 0) if in_force else 0,
        reading=readings.get(one.source, {}).get(rule.code),
        fault=faults.get((one.source, rule.code), ""),
    )


def _card(
    rule: Kind,
    pack: Pack,
    sources: list[OnSource],
    reference: RuleProof | None,
    weekly: Mapping[tuple[str, str], list[int]] | None,
) -> RuleCard:
    language = reader_language()
    was = pack.shipped.get(rule.code, rule)
    return RuleCard(
        rule=rule,
        pack=pack.title.in_(language),
        pack_name=pack.name,
        is_kind=not isinstance(rule, Rule),
        title=rule.title.in_(language),
        description=rule.description(language),
        parameters=[
            {
                "label": parameter.label.in_(language),
                "text": parameter.text(language),
                "source": parameter.source,
                "shipped": was.parameters[name].text(language)
                if was.parameters[name].value != parameter.value
                else "",
            }
            for name, parameter in rule.parameters.items()
        ],
        sources=sources,
        reference=reference if reference and reference.version == rule.version else None,
        weekly=None if weekly is None else _episodes(rule, sources, weekly),
        here=_other_here(rule, was),
        reason=str(pack.adaptation.rules.get(rule.code, {}).get("reason", "")),
    )


def _other_here(rule: Kind, was: Kind) -> list[dict[str, str]]:
    """What is other here than the pack ships it: label, here, shipped."""
    facts: list[tuple[str, Callable[[Kind], Any], Callable[[Any], str]]] = [
        (_("Gravité"), lambda one: one.severity, lambda value: str(Severity(value).label)),
        (_("Responsable"), lambda one: one.owner_role, lambda value: str(value.label)),
        (_("Acquitter sous"), lambda one: one.acknowledge_within, lapse),
        (_("Résoudre sous"), lambda one: one.resolve_within, lapse),
        (
            _("Heures ouvrées"),
            lambda one: one.in_working_time,
            lambda value: _("oui") if value else _("non"),
        ),
    ]
    other = [
        {"label": label, "here": words(of(rule)), "shipped": words(of(was))}
        for label, of, words in facts
        if of(rule) != of(was)
    ]
    if isinstance(rule, Rule) and rule.renamed:
        relations = ", ".join(one.relation for one in rule.renamed.values())
        shipped = ", ".join(rule.renamed)
        if relations != shipped:
            other.append({"label": _("Tables lues"), "here": relations, "shipped": shipped})
    return other


def _episodes(
    rule: Kind, sources: list[OnSource], weekly: Mapping[tuple[str, str], list[int]]
) -> list[int]:
    """By week, on the sources where the rule is in force."""
    counts = [
        weekly[one.source, rule.code]
        for one in sources
        if (one.view.rules or not isinstance(rule, Rule)) and (one.source, rule.code) in weekly
    ]
    return [sum(week) for week in zip(*counts, strict=True)] or [0] * WEEKS


def _weekly(sources: list[str]) -> dict[tuple[str, str], list[int]]:
    until = timezone.now()
    values: dict[str, Any] = {
        "until": until,
        "since": until - timedelta(weeks=WEEKS),
        "actions": OPENED,
        "sources": sources,
    }
    weekly: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0] * WEEKS)
    with connection.cursor() as cursor:
        cursor.execute(_WEEKLY, values)
        for source, code, weeks_ago, number in cursor.fetchall():
            weekly[source, code][WEEKS - 1 - min(weeks_ago, WEEKS - 1)] += number
    return dict(weekly)

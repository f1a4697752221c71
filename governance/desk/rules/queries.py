"""The catalogue's figures: each rule with its thresholds, its last proof, and what it finds; reads only."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection
from django.db.models import Count
from django.utils import timezone
from django.utils.safestring import SafeString

from alerts.kinds import Kind, reader_language
from alerts.models import ACTIVE, Alert
from governance.core.identity.roles import CONSOLE_SOURCE
from governance.core.web.markdown import prose_html
from integrity.proofs.current import Proved, source_proofs
from integrity.proofs.models import RuleProof
from integrity.proofs.runs import proofs_latest
from integrity.rules.catalog import DEPOT, Pack, pack_of
from integrity.rules.rule import Rule
from integrity.scans.kinds import ViewRead, view_read

WEEKS = 12
OPENED = ["alert.open", "alert.reopen"]

# Per rule and week, episodes that began: a range of seq in the index on (action, seq), found through the
# index on `at`, which never falls as seq rises. Row security keeps it to the reader's sources.
_WEEKLY = """
SELECT check_code, floor(extract(epoch FROM %(until)s::timestamptz - at) / 604800)::int AS weeks_ago,
       count(*)
FROM ledger_entry
WHERE action = ANY (%(actions)s) AND source = ANY (%(sources)s) AND check_code IS NOT NULL
  AND seq >= (SELECT coalesce(min(seq), 0) FROM (
        SELECT seq FROM ledger_entry WHERE at > %(since)s ORDER BY at, seq LIMIT 1) AS first)
  AND at > %(since)s
GROUP BY 1, 2
"""


@dataclass(frozen=True)
class OnSource:
    """A rule on one source. `installed`: its version there, empty where the view does not hold it.

    `proof`: the one that holds there, whose verdict and instant belong together; None is unknown.
    """

    source: str
    view: ViewRead
    installed: str
    proof: Proved | None
    found_now: int

    @property
    def verdict(self) -> str:
        return self.proof.verdict if self.proof else ""


@dataclass(frozen=True)
class RuleCard:
    """One rule as the catalogue shows it, on each source of the reader that uses its pack.

    `pack`: its title. `reference`: its last proof on the reference depot in this version, which says nothing
    of any source.
    `weekly`: episodes begun on sources whose view is ours, the oldest week first; None for a reader who may
    not read the history.
    """

    rule: Rule
    pack: str
    title: str
    description: str
    parameters: list[dict[str, str]]
    sources: list[OnSource]
    reference: RuleProof | None
    weekly: list[int] | None

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


def rule_cards(*, sources: Iterable[str], history: Iterable[str]) -> list[RuleCard]:
    """Every shipped rule, by code, on these sources; as many queries, whatever the number of rules.

    `history`: the sources whose history the reader may read.
    """
    counted = (
        Alert.objects.filter(status__in=ACTIVE)
        .values_list("source", "check_code")
        .annotate(number=Count("pk"))
        .order_by()
    )
    found = {(source, code): number for source, code, number in counted}
    proved = list(source_proofs(sorted(sources)).values())
    reference = {one.code: one for one in proofs_latest().filter(source="")}
    ours = [one for one in sorted(history) if view_read(one).rules]
    weekly = _weekly(ours) if history else None
    return [
        _card(
            rule,
            pack,
            [
                OnSource(
                    source=one.source,
                    view=one.view,
                    installed=one.view.rules.get(rule.code, ""),
                    proof=one.proofs.get(rule.code),
                    found_now=found.get((one.source, rule.code), 0) if one.view.rules else 0,
                )
                for one in proved
                if pack_of(one.source) == pack
            ],
            reference.get(rule.code),
            weekly,
        )
        for pack in (pack_of(DEPOT), pack_of(CONSOLE_SOURCE))
        for rule in pack.rules.values()
    ]


def runbook_html(kind: Kind) -> SafeString:
    """The runbook as HTML, without its first heading; raw HTML in the file is shown as text."""
    text = kind.runbook.read_text(encoding="utf-8")
    return prose_html(text.partition("\n")[2])


def _card(
    rule: Rule,
    pack: Pack,
    sources: list[OnSource],
    reference: RuleProof | None,
    weekly: Mapping[str, list[int]] | None,
) -> RuleCard:
    language = reader_language()
    return RuleCard(
        rule=rule,
        pack=pack.title.in_(language),
        title=rule.title.in_(language),
        description=rule.description(language),
        parameters=[
            {
                "label": parameter.label.in_(language),
                "text": parameter.text(language),
                "source": parameter.source,
            }
            for parameter in rule.parameters.values()
        ],
        sources=sources,
        reference=reference if reference and reference.version == rule.version else None,
        weekly=None if weekly is None else weekly.get(rule.code, [0] * WEEKS),
    )


def _weekly(sources: list[str]) -> dict[str, list[int]]:
    until = timezone.now()
    values: dict[str, Any] = {
        "until": until,
        "since": until - timedelta(weeks=WEEKS),
        "actions": OPENED,
        "sources": sources,
    }
    weekly: dict[str, list[int]] = defaultdict(lambda: [0] * WEEKS)
    with connection.cursor() as cursor:
        cursor.execute(_WEEKLY, values)
        for code, weeks_ago, number in cursor.fetchall():
            weekly[code][WEEKS - 1 - min(weeks_ago, WEEKS - 1)] += number
    return dict(weekly)

"""The catalogue's figures: each rule with its thresholds, its last proof, and what it finds; reads only."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Count
from django.utils import timezone
from django.utils.safestring import SafeString

from alerts.models import ACTIVE, Alert
from governance.prose import prose_html
from integrity.catalog import ROOT, Rule, catalog
from integrity.models import RuleProof
from integrity.present import reader_language
from integrity.proving import proofs_latest

WEEKS = 12
OPENED = ["alert.open", "alert.reopen"]

# Per rule and week, episodes that began: a range of seq in the index on (action, seq), found through the
# index on `at`, which never falls as seq rises. Row security keeps it to the reader's sources.
_WEEKLY = """
SELECT check_code, floor(extract(epoch FROM %(until)s::timestamptz - at) / 604800)::int AS weeks_ago,
       count(*)
FROM ledger_entry
WHERE action = ANY (%(actions)s) AND check_code IS NOT NULL
  AND seq >= (SELECT coalesce(min(seq), 0) FROM (
        SELECT seq FROM ledger_entry WHERE at > %(since)s ORDER BY at, seq LIMIT 1) AS first)
  AND at > %(since)s
GROUP BY 1, 2
"""


@dataclass(frozen=True)
class RuleCard:
    """One rule as the catalogue shows it.

    `weekly`: episodes begun, the oldest week first; None for a reader who may not read the history.
    """

    rule: Rule
    title: str
    description: str
    parameters: list[dict[str, str]]
    found_now: int
    proofs: list[RuleProof]
    weekly: list[int] | None

    @property
    def verdict(self) -> str:
        """The worst verdict of the last proofs of this version; empty when none was made: unknown."""
        order = RuleProof.Verdict.values
        current = [one.verdict for one in self.proofs if one.version == self.rule.version]
        return min(current, key=order.index) if current else ""

    @property
    def proved_at(self) -> datetime | None:
        return min((one.proved_at for one in self.proofs), default=None)

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


def rule_cards(*, with_weeks: bool) -> list[RuleCard]:
    """Every shipped rule, by code; three queries, whatever the number of rules."""
    found = dict(
        Alert.objects.filter(status__in=ACTIVE)
        .values_list("check_code")
        .annotate(number=Count("pk"))
        .order_by()
    )
    proofs: dict[str, list[RuleProof]] = defaultdict(list)
    for proof in proofs_latest():
        proofs[proof.code].append(proof)
    weekly = _weekly() if with_weeks else None
    return [_card(rule, found, proofs[rule.code], weekly) for rule in catalog().values()]


def runbook_html(rule: Rule) -> SafeString:
    """The rule's runbook as HTML, without its first heading; raw HTML in the file is shown as text."""
    text = (ROOT / rule.runbook).read_text(encoding="utf-8")
    return prose_html(text.partition("\n")[2])


def _card(
    rule: Rule,
    found: Mapping[str, int],
    proofs: Iterable[RuleProof],
    weekly: Mapping[str, list[int]] | None,
) -> RuleCard:
    language = reader_language()
    return RuleCard(
        rule=rule,
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
        found_now=found.get(rule.code, 0),
        proofs=list(proofs),
        weekly=None if weekly is None else weekly.get(rule.code, [0] * WEEKS),
    )


def _weekly() -> dict[str, list[int]]:
    until = timezone.now()
    values: dict[str, Any] = {
        "until": until,
        "since": until - timedelta(weeks=WEEKS),
        "actions": OPENED,
    }
    weekly: dict[str, list[int]] = defaultdict(lambda: [0] * WEEKS)
    with connection.cursor() as cursor:
        cursor.execute(_WEEKLY, values)
        for code, weeks_ago, number in cursor.fetchall():
            weekly[code][WEEKS - 1 - min(weeks_ago, WEEKS - 1)] += number
    return dict(weekly)

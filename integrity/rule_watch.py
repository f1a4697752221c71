"""Each rule with what it found and what its proof said; "0" counts only beside a proof. Reads scans only."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.urls import reverse

from integrity.catalog import catalog
from integrity.models import RuleProof, Scan, ScanOutcome
from integrity.present import reader_language
from integrity.standing import Standing

BAR = 60  # width of the longest bar, in the units of its drawing


def rule_watch(
    standings: Iterable[Standing], proofs: Iterable[RuleProof], episodes: Mapping[str, int]
) -> list[dict[str, Any]]:
    """Rows of the table "per rule", most episodes first; one look-up per source."""
    findings: dict[str, int] = {}
    for standing in standings:
        scan = (
            Scan.objects.filter(source=standing.slug, outcome=ScanOutcome.COMPLETE)
            .order_by("-number")
            .first()
        )
        if scan is None:
            continue
        for code in {*scan.rules, *scan.per_code}:
            findings[code] = findings.get(code, 0) + int(scan.per_code.get(code, 0))
    verdicts: dict[str, list[RuleProof]] = {}
    for proof in proofs:
        verdicts.setdefault(proof.code, []).append(proof)
    most = max(episodes.values(), default=0)
    language = reader_language()
    rows = []
    for code in {*findings, *episodes}:
        rule = catalog().get(code)
        count = episodes.get(code, 0)
        worst = sorted(
            verdicts.get(code, []), key=lambda one: one.verdict == RuleProof.Verdict.PROUVEE
        )
        rows.append(
            {
                "code": code,
                "title": rule.title.in_(language) if rule else code,
                "findings": findings.get(code),
                "episodes": count,
                "bar": str(round(BAR * count / most)) if most else "0",
                "verdict": worst[0].get_verdict_display() if worst else "",
                "is_proved": bool(worst) and worst[0].verdict == RuleProof.Verdict.PROUVEE,
                "url": f"{reverse('integrity')}?check_code={code}",
            }
        )
    return sorted(rows, key=lambda row: (-row["episodes"], -(row["findings"] or 0), row["code"]))

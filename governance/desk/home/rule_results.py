"""Each rule with what it found and what its proofs said; "0" counts only beside a proof. Reads scans only."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode

from alerts.kinds import kinds_now, reader_language
from governance.core.identity.roles import CONSOLE_SOURCE
from integrity.proofs.current import SourceProof, worst
from integrity.proofs.models import RuleProof
from integrity.scans.freshness import Freshness
from integrity.scans.models import Scan, ScanOutcome

BAR = 60  # width of the longest bar, in the units of its drawing


def rule_watch(
    freshness: Iterable[Freshness],
    proofs: Mapping[str, SourceProof],
    episodes: Mapping[tuple[str, str], int],
) -> list[dict[str, Any]]:
    """Rows of the table "per rule", most episodes first; one look-up per source.

    A code that means different things on two sources has two rows. `episodes`: by source and code.
    """
    language, kind_of = reader_language(), kinds_now()
    rows: dict[tuple[str, str], dict[str, Any]] = {}

    def row_of(source: str, code: str) -> dict[str, Any]:
        kind = kind_of(code, source) or kind_of(code, CONSOLE_SOURCE)  # what concerns a source
        title = kind.title.in_(language) if kind else code
        nothing: dict[str, Any] = {"findings": None, "episodes": 0, "verdicts": {}}
        return rows.setdefault((code, title), {"code": code, "title": title, **nothing})

    for standing in freshness:
        scan = (
            Scan.objects.filter(source=standing.slug, outcome=ScanOutcome.COMPLETE)
            .order_by("-number")
            .first()
        )
        if scan is None:
            continue
        for code in {*scan.compiled_rules, *scan.per_code}:
            row = row_of(standing.slug, code)
            row["verdicts"][standing.slug] = ""
            # What it found then says nothing of now; nor does what was not read.
            if standing.state != "ok" or code in scan.unread:
                row["is_unknown"] = True
            row["findings"] = (row["findings"] or 0) + int(scan.per_code.get(code, 0))
    for (source, code), count in episodes.items():
        row = row_of(source, code)
        row["episodes"] += count
        row["verdicts"][source] = ""
    most = max((row["episodes"] for row in rows.values()), default=0)
    for row in rows.values():
        for source in row["verdicts"]:
            proof = proofs[source].proofs.get(row["code"]) if source in proofs else None
            row["verdicts"][source] = proof.verdict if proof else ""
        if row.pop("is_unknown", False):
            row["findings"] = None
        verdict = worst(row["verdicts"].values())
        asked = {"check_code": row["code"], "source": sorted(row["verdicts"])}
        row |= {
            "bar": str(round(BAR * row["episodes"] / most)) if most else "0",
            "verdict": str(RuleProof.Verdict(verdict).label) if verdict else "",
            "is_proved": verdict == RuleProof.Verdict.PROUVEE,
            "url": f"{reverse('integrity')}?{urlencode(asked, doseq=True)}",
        }
    return sorted(
        rows.values(), key=lambda row: (-row["episodes"], -(row["findings"] or 0), row["code"])
    )

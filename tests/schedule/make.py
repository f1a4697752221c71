"""Scans and jobs of the past, written as the machine writes them."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from governance.core.identity.acting import acting_as_system
from governance.core.jobs.models import JobRun
from integrity.proofs.models import RuleProof
from integrity.rules.catalog import catalog
from integrity.scans.models import Scan


def scanned(
    source: str = "depot", *, ago: timedelta, outcome: str = "COMPLETE", **values: Any
) -> Scan:
    """A scan that began so long ago and took 1.5 s."""
    at = timezone.now() - ago
    times = {"started_at": at, "finished_at": at + timedelta(seconds=1.5)}
    with acting_as_system("scan"):
        return Scan.objects.create(source=source, outcome=outcome, **(times | values))


def job_ran(key: str, source: str = "", **values: Any) -> JobRun:
    with acting_as_system("schedule"):
        return JobRun.objects.create(
            key=key, source=source, **({"known_since": timezone.now()} | values)
        )


VIEW_HASH = "0" * 64  # of the view that `ours_scanned` read


def ours_scanned(source: str = "depot", **values: Any) -> Scan:
    """A complete scan, a second ago, of the view that our catalogue makes."""
    rules = {code: rule.version for code, rule in catalog().items()}
    told: dict[str, Any] = {"ago": timedelta(seconds=1), "rules": rules, "view_hash": VIEW_HASH}
    return scanned(source, **(told | values))


def proved(
    code: str = "STOCK_NEGATIF", verdict: str = "PROUVEE", source: str = "depot", **values: Any
) -> RuleProof:
    """A proof of an hour ago, of the rule as `ours_scanned` read it."""
    told = {
        "version": catalog()[code].version,
        "through": "view",
        "text_sha256": VIEW_HASH,
        "proved_at": timezone.now() - timedelta(hours=1),
    }
    with acting_as_system("proofs"):
        return RuleProof.objects.create(
            source=source, code=code, verdict=verdict, **(told | values)
        )

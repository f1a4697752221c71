"""What changed in a view that drifted, or below it, as its alert's page shows it: kept texts, compared."""

import difflib
from typing import Any

from django.http import HttpRequest

from alerts.models import Alert
from governance.core.identity.roles import CONSOLE_SOURCE
from integrity.scans.eyes.drift import VIEW_DRIFT
from integrity.scans.models import ViewDefinition

LINES_SHOWN = 400
LINE_SHOWN = 1_000  # characters
WHOLE_SHOWN = 100_000  # characters

_HASHES = ("expected_sha256", "view_sha256", "expected_evidence_sha256", "evidence_sha256")

_KINDS = {"+": "added", "-": "removed", "@": "place", " ": "same"}


def view_change_context(request: HttpRequest, alert: Alert) -> dict[str, Any]:
    """Context of `_view_change.html` for an alert about a drift; empty for any other."""
    if alert.source != CONSOLE_SOURCE or alert.check_code != VIEW_DRIFT:
        return {}
    hashes = {key: str(alert.payload.get(key, "")) for key in _HASHES}
    kept = {
        one.view_hash: one
        for one in ViewDefinition.objects.filter(
            source=alert.entity_id, view_hash__in=list(hashes.values())
        )
    }
    expected, found, expected_evidence, evidence = (kept.get(value) for value in hashes.values())
    lines = _lines(expected_evidence, evidence) + _lines(expected, found)
    return {
        **hashes,
        "expected_known": expected is not None,
        "expected_since": expected.first_seen_at if expected else None,
        "found_since": found.first_seen_at if found else None,
        "lines": lines[:LINES_SHOWN],
        "lines_total": len(lines),
        "whole": found.definition[:WHOLE_SHOWN] if found and expected is None else "",
    }


def _lines(expected: ViewDefinition | None, found: ViewDefinition | None) -> list[dict[str, str]]:
    if expected is None or found is None:
        return []
    compared = difflib.unified_diff(
        expected.definition.splitlines(), found.definition.splitlines(), lineterm="", n=3
    )
    return [
        {"kind": _KINDS[line[0]], "text": line[:LINE_SHOWN]}
        for line in list(compared)[2:]  # without the two lines that name files
    ]

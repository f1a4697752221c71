"""What `/health` says of the record: what its last verification found, and when; a stranger may read it."""

from typing import Any

from governance.ledger.queries import last_verification


def ledger() -> dict[str, Any]:
    """State `whole`, `broken` or `unknown` (never verified), and when that was found (UTC)."""
    found = last_verification()
    if found is None:
        return {"state": "unknown", "verified_at": None}
    return {
        "state": "whole" if found.is_whole else "broken",
        "verified_at": found.at.isoformat(),
    }

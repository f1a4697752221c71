"""What `/health` says of the record: what its last verification found, and when."""

from typing import Any

from governance.core.ledger.queries import verification_for_all
from governance.core.web.http import Access


def ledger(reader: Access | None) -> str | dict[str, Any]:
    """State `whole`, `broken` or `unknown` (never verified); to somebody signed in also since when (UTC)."""
    found = verification_for_all(reads_history=True)
    state = "unknown" if found is None else "whole" if found.is_whole else "broken"
    if reader is None:
        return state
    return {"state": state, "verified_at": found and found.at.isoformat()}

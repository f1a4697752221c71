"""What operations say of the record: what its last verification found, and whether its key can sign."""

import tempfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from governance.core.capability import Check
from governance.core.ledger.queries import verification_for_all
from governance.core.ledger.verification.keys import KeyUnusable, private_key_load
from governance.core.ledger.verification.memory import MemoryUnusable, path_here, recall
from governance.core.web.http import Access

VERIFIED_WITHIN = timedelta(days=2)  # it is verified every night


def ledger(reader: Access | None) -> str | dict[str, Any]:
    """State `whole`, `broken` or `unknown` (never verified); to somebody signed in also since when (UTC)."""
    found = verification_for_all(reads_history=True)
    state = "unknown" if found is None else "whole" if found.is_whole else "broken"
    if reader is None:
        return state
    return {"state": state, "verified_at": found and found.at.isoformat()}


def preflight() -> Iterator[Check]:
    """The key, the memory outside of the database, and the last verification."""
    yield _key()
    yield _memory()
    found = verification_for_all(reads_history=False)
    if found is None:
        yield Check("ledger", "warn", "never verified; run `manage.py ledger_verify`")
    elif not found.is_whole:
        yield Check("ledger", "fail", "the last verification found it broken")
    elif timezone.now() - found.at > VERIFIED_WITHIN:
        yield Check("ledger", "fail", f"last verified at {found.at:%Y-%m-%dT%H:%MZ}")
    else:
        yield Check("ledger", "ok", f"whole at {found.at:%Y-%m-%dT%H:%MZ}")


def _key() -> Check:
    if not settings.LEDGER_SIGNING_KEY_FILE:
        return Check("signing key", "warn", "LEDGER_SIGNING_KEY_FILE is not set: nothing is signed")
    try:
        private_key_load(Path(settings.LEDGER_SIGNING_KEY_FILE))
    except KeyUnusable as error:
        return Check("signing key", "fail", f"LEDGER_SIGNING_KEY_FILE: {error}")
    return Check("signing key", "ok", "can sign")


def _memory() -> Check:
    folder = Path(settings.LEDGER_MEMORY_DIR)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            recall(path_here())
    except (OSError, MemoryUnusable) as error:
        return Check("ledger memory", "fail", f"LEDGER_MEMORY_DIR: {error}")
    return Check("ledger memory", "ok", "can be written")

"""What operations say of the record: what its last verification found, and whether its key can sign."""

import tempfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from math import inf
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import timezone

from governance.core.capability import Check, Gauge
from governance.core.ledger.models import LedgerHead
from governance.core.ledger.queries import (
    LastVerification,
    last_checkpoint,
    verification_for_all,
)
from governance.core.ledger.verification.delivery import ways
from governance.core.ledger.verification.keys import KeyUnusable, private_key_load
from governance.core.ledger.verification.memory import MemoryUnusable, path_here, recall
from governance.core.ledger.waiting import ledger_waiting
from governance.core.web.http import Access

VERIFIED_WITHIN = timedelta(days=2)  # it is verified every night


def ledger(reader: Access | None) -> str | dict[str, Any]:
    """State `whole`, `broken` or `unknown` (never verified); to somebody signed in also since when (UTC)."""
    found = verification_for_all(reads_history=True)
    state = _state(found)
    if reader is None:
        return state
    return {
        "state": state,
        "verified_at": found and found.at.isoformat(),
        "age_s": int(_age(timezone.now(), found.at)) if found else None,
    }


def _state(found: LastVerification | None) -> str:
    return "unknown" if found is None else "whole" if found.is_whole else "broken"


def metrics() -> Iterator[Gauge]:
    """How long the chain is, and what is known of it."""
    now = timezone.now()
    # The number alone: the head's instant is -infinity before the first entry.
    length = LedgerHead.objects.values_list("seq", flat=True).first() or 0
    yield Gauge("governance_ledger_entries", "Entries of the chain.", {(): length})
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_total_relation_size('ledger_entry')")
        (size,) = cursor.fetchone()
    yield Gauge("governance_ledger_bytes", "Its size on disk, with indexes.", {(): size})
    waiting = ledger_waiting()
    yield Gauge(
        "governance_ledger_waiting_entries",
        "Committed entries that wait for their hash.",
        {(): waiting.entries},
    )
    yield Gauge(
        "governance_ledger_waiting_seconds",
        "Since the oldest of them was committed.",
        {(): _age(now, waiting.since) if waiting.since else 0.0},
    )
    found, signed = verification_for_all(reads_history=True), last_checkpoint()
    yield Gauge(
        "governance_ledger_state",
        "1 for what the last verification found, 0 for the others.",
        {(state,): float(state == _state(found)) for state in ("whole", "broken", "unknown")},
        ("state",),
    )
    yield Gauge(
        "governance_ledger_verification_age_seconds",
        "Since the last verification; +Inf: never.",
        {(): _age(now, found.at if found else None)},
    )
    yield Gauge(
        "governance_ledger_checkpoint_age_seconds",
        "Since the last signed checkpoint; +Inf: never.",
        {(): _age(now, signed.at if signed else None)},
    )


def _age(now: datetime, at: datetime | None) -> float:
    return inf if at is None else max(0.0, (now - at).total_seconds())


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
    if not ways():
        said = "can sign, and CHECKPOINT_FOLDER, _MAIL and _URL are not set: nothing leaves the machine"
        return Check("signing key", "warn", said)
    return Check("signing key", "ok", f"can sign; leaves by {', '.join(ways())}")


def _memory() -> Check:
    folder = Path(settings.LEDGER_MEMORY_DIR)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            recall(path_here())
    except (OSError, MemoryUnusable) as error:
        return Check("ledger memory", "fail", f"LEDGER_MEMORY_DIR: {error}")
    return Check("ledger memory", "ok", "can be written")

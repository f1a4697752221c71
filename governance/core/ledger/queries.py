"""What pages ask about the ledger itself: when it was last verified and last signed."""

from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from governance.core.cache.per_state import once_per_state
from governance.core.capability import registry
from governance.core.identity.acting import acting_as_system
from governance.core.ledger.models import LedgerEntry
from governance.core.ledger.verification.definitions import Drift, State
from governance.core.ledger.verification.memory import Known
from governance.core.ledger.verification.signing import SIGNED
from governance.core.ledger.verification.verify import IDENTITY, VERIFIED, Fault


@dataclass(frozen=True)
class LastVerification:
    """`asked_by` is a person's uuid or `system:<name>`; `last_seq` is how far the chain was read.

    `read_after`: after which entry, 0 where from the beginning.
    """

    at: datetime
    asked_by: str
    entries: int
    last_seq: int
    first_bad: int | None
    fault: Fault | None
    checkpoints: tuple[int, ...]
    drifts: tuple[Drift, ...]
    known: Known | None
    expected: Known | None
    accepted: str
    read_after: int = 0

    @property
    def is_whole(self) -> bool:
        return self.first_bad is None


@dataclass(frozen=True)
class LastCheckpoint:
    at: datetime
    seq: int
    hash: str
    public_key: str


def last_verification() -> LastVerification | None:
    """The newest verification that the reader may see, which is whoever reads any history.

    Only the machine's own: formerly a person could note one.
    """
    entry = _newest(VERIFIED)
    if entry is None:
        return None
    details = entry.after or {}
    return LastVerification(
        at=entry.at,
        asked_by=details.get("asked_by") or entry.actor,
        entries=details["entries"],
        last_seq=details["last_seq"],
        first_bad=details["first_bad"],
        fault=Fault(details["fault"]) if details["fault"] else None,
        checkpoints=tuple(details["checkpoints"]),
        # An entry older than these comparisons has none of them.
        drifts=tuple(Drift(one["name"], State(one["state"])) for one in details.get("drifts", ())),
        known=_known(details.get("known")),
        expected=_known(details.get("expected")),
        accepted=details.get("accepted", ""),
        read_after=details.get("read_after", 0),
    )


def last_whole_reading() -> LedgerEntry | None:
    """The newest verification that read the ledger from its beginning."""
    return _own(VERIFIED).exclude(after__has_key="read_after").order_by("-seq").first()


@once_per_state
def verification_for_all(*, reads_history: bool) -> LastVerification | None:
    """The newest verification, for whoever reads a page, also one who reads no history."""
    with nullcontext() if reads_history else acting_as_system(IDENTITY):
        return last_verification()


def is_known_broken(*, reads_history: bool) -> bool:
    """Whether the newest verification found the record broken; without one nothing is known."""
    found = verification_for_all(reads_history=reads_history)
    return found is not None and not found.is_whole


def _known(fields: dict[str, Any] | None) -> Known | None:
    return Known(**fields) if fields else None


def last_checkpoint() -> LastCheckpoint | None:
    """The newest signed checkpoint; its file is not here, that is the point of it."""
    entry = _newest(SIGNED)
    if entry is None:
        return None
    details = entry.after or {}
    return LastCheckpoint(
        at=entry.at, seq=details["seq"], hash=details["hash"], public_key=details["public_key"]
    )


def _newest(action: str) -> LedgerEntry | None:
    return _own(action).order_by("-seq").first()


def _own(action: str) -> QuerySet[LedgerEntry]:
    """The entries of an action that only the machine may note."""
    machine = f"system:{registry().actions[action].system}"
    return LedgerEntry.objects.filter(action=action, actor=machine)

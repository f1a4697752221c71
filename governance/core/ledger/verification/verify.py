"""Checks the chain against itself, the program, the memory and checkpoints, and enters each check.

What is asked of the database are statements of this program's; see chain.sql and definitions.sql.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.db import DatabaseError, connection, models, transaction
from django.utils.translation import gettext_lazy as _

from governance.core.capability import registry
from governance.core.identity.acting import acting_as_system
from governance.core.ledger.notes import ledger_note
from governance.core.ledger.verification.checkpoints import Checkpoint
from governance.core.ledger.verification.definitions import (
    Drift,
    State,
    check_sql,
    definitions,
    drifts,
    plain_session,
)
from governance.core.ledger.verification.memory import (
    Known,
    Memory,
    MemoryUnusable,
    are_others_known,
    path_here,
    recall,
    remember,
)

IDENTITY = "verify"
VERIFIED = "ledger.verify"
GENESIS = "00" * 32
# Entries that one statement reads: no snapshot of a long verification is older than a second or two.
PIECE = 500_000
TABLES = {f"table ledger_{name}" for name in ("entry", "head", "batch", "pending")}
logger = logging.getLogger(__name__)


class Fault(models.TextChoices):
    """What is wrong at the first bad number."""

    MISSING = "MISSING", _("cette entrée manque")
    CONTENT = "CONTENT", _("le contenu ne correspond pas à son empreinte")
    LINK = "LINK", _("l’entrée ne continue pas la précédente")
    TIME = "TIME", _("l’entrée est plus ancienne que la précédente")
    HEAD = "HEAD", _("l’entrée n’est pas celle que la tête du registre annonce")
    CHECKPOINT = (
        "CHECKPOINT",
        _("le jalon signé en connaît une autre : réécriture ici ou avant"),
    )
    MEMORY = "MEMORY", _("ce n’est plus la chaîne que la console avait déjà vérifiée")
    DERIVED = "DERIVED", _("ce que la console en a retenu n’est pas ce que disent ses entrées")
    DEFINITION = "DEFINITION", _("la base n’exécute pas ce que le programme y a installé")


# With these no entry is known to be wrong.
NO_ENTRY = (Fault.DERIVED, Fault.DEFINITION)


@dataclass(frozen=True)
class Verification:
    """`entries` read up to `last_seq`; whole when `first_bad` is None. Hashes in hex.

    `read_after`: the entry after which was read, the end of an earlier verification; 0 where all was read.
    `known` is what was remembered outside the database, None when nothing was; `expected` the part of it
    that the chain contradicts. `waiting`: entries that were committed and are chained in a moment. With the
    fault DERIVED the entries are as written, and what is kept of those up to `first_bad` is not. With the
    fault DEFINITION no entry is known to be wrong: `first_bad` is the first that was not yet verified when
    everything was as installed.
    """

    entries: int
    last_seq: int
    last_hash: str
    first_bad: int | None = None
    fault: Fault | None = None
    checkpoints: tuple[int, ...] = ()
    drifts: tuple[Drift, ...] = ()
    known: Known | None = None
    expected: Known | None = None
    others_known: bool = False
    accepted: str = ""
    waiting: int = 0
    read_after: int = 0
    seconds: float = 0.0
    is_recorded: bool = True

    @property
    def is_whole(self) -> bool:
        return self.first_bad is None

    @property
    def end(self) -> Known:
        """The end of this chain, as it is remembered."""
        return Known(self.last_seq, self.last_hash, datetime.now(UTC).isoformat(timespec="seconds"))


class TooLong(RuntimeError):
    """More entries would have to be read than the caller wants to wait for."""


# What stands in the ledger's place is not the ledger; nothing of it is read.
UNREADABLE = Verification(0, 0, GENESIS)


def ledger_verify(
    *,
    by: UUID | None = None,
    checkpoints: Sequence[Checkpoint] = (),
    accepted: str = "",
    at_most: int | None = None,
) -> Verification:
    """Check the whole chain and enter the result, with the name of the person `by` who asked for it.

    A chain longer than `at_most` entries is read on from where the last verification ended, as it is
    remembered outside the database; raises TooLong where that is more than `at_most`, too.

    The machine computed it, so the machine says so: a person cannot enter a verification.

    A chain that agrees with itself but not with a checkpoint or with the memory was cut or recomputed:
    `first_bad` is then the first missing number, or the lowest number that disagrees. `accepted` is the
    reason why a chain that contradicts the memory, such as a restored backup, is nevertheless the one to
    go on with. Raises MemoryUnusable when it cannot be read what was remembered.
    """
    started = time.monotonic()
    with acting_as_system(IDENTITY):
        found = chain_check(accepted=accepted, at_most=at_most)
        for checkpoint in sorted(checkpoints, key=lambda c: c.seq):
            found = _compare(found, checkpoint)
    found = replace(found, seconds=time.monotonic() - started)
    try:
        with acting_as_system(IDENTITY):
            _note(found, by)
            if found.is_whole:
                chain_remember(found)
    except DatabaseError:
        if found.is_whole:
            raise
        # A record too broken to extend, its head lost: saying so matters more than entering it.
        found = replace(found, is_recorded=False)
    # Once all is committed: in this transaction, which may be a person's page, nobody else writes.
    transaction.on_commit(partial(_tell, found))
    return found


def _tell(found: Verification) -> None:
    """Let the rooms raise or close their alerts about it."""
    for tell in registry().after_verification:
        try:
            tell(found)
        except DatabaseError:
            # A record too broken to extend takes no alert either; whoever asked is told what was found.
            logger.exception("no alarm could be raised about the ledger")


def chain_check(*, accepted: str = "", at_most: int | None = None) -> Verification:
    """The chain against itself, the program and the memory; enters nothing. See `ledger_verify`.

    Inside `acting_as_system`: a person sees only a part of it.
    """
    with plain_session():
        changed = drifts(definitions())
        path = path_here()
        memory = recall(path)
        found = UNREADABLE
        if not _stand_in(changed):
            found = _read(memory.verified if memory else None, at_most)
        for known in memory.all if memory and found is not UNREADABLE else ():
            found = _agree(found, known, accepted)
        if found.is_whole:
            found = _derived(found)
    found = replace(
        found,
        drifts=changed,
        known=memory.verified if memory else None,
        others_known=memory is None and are_others_known(path),
    )
    if changed and found.first_bad is None:
        since = min(memory.verified.seq if memory else 0, found.last_seq) + 1
        found = replace(found, first_bad=since, fault=Fault.DEFINITION)
    return found


def _derived(found: Verification) -> Verification:
    """What rooms keep of the entries that were read must be what these say."""
    told = [derived(found.read_after, found.last_seq) for derived in registry().derived]
    bad = min((seq for seq in told if seq is not None), default=None)
    return found if bad is None else replace(found, first_bad=bad, fault=Fault.DERIVED)


def chain_remember(found: Verification, *, is_signed: bool = False) -> None:
    """Keep the end of a whole chain outside the database, once the transaction has committed."""
    with plain_session():
        path = path_here()
    end = found.end

    def write() -> None:
        try:
            before = None if found.accepted else recall(path)
            after = before.after(end) if before else Memory(end)
            remember(path, replace(after, signed=end) if is_signed else after)
        except MemoryUnusable:
            logger.exception("the end of the verified ledger could not be remembered")

    transaction.on_commit(write)


def _stand_in(changed: Sequence[Drift]) -> bool:
    """Whether something else, such as a view, may stand where a table of the ledger should."""
    missing = {drift.name for drift in changed if drift.state == State.MISSING}
    return not missing.isdisjoint(TABLES)


def _read(known: Known | None, at_most: int | None) -> Verification:
    """The chain in pieces, from its beginning or, where it is longer than `at_most`, from what is known."""
    end = _end()
    start = Known(0, GENESIS, "")
    if at_most is not None and end > at_most:
        if known is None or end - known.seq > at_most:
            raise TooLong
        if (
            _hash_of(known.seq) == known.hash
        ):  # else all of it tells better where it is another chain
            start = known
    found = replace(UNREADABLE, last_seq=start.seq, last_hash=start.hash, read_after=start.seq)
    for upto in (*range(start.seq + PIECE, end, PIECE), None):
        found = _read_on(found, upto)
        if found.first_bad is not None:
            break
    return found


def _read_on(found: Verification, upto: int | None) -> Verification:
    """What was found so far, and the entries after it up to number `upto`, None: to the end."""
    place: dict[str, Any] = {
        "after": found.last_seq,
        "prev": bytes.fromhex(found.last_hash),
        "upto": upto,
    }
    with connection.cursor() as cursor:
        cursor.execute(check_sql("chain"), place)
        entries, last_seq, last_hash, first_bad, fault, waiting = cursor.fetchone()
    return replace(
        found,
        entries=found.entries + entries,
        last_seq=last_seq,
        last_hash=bytes(last_hash).hex() if last_hash else GENESIS,
        first_bad=first_bad,
        fault=Fault(fault) if fault else None,
        waiting=waiting,
    )


def _end() -> int:
    """The number that the head gives for the last entry; 0 without a head."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_catalog.max(seq) FROM public.ledger_head")
        (seq,) = cursor.fetchone()
    return seq or 0


def _agree(found: Verification, known: Known, accepted: str) -> Verification:
    """The chain must still hold what was known of it, unless a person accepts that it does not."""
    if known.seq == 0 or (known.seq <= found.last_seq and _hash_of(known.seq) == known.hash):
        return found
    if accepted:
        return replace(found, accepted=accepted, expected=found.expected or known)
    seq = min(known.seq, found.last_seq + 1)
    if found.first_bad is not None and found.first_bad <= seq:
        return found
    return replace(found, first_bad=seq, fault=Fault.MEMORY, expected=known)


def _compare(found: Verification, checkpoint: Checkpoint) -> Verification:
    found = replace(found, checkpoints=(*found.checkpoints, checkpoint.seq))
    if checkpoint.seq > found.last_seq:
        return _worse(found, found.last_seq + 1, Fault.MISSING)
    if checkpoint.seq and _hash_of(checkpoint.seq) != checkpoint.hash:
        return _worse(found, checkpoint.seq, Fault.CHECKPOINT)
    return found


def _hash_of(seq: int) -> str | None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT hash FROM public.ledger_entry WHERE seq OPERATOR(pg_catalog.=) %s", [seq]
        )
        row = cursor.fetchone()
    return bytes(row[0]).hex() if row and row[0] is not None else None


def _worse(found: Verification, seq: int, fault: Fault) -> Verification:
    if found.fault != Fault.DEFINITION and found.first_bad is not None and found.first_bad <= seq:
        return found
    return replace(found, first_bad=seq, fault=fault)


def _note(found: Verification, by: UUID | None) -> None:
    ledger_note(
        action=VERIFIED,
        subject_id="chain",
        details={
            "whole": found.is_whole,
            "entries": found.entries,
            "last_seq": found.last_seq,
            "last_hash": found.last_hash,
            "first_bad": found.first_bad,
            "fault": found.fault,
            "checkpoints": found.checkpoints,
            "drifts": [asdict(drift) for drift in found.drifts],
            "known": found.known and asdict(found.known),
            "expected": found.expected and asdict(found.expected),
            "accepted": found.accepted,
            "milliseconds": round(found.seconds * 1000),
            **({"waiting": found.waiting} if found.waiting else {}),
            **({"read_after": found.read_after} if found.read_after else {}),
            **({"asked_by": str(by)} if by else {}),
        },
    )

"""Checks the chain against itself and against checkpoints, and enters each check into the ledger."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import DatabaseError, connection, models
from django.utils.translation import gettext_lazy as _

from governance.ledger.models import LedgerEntry
from governance.ledger.notes import Deed, ledger_note
from governance.sql import acting_as_system

if TYPE_CHECKING:
    from governance.ledger.checkpoints import Checkpoint

IDENTITY = "verify"
VERIFIED = Deed("ledger.verify", "ledger", system=IDENTITY)
GENESIS = "00" * 32


class Fault(models.TextChoices):
    """What is wrong at the first bad number."""

    MISSING = "MISSING", _("cette entrée manque")
    CONTENT = "CONTENT", _("le contenu ne correspond pas à son empreinte")
    LINK = "LINK", _("l’entrée ne continue pas la précédente")
    HEAD = "HEAD", _("l’entrée n’est pas celle que la tête du registre annonce")
    CHECKPOINT = (
        "CHECKPOINT",
        _("le point de contrôle signé en connaît une autre : réécriture ici ou avant"),
    )


@dataclass(frozen=True)
class Verification:
    """`entries` read up to `last_seq`; whole when `first_bad` is None. Hashes in hex."""

    entries: int
    last_seq: int
    last_hash: str
    first_bad: int | None = None
    fault: Fault | None = None
    checkpoints: tuple[int, ...] = ()
    seconds: float = 0.0
    is_recorded: bool = True

    @property
    def is_whole(self) -> bool:
        return self.first_bad is None


def ledger_verify(
    *, by: UUID | None = None, checkpoints: Sequence[Checkpoint] = ()
) -> Verification:
    """Check the whole chain and enter the result, with the name of the person `by` who asked for it.

    The machine computed it, so the machine says so: a person cannot enter a verification.

    A chain that agrees with itself but not with a checkpoint was cut or recomputed: `first_bad` is then
    the first missing number, or the number of the lowest checkpoint that disagrees.
    """
    started = time.monotonic()
    with acting_as_system(IDENTITY):
        found = chain_check()
        for checkpoint in sorted(checkpoints, key=lambda c: c.seq):
            found = _compare(found, checkpoint)
    found = replace(found, seconds=time.monotonic() - started)
    try:
        with acting_as_system(IDENTITY):
            _note(found, by)
    except DatabaseError:
        if found.is_whole:
            raise
        # A record too broken to extend, its head lost: saying so matters more than entering it.
        return replace(found, is_recorded=False)
    return found


def chain_check() -> Verification:
    """The chain against itself. Inside `acting_as_system`: a person sees only a part of it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT entries, last_seq, last_hash, first_bad, fault FROM ledger_check()")
        entries, last_seq, last_hash, first_bad, fault = cursor.fetchone()
    return Verification(
        entries=entries,
        last_seq=last_seq,
        last_hash=bytes(last_hash).hex() if last_hash else GENESIS,
        first_bad=first_bad,
        fault=Fault(fault) if fault else None,
    )


def _compare(found: Verification, checkpoint: Checkpoint) -> Verification:
    found = replace(found, checkpoints=(*found.checkpoints, checkpoint.seq))
    if checkpoint.seq > found.last_seq:
        return _worse(found, found.last_seq + 1, Fault.MISSING)
    if checkpoint.seq:
        entry = LedgerEntry.objects.filter(seq=checkpoint.seq).values_list("hash", flat=True)
        if [bytes(value).hex() for value in entry] != [checkpoint.hash]:
            return _worse(found, checkpoint.seq, Fault.CHECKPOINT)
    return found


def _worse(found: Verification, seq: int, fault: Fault) -> Verification:
    if found.first_bad is not None and found.first_bad <= seq:
        return found
    return replace(found, first_bad=seq, fault=fault)


def _note(found: Verification, by: UUID | None) -> None:
    ledger_note(
        deed=VERIFIED,
        subject_id="chain",
        details={
            "whole": found.is_whole,
            "entries": found.entries,
            "last_seq": found.last_seq,
            "last_hash": found.last_hash,
            "first_bad": found.first_bad,
            "fault": found.fault,
            "checkpoints": found.checkpoints,
            "milliseconds": round(found.seconds * 1000),
            **({"asked_by": str(by)} if by else {}),
        },
    )

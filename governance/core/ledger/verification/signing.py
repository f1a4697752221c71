"""Signs the chain's end into a checkpoint after checking the whole chain, and enters that into the ledger."""

import json
from datetime import UTC, datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings

from governance.core.identity.acting import acting_as_system
from governance.core.ledger.notes import ledger_note
from governance.core.ledger.verification import verify
from governance.core.ledger.verification.checkpoints import Checkpoint

IDENTITY = "checkpoint"
SIGNED = "ledger.checkpoint"


class ChainBroken(RuntimeError):
    """A checkpoint was asked for a chain that is not whole; carries what is wrong with it."""

    def __init__(self, finding: verify.Verification) -> None:
        self.finding = finding
        super().__init__(f"first bad seq {finding.first_bad}")


def checkpoint_create(*, key: Ed25519PrivateKey) -> str:
    """Check the whole chain, sign its end, and enter that into the ledger; gives the file's text.

    The checkpoint covers everything before its own entry. Raises ChainBroken rather than sign a chain
    that is not whole, MemoryUnusable when it cannot be read what an earlier verification knew.
    """
    with acting_as_system(IDENTITY):
        finding = verify.chain_check()
        if finding.first_bad is not None:
            raise ChainBroken(finding)
        checkpoint = Checkpoint(
            at=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            seq=finding.last_seq,
            hash=finding.last_hash,
            count=finding.entries,
            release=settings.APP_RELEASE,
            env=settings.APP_ENV,
        )
        text = checkpoint.signed_text(key)
        ledger_note(
            action=SIGNED,
            subject_id="chain",
            details=json.loads(text),
        )
        verify.chain_remember(finding, is_signed=True)
    return text

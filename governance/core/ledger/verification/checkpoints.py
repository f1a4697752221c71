"""A checkpoint: the chain's end at one instant, signed; small enough to leave the machine by mail."""

import json
from dataclasses import asdict, dataclass
from typing import Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from governance.core.ledger.verification.keys import public_key_hex

FORMAT = "governance-ledger-checkpoint/1"


class CheckpointUnusable(ValueError):
    """A file that is no checkpoint, or one that this key did not sign."""


@dataclass(frozen=True)
class Checkpoint:
    """`count` entries, the last of which is number `seq` and has `hash`; at `at` (UTC)."""

    at: str
    seq: int
    hash: str
    count: int
    release: str
    env: str
    format: str = FORMAT

    def message(self) -> bytes:
        """What is signed: the fields as JSON, keys sorted, no spaces, ASCII only."""
        return json.dumps(asdict(self), sort_keys=True, separators=(",", ":")).encode("ascii")

    def signed_text(self, key: Ed25519PrivateKey) -> str:
        """The content of a checkpoint file."""
        signature = key.sign(self.message()).hex()
        fields = asdict(self) | {"public_key": public_key_hex(key.public_key())}
        return json.dumps(fields | {"signature": signature}, indent=2) + "\n"

    @classmethod
    def from_signed_text(cls, text: str, key: Ed25519PublicKey) -> Self:
        """Read a checkpoint file. Raises CheckpointUnusable if `key` did not sign exactly this."""
        try:
            fields = json.loads(text)
            signature = bytes.fromhex(fields.pop("signature"))
            fields.pop("public_key", None)  # a convenience for people; it proves nothing
            checkpoint = cls(**fields)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise CheckpointUnusable(f"no checkpoint file: {error}") from error
        if checkpoint.format != FORMAT:
            raise CheckpointUnusable(f"unknown format {checkpoint.format!r}")
        try:
            key.verify(signature, checkpoint.message())
        except InvalidSignature as error:
            raise CheckpointUnusable("the signature is not of this key and content") from error
        return checkpoint

"""Every action that the program notes in the ledger, from where each is written; `migrate` enforces it."""

from governance import record
from governance.core.ledger import checkpoints, export, verify
from governance.core.ledger.notes import Deed
from integrity.proofs import runs as proving
from integrity.scans import scan
from integrity.sources import installs

DEEDS: tuple[Deed, ...] = (
    verify.VERIFIED,
    checkpoints.SIGNED,
    *export.EXPORTED.values(),
    *scan.RECORDED,
    proving.PROVED,
    installs.INSTALLED,
    record.REPLAYED,
)

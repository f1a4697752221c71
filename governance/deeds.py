"""Every action that the program notes in the ledger, from where each is written; `migrate` enforces it."""

from governance import record
from governance.ledger import checkpoints, export, verify
from governance.ledger.notes import Deed
from integrity import proving, scan

DEEDS: tuple[Deed, ...] = (
    verify.VERIFIED,
    checkpoints.SIGNED,
    *export.EXPORTED.values(),
    *scan.RECORDED,
    proving.PROVED,
    record.REPLAYED,
)

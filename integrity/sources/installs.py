"""Owns which views the console put into a database: the ledger knows their texts, and no comment can say so.

Anybody who holds a source can write the comment that an installation writes.
"""

from collections.abc import Mapping

from governance.core.identity.acting import acting_as_system
from governance.core.ledger.models import LedgerEntry
from governance.core.ledger.notes import ledger_note
from integrity.sources.installed_view import InstalledView

IDENTITY = "install"
ACTION, SUBJECT = "view.install", "view"


def install_note(view: InstalledView) -> None:
    """Enter in the ledger that this view, as the database stores it, was put there by us.

    Raises django.db.Error where the console's database cannot be asked.
    """
    with acting_as_system(IDENTITY):
        if not install_is_known(view):
            ledger_note(action=ACTION, subject_id=view.definition_hash, details=_said(view))


def install_is_known(view: InstalledView) -> bool:
    """Whether the ledger, as far as the acting person reads it, knows this text with these versions."""
    entries = LedgerEntry.objects.filter(
        subject_type=SUBJECT,
        subject_id=view.definition_hash,
        action=ACTION,
    )
    return _said(view) in entries.values_list("after", flat=True)


def _said(view: InstalledView) -> Mapping[str, object]:
    return {"rules": view.rule_versions, "definition_sha256": view.compiled_hash}

"""What adoption brings: the job that watches the packs, and what is kept of what it found."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from governance.core.capability import ROWS, Capability, Field, LedgerAction, Schedule
from governance.core.ledger.models import LedgerEntry
from integrity.adoption import watching


def _facts(entry: LedgerEntry, names: Mapping[str, str]) -> dict[str, Any]:
    return {"version": entry.values.get("version", "—")}


CAPABILITY = Capability(
    actions={
        watching.ADAPTED: LedgerAction(
            _("Règles adaptées"),
            _("%(who)s a relevé l’adaptation %(version)s des règles de %(on)s"),
            subject_type=watching.SUBJECT,
            system=watching.IDENTITY,
        ),
        # Recorded by the trigger of source_retirement.
        "source.retire": LedgerAction(
            _("Source retirée"),
            _("%(who)s a retiré la source %(on)s"),
            note=lambda entry: str(entry.values.get("note", "")),
        ),
    },
    facts={"adaptation": _facts},
    fields={
        "tables": Field(_("Tables d’un autre nom")),
        "columns": Field(_("Colonnes d’un autre nom")),
        "assumptions": Field(_("Hypothèses")),
    },
    schedules=(
        Schedule(
            key="packs",
            label=_("Examen des paquets de règles"),
            command=("pack", "watch"),
            limit_s=120,
            cron="*/5 * * * *",
            answers=frozenset({0, 1}),  # a rule that cannot be used has its alert
        ),
    ),
    identities={watching.IDENTITY: _("L’examen des paquets")},
    tables={
        "rule_fault": ROWS,
        "source_report": ("SELECT", "INSERT", "UPDATE"),
        "source_retirement": ("SELECT", "INSERT"),
    },
    record=("source_retirement",),
    urls=("integrity.adoption.urls",),
)

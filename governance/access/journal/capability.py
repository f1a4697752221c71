"""What the journal brings: its page, its nightly purge, and what the database lets it do."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from governance.access.journal import note
from governance.core.capability import (
    OWNER_ALONE,
    Capability,
    Field,
    LedgerAction,
    MenuEntry,
    Schedule,
)
from governance.core.ledger.models import LedgerEntry


def _facts(entry: LedgerEntry, names: Mapping[str, str]) -> dict[str, Any]:
    count = entry.values.get("forgotten")
    lines = count if isinstance(count, int) else 0
    return {"forgotten": ngettext("%(n)s ligne", "%(n)s lignes", lines) % {"n": lines}}


CAPABILITY = Capability(
    menu=(MenuEntry("access_journal", _("Journal"), group=_("Accès")),),
    urls=("governance.access.journal.urls",),
    schedules=(
        Schedule(
            key="access_tidy",
            label=_("Ménage du journal des accès"),
            command=("access_tidy",),
            limit_s=600,
            cron="40 1 * * *",
        ),
    ),
    actions={
        "journal.purge": LedgerAction(
            _("Journal des accès purgé"),
            _("%(who)s a effacé du journal des accès %(forgotten)s de plus de 90 jours"),
            subject_type="journal",
            system=note.IDENTITY,
        )
    },
    facts={"journal": _facts},
    fields={"forgotten": Field(_("Lignes effacées"))},
    identities={note.IDENTITY: _("Le journal des accès")},
    tables={
        "access_event": ("SELECT", "INSERT", "DELETE"),
        "access_burst": OWNER_ALONE,
    },
    functions=("access_note", "access_tidy"),
)

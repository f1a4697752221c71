"""What calendars bring: their page, their table, and what the ledger says of a change."""

from django.utils.translation import gettext_lazy as _

from alerts.calendars.models import Moved
from alerts.calendars.services import IDENTITY
from governance.core.capability import Capability, Field, LedgerAction

# Recorded by the trigger of source_calendar.
CAPABILITY = Capability(
    urls=("alerts.calendars.urls",),
    actions={
        "calendar.set": LedgerAction(
            _("Calendrier"), _("%(who)s a dit quand travaille %(on)s : les échéances suivent")
        ),
    },
    fields={
        "zone": Field(_("Fuseau horaire")),
        "hours": Field(_("Heures, du lundi au dimanche")),
        "holidays": Field(_("Jours fériés")),
        "moved": Field(_("Férié un dimanche"), choices=dict(Moved.choices)),
    },
    identities={IDENTITY: _("La ligne de commande")},
    tables={"source_calendar": ("SELECT", "INSERT")},
    record=("source_calendar",),
)

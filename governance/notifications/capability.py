"""What notifications bring: their work, their tables, and what the ledger says of channels and messages."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from governance.core.capability import (
    Capability,
    Errand,
    Field,
    LedgerAction,
    MenuEntry,
    Panel,
    Schedule,
)
from governance.core.ledger.models import LedgerEntry
from governance.core.web.templatetags.ui import instant_parse, moment, number
from governance.notifications.deliveries.panel import told_context
from governance.notifications.models import Family
from governance.notifications.outbox import health
from governance.notifications.outbox.clock import IDENTITY
from governance.notifications.outbox.work import TASK, work


def _facts(entry: LedgerEntry, names: Mapping[str, str]) -> dict[str, Any]:
    known = entry.values
    ends_at = instant_parse(str(known.get("ends_at")))
    return {
        "channel": known.get("channel") or known.get("name") or "",
        "person": names.get(str(known.get("person"))) or str(known.get("channel") or ""),
        "until": moment(ends_at) if ends_at else "",
    }


def _purge(entry: LedgerEntry, names: Mapping[str, str]) -> dict[str, Any]:
    count = entry.values.get("forgotten")
    gone = count if isinstance(count, int) else 0
    return {
        "forgotten": ngettext("%(n)s message", "%(n)s messages", gone) % {"n": number(gone)},
        "days": entry.values.get("days"),
    }


# Recorded by the triggers of channel, delivery and maintenance_window.
ACTIONS = {
    "channel.create": LedgerAction(
        _("Canal ajouté"), _("%(who)s a ajouté le canal « %(channel)s »")
    ),
    "channel.change": LedgerAction(
        _("Canal modifié"), _("%(who)s a modifié le canal « %(channel)s »")
    ),
    "channel.test": LedgerAction(
        _("Canal essayé"), _("%(who)s a envoyé un essai par le canal « %(channel)s »")
    ),
    "delivery.replay": LedgerAction(
        _("Message rejoué"), _("%(who)s a fait renvoyer un message abandonné à %(person)s")
    ),
    "maintenance.open": LedgerAction(
        _("Silence de maintenance"),
        _("%(who)s suspend les messages sur %(on)s jusqu’au %(until)s"),
    ),
    "maintenance.end": LedgerAction(
        _("Fin du silence"), _("%(who)s a mis fin au silence sur %(on)s")
    ),
    "messages.purge": LedgerAction(
        _("Messages effacés"),
        _("%(who)s a effacé %(forgotten)s de plus de %(days)s jours"),
        subject_type="outbox",
        system=IDENTITY,
    ),
}

GROUP = _("Messages")
_MAILBOX = MenuEntry("mailbox", _("Boîte de démonstration"), group=GROUP)
MAILBOX = (_MAILBOX,) if settings.APP_ENV == "local" else ()

CAPABILITY = Capability(
    menu=(
        MenuEntry(
            "notifications", _("Envoyés"), below=("/governance/notifications/",), group=GROUP
        ),
        MenuEntry("notifications_dead", _("Abandonnés"), group=GROUP),
        MenuEntry(
            "notifications_channels",
            _("Canaux"),
            below=("/governance/notifications/channels/",),
            group=GROUP,
        ),
        MenuEntry("notifications_maintenance", _("Maintenance"), group=GROUP),
        *MAILBOX,
    ),
    urls=("governance.notifications.urls",),
    panels=(Panel("alert", "notifications/_told.html", told_context),),
    schedules=(
        Schedule(
            key="notify",
            label=_("Messages à remettre"),
            command=("notify",),
            limit_s=120,
            cron="* * * * *",
        ),
        Schedule(
            key="messages_tidy",
            label=_("Ménage des anciens messages"),
            command=("messages_tidy",),
            limit_s=600,
            cron="50 1 * * *",
        ),
    ),
    errands=(Errand(TASK, work, limit_s=120),),
    actions=ACTIONS,
    facts={**dict.fromkeys(("channel", "delivery", "maintenance"), _facts), "messages": _purge},
    fields={
        "channel": Field(_("Canal")),
        "name": Field(_("Nom du canal")),
        "family": Field(_("Famille"), choices=dict(Family.choices)),
        "is_on": Field(_("En service")),
        "hint": Field(_("Adresse")),
        "may_be_private": Field(_("Adresse privée permise")),
        "secret_changed": Field(_("Secret remplacé")),
        "days": Field(is_shown=False),  # its sentence says it
        "person": Field(_("Destinataire"), is_person=True),
    },
    identities={IDENTITY: _("L’avertisseur")},
    tables={
        "channel": ("SELECT", "INSERT", "UPDATE"),
        "notification": ("SELECT", "INSERT", "UPDATE"),
        "notice": ("SELECT", "INSERT", "UPDATE"),
        "delivery": ("SELECT", "INSERT", "UPDATE"),
        "delivery_attempt": ("SELECT", "INSERT", "UPDATE"),
        "maintenance_window": ("SELECT", "INSERT", "UPDATE"),
    },
    record=("notification", "notice", "delivery", "delivery_attempt", "maintenance_window"),
    functions=("notification_wake", "messages_tidy"),
    health={"outbox": health.outbox},
    metrics={"outbox": health.metrics},
)

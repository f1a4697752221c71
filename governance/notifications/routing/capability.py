"""What routing brings: its pages and tables, the escalation, and what the ledger says of them."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from governance.core.capability import Capability, Field, LedgerAction, MenuEntry, Schedule
from governance.core.identity.roles import Role
from governance.core.ledger.models import LedgerEntry
from governance.core.web.templatetags.ui import instant_parse, moment
from governance.notifications.routing.escalation import ACTIONS, IDENTITY
from governance.notifications.routing.models import Target


def _route(entry: LedgerEntry, names: Mapping[str, str]) -> dict[str, Any]:
    known = entry.values
    target = str(known.get("target") or "")
    named = known.get("channel") or names.get(str(known.get("person")))
    if target == Target.ROLE and known.get("role") in Role.values:
        named = Role(str(known["role"])).label
    return {"told": named or (Target(target).label if target in Target.values else "")}


def _turn(entry: LedgerEntry, names: Mapping[str, str]) -> dict[str, Any]:
    known = entry.values
    starts, ends = (instant_parse(str(known.get(name))) for name in ("starts_at", "ends_at"))
    return {
        "person": names.get(str(known.get("person"))),
        "since": moment(starts) if starts else "",
        "until": moment(ends) if ends else "",
    }


CAPABILITY = Capability(
    menu=(
        MenuEntry("notification_routing", _("Qui est prévenu"), group=_("Messages")),
        MenuEntry("on_call", _("Astreinte"), group=_("Messages")),
    ),
    urls=("governance.notifications.routing.urls",),
    schedules=(
        Schedule(
            key="escalate",
            label=_("Alertes critiques sans réponse"),
            command=("escalate",),
            limit_s=60,
            cron="* * * * *",
        ),
    ),
    actions={
        # Recorded by the triggers of notification_route and on_call_turn.
        "route.add": LedgerAction(
            _("Acheminement"), _("%(who)s fait prévenir « %(told)s » des alertes de %(on)s")
        ),
        "route.remove": LedgerAction(
            _("Acheminement retiré"),
            _("%(who)s ne fait plus prévenir « %(told)s » des alertes de %(on)s"),
        ),
        "on_call.say": LedgerAction(
            _("Astreinte"),
            _("%(who)s a confié le téléphone de %(on)s à %(person)s du %(since)s au %(until)s"),
            note=lambda entry: str(entry.values.get("reason", "")),
        ),
        ACTIONS[1]: LedgerAction(
            _("Sans réponse : au directeur"),
            _("Personne n’a acquitté « %(what)s » à temps : le directeur est prévenu"),
            subject_type="escalation",
            system=IDENTITY,
        ),
        ACTIONS[2]: LedgerAction(
            _("Sans réponse : au président"),
            _("Toujours personne n’a acquitté « %(what)s » : le président est prévenu"),
            subject_type="escalation",
            system=IDENTITY,
        ),
    },
    facts={"route": _route, "on_call": _turn},
    fields={
        "target": Field(_("Destinataire"), choices=dict(Target.choices)),
        "quiet_from": Field(_("Silence dès")),
        "quiet_until": Field(_("Silence jusqu’à")),
        "due": Field(_("Échéance"), write=moment),
    },
    identities={IDENTITY: _("L’escalade")},
    tables={
        "notification_route": ("SELECT", "INSERT", "DELETE"),
        "on_call_turn": ("SELECT", "INSERT"),
    },
    functions=("on_call_is_own",),
    record=("on_call_turn",),
)

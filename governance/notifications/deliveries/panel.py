"""“Qui a été prévenu, quand”, on an alert's page."""

from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from alerts.kinds import kinds_on
from alerts.models import Alert
from governance.core.identity.people import names_of
from governance.core.identity.roles import Role
from governance.core.identity.sources import source_name
from governance.core.web.http import ConsoleRequest
from governance.notifications.deliveries.queries import TOLD_LIMIT, is_decided, told_of
from governance.notifications.messages.links import OPENED
from governance.notifications.models import Delivery, DeliveryState, Kind, Notice, NoticeState
from governance.notifications.outbox.untold import UNTOLD


def told_context(request: ConsoleRequest, alert: Alert) -> dict[str, Any]:
    """Nothing where nobody was asked for yet. Who follows the link of the own message is noted to have."""
    _opened(request)
    told = told_of(alert)
    if not told and not is_decided(alert):
        return {}
    names = names_of(one.person_id for one in told if one.person_id)
    return {
        "told": [_line(one, names) for one in told],
        "is_cut": len(told) == TOLD_LIMIT,
        "nobody": _nobody(alert, told, names),
    }


def _opened(request: ConsoleRequest) -> None:
    try:
        message = UUID(request.GET.get(OPENED, ""))
    except ValueError:
        return
    own = Delivery.objects.filter(pk=message, person_id=request.user.pk, opened_at=None)
    own.update(opened_at=timezone.now())


def _nobody(alert: Alert, told: list[Notice], names: dict[Any, str]) -> str:
    """Who was asked for in vain, and why; empty where somebody was told of this episode, or will be."""
    asked = [one for one in told if one.episode == alert.episode and one.kind != Kind.RESOLVED]
    if any(not _is_bad(one) for one in asked) or not (asked or is_decided(alert)):
        return ""
    if not asked:
        kind = kinds_on(alert.source).get(alert.check_code)
        return _(
            "aucun compte ni canal à qui le dire sur « %(source)s » (sans ligne d’acheminement qui "
            "s’applique, c’est le rôle %(role)s)."
        ) % {
            "source": source_name(alert.concerns),
            "role": Role(kind.owner_role if kind else Role.DIRECTEUR).label,
        }
    why = {_who(one, names): _why(one) for one in reversed(asked)}  # the last word on each
    return " ; ".join(f"{who} ({reason})" for who, reason in why.items()) + "."


def _why(notice: Notice) -> str:
    if notice.delivery:
        return _("message abandonné")
    return str(notice.get_obstacle_display()) or _("injoignable")


def _is_bad(notice: Notice) -> bool:
    given_up = bool(notice.delivery and notice.delivery.state == DeliveryState.DEAD)
    return given_up or notice.state == NoticeState.UNREACHABLE


def _who(notice: Notice, names: dict[Any, str]) -> str:
    return names.get(notice.person_id, "") if notice.person_id else notice.channel.name


def _line(notice: Notice, names: dict[Any, str]) -> dict[str, Any]:
    delivery = notice.delivery
    return {
        "kind": notice.get_kind_display(),
        "who": _who(notice, names),
        "is_late": bool(notice.notification.said.get(UNTOLD)),
        "channel": notice.channel.name,
        "decided_at": notice.decided_at,
        "state": _state(notice),
        "is_bad": _is_bad(notice),
        "obstacle": notice.get_obstacle_display() if notice.obstacle else "",
        "delivery": delivery,
        "attempts": delivery.attempts if delivery else 0,
    }


def _state(notice: Notice) -> str:
    if notice.delivery:
        return str(notice.delivery.get_state_display())
    if notice.state == NoticeState.MOOT:
        return _("sans objet : terminé ou acquitté avant l’envoi")
    return str(notice.get_state_display())

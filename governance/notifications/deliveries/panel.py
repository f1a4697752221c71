"""“Qui a été prévenu, quand”, on an alert's page."""

from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from alerts.models import Alert
from governance.core.identity.people import names_of
from governance.core.web.http import ConsoleRequest
from governance.notifications.deliveries.queries import TOLD_LIMIT, told_of
from governance.notifications.messages.links import OPENED
from governance.notifications.models import Delivery, DeliveryState, Notice, NoticeState


def told_context(request: ConsoleRequest, alert: Alert) -> dict[str, Any]:
    """Nothing where nobody was chosen yet. Who follows the link of the own message is noted to have."""
    _opened(request)
    told = told_of(alert)
    if not told:
        return {}
    names = names_of(one.person_id for one in told if one.person_id)
    return {
        "told": [_line(one, names) for one in told],
        "is_cut": len(told) == TOLD_LIMIT,
    }


def _opened(request: ConsoleRequest) -> None:
    try:
        message = UUID(request.GET.get(OPENED, ""))
    except ValueError:
        return
    own = Delivery.objects.filter(pk=message, person_id=request.user.pk, opened_at=None)
    own.update(opened_at=timezone.now())


def _line(notice: Notice, names: dict[Any, str]) -> dict[str, Any]:
    delivery = notice.delivery
    return {
        "kind": notice.get_kind_display(),
        "who": names.get(notice.person_id, "") if notice.person_id else notice.channel.name,
        "channel": notice.channel.name,
        "decided_at": notice.decided_at,
        "state": _state(notice),
        "is_bad": bool(delivery and delivery.state == DeliveryState.DEAD)
        or notice.state == NoticeState.UNREACHABLE,
        "delivery": delivery,
        "attempts": delivery.attempts if delivery else 0,
    }


def _state(notice: Notice) -> str:
    if notice.delivery:
        return str(notice.delivery.get_state_display())
    if notice.state == NoticeState.MOOT:
        return _("sans objet : terminé avant l’envoi")
    return str(notice.get_state_display())

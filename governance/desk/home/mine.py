"""What waits for the reader, first on the home page of whoever acts: mine, my signature, late, nobody's."""

from collections.abc import Mapping
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import TextField, Value
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from alerts.kinds import kinds_now, message_in_words
from alerts.kinds.due import late_limits
from alerts.models import Alert
from alerts.queries import ORDER, AlertFilter, counters_today
from governance.core.cache.per_state import once_per_state
from governance.core.identity.roles import Permission
from governance.core.web.http import ConsoleRequest
from governance.desk.alerts.filters import ME, NOBODY, OVERDUE, SIGNATURE

SHOWN = 2  # alerts of each queue; the rest is one click away


class Queue(NamedTuple):
    """One of the reader's queues: what selects it, and what a list's address calls that."""

    name: str
    asked: AlertFilter
    address: tuple[str, str]


def mine_context(request: ConsoleRequest) -> list[dict[str, Any]]:
    """The reader's queues as `governance/_mine.html` takes them; none for whoever only reads."""
    access = request.access
    if not (access.may(Permission.COMMENT) or access.may(Permission.ACT)):
        return []
    sources = access.sources[Permission.VIEW]
    queues = _queues(sources, request.user.pk, signs=access.may(Permission.ACT))
    # What is late or nobody's is said by the sentences below; what is the reader's own is said here.
    own = tuple(one for one in queues if one.name in ("mine", "signature"))
    first = _first(own, sources)
    titles = {
        "mine": _("À ma charge"),
        "signature": _("Attend ma signature"),
        "late": _("En retard"),
        "nobody": _("À la charge de personne"),
    }
    return [
        {
            "name": one.name,
            "title": titles[one.name],
            "count": counters_today(one.asked, sources).total,
            "url": f"{reverse('integrity')}?{urlencode([one.address])}",
            "first": first.get(one.name, []),
        }
        for one in queues
    ]


def _queues(sources: frozenset[str], person: UUID, *, signs: bool) -> list[Queue]:
    late = late_limits(timezone.now(), sources)
    found = [Queue("mine", AlertFilter(assignee=person), ("assignee", ME))]
    if signs:
        found.append(Queue("signature", AlertFilter(signature_of=person), ("waits", SIGNATURE)))
    found.append(Queue("late", AlertFilter(late=late), ("due", OVERDUE)))
    found.append(Queue("nobody", AlertFilter(unassigned=True), ("assignee", NOBODY)))
    return found


def _first(
    queues: tuple[Queue, ...], sources: frozenset[str]
) -> Mapping[str, list[dict[str, Any]]]:
    """The gravest alerts of each queue by its name, in words."""
    kind_of = kinds_now()
    found: dict[str, list[dict[str, Any]]] = {}
    for name, one in _gravest(queues, sources):
        kind = kind_of(one.check_code, one.source)
        message = message_in_words(one.message, one.payload, one.rule_version, kind)
        line = {
            "url": reverse("alert", args=[one.pk]),
            "severity": one.severity,
            "message": message,
        }
        found.setdefault(name, []).append(line)
    return found


@once_per_state
def _gravest(queues: tuple[Queue, ...], sources: frozenset[str]) -> list[tuple[str, Alert]]:
    """The first SHOWN alerts of each queue, with its name. One query for the ids, one for the alerts."""
    branches = [
        ORDER.ordered(one.asked.apply().filter(concerns__in=sources))
        .annotate(queue=Value(one.name, TextField()))
        .values_list("queue", "pk")[:SHOWN]
        for one in queues
    ]
    first, *others = branches
    chosen = list(first.union(*others, all=True) if others else first)
    alerts = ORDER.ordered(Alert.objects.filter(pk__in={pk for _queue, pk in chosen}))
    return [(name, one) for one in alerts for name, pk in chosen if pk == one.pk]

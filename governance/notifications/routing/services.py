"""Answers who is told of an alert at a moment, of the rows that administrators wrote; sends nothing."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext_lazy as _lazy

from alerts.calendars.queries import calendar_row
from alerts.kinds import kinds_on
from alerts.models import Alert, Severity
from governance.core.identity.models import SourceRole
from governance.core.identity.people import people
from governance.core.identity.roles import Role
from governance.core.identity.sources import source_name
from governance.notifications.routing.models import NotificationRoute, OnCallTurn, Target

OWNER, ROUTED, ON_CALL, DIRECTOR, PCA = "owner", "routed", "on_call", "director", "pca"
# Who is told at each step of the escalation, and why.
STEPS = {1: (Role.DIRECTEUR, DIRECTOR), 2: (Role.PCA, PCA)}
# Why somebody is told, as the foot of a message says it.
REASONS = {
    OWNER: _lazy(
        "Vous recevez ce message parce que cette règle vous charge d’agir sur « %(source)s »."
    ),
    ROUTED: _lazy(
        "Vous recevez ce message parce que l’acheminement de « %(source)s » vous désigne."
    ),
    ON_CALL: _lazy("Vous recevez ce message parce que vous avez le téléphone de « %(source)s »."),
    DIRECTOR: _lazy(
        "Vous recevez ce message parce que personne n’a acquitté à temps sur « %(source)s », dont vous "
        "êtes directeur."
    ),
    PCA: _lazy(
        "Vous recevez ce message parce que ni le responsable ni le directeur n’ont acquitté à temps "
        "sur « %(source)s »."
    ),
    "told": _lazy("Vous recevez ce message parce que vous avez été prévenu du début."),
}


@dataclass(frozen=True)
class Recipient:
    """`channel_id` None: mail to the person's address; `person_id` None: whoever reads the channel.

    `reason` is a word of REASONS; `not_before`: the end of quiet hours.
    """

    person_id: UUID | None
    channel_id: UUID | None
    reason: str
    not_before: datetime | None = None


def recipients(alert: Alert, *, at: datetime, step: int) -> list[Recipient]:
    """Whoever acts sees the people of the source; the answer depends on source, check code, severity and
    assignee alone, so the planner asks once for all alerts that share them.
    """
    source = alert.concerns
    if step:
        role, reason = STEPS[step]
        return [Recipient(one, None, reason) for one in _holders(source, role)]
    routes = NotificationRoute.objects.filter(
        Q(source="") | Q(source=source),
        Q(severity="") | Q(severity=alert.severity),
        Q(check_code="") | Q(check_code=alert.check_code),
    ).order_by("made_at", "pk")
    zone = zone_of(source)
    found: dict[tuple[UUID | None, UUID | None], Recipient] = {}
    for route in routes:
        until = None if alert.severity == Severity.CRITICAL else quiet_until(route, at, zone)
        for one in _of_route(route, source, alert, at, until):
            known = found.get((one.person_id, one.channel_id))
            # Told by two rows, somebody is told by the one that does not wait.
            if known is None or (known.not_before and _is_sooner(one, known)):
                found[one.person_id, one.channel_id] = one
    if not routes:
        return [Recipient(one, None, OWNER) for one in _owners(alert)]
    return list(found.values())


def on_call(source: str, at: datetime) -> UUID | None:
    """Who has the telephone of a source then; None for nobody."""
    covering = OnCallTurn.objects.filter(source=source, starts_at__lte=at, ends_at__gt=at)
    last = covering.order_by("-made_at", "-pk").first()
    return last.person_id if last else None


def zone_of(source: str) -> ZoneInfo:
    """By whose clock a source's nights are counted."""
    row = calendar_row(source)
    return ZoneInfo(row.zone if row else settings.TIME_ZONE)


def quiet_until(route: NotificationRoute, at: datetime, zone: ZoneInfo) -> datetime | None:
    """When the route's quiet hours end; None outside of them."""
    if route.quiet_from is None or route.quiet_until is None:
        return None
    here = at.astimezone(zone)
    now, since, until = here.time(), route.quiet_from, route.quiet_until
    is_over_midnight = since > until
    is_quiet = (now >= since or now < until) if is_over_midnight else since <= now < until
    if not is_quiet:
        return None
    day = here.date() + timedelta(days=1 if is_over_midnight and now >= since else 0)
    return datetime.combine(day, until, zone)


def reason_text(reason: str, source: str) -> str:
    """In the active language; empty for a reason that has no words."""
    words = REASONS.get(reason)
    return str(words) % {"source": source_name(source)} if words else ""


def _of_route(
    route: NotificationRoute, source: str, alert: Alert, at: datetime, until: datetime | None
) -> Iterable[Recipient]:
    if route.target == Target.CHANNEL:
        return [Recipient(None, route.channel_id, ROUTED, until)]
    if route.target == Target.PERSON:
        return [Recipient(route.person_id, None, ROUTED, until)]
    if route.target == Target.ROLE:
        return [Recipient(one, None, ROUTED, until) for one in _holders(source, Role(route.role))]
    if person := on_call(source, at):
        return [Recipient(person, None, ON_CALL, until)]
    return [Recipient(one, None, OWNER, until) for one in _owners(alert)]


def _is_sooner(one: Recipient, known: Recipient) -> bool:
    return one.not_before is None or bool(known.not_before and one.not_before < known.not_before)


def _owners(alert: Alert) -> list[UUID]:
    """The rule's owner; of a finding of the console's own its administrators."""
    kind = kinds_on(alert.source).get(alert.check_code)
    return _holders(alert.concerns, kind.owner_role if kind else Role.DIRECTEUR)


def _holders(source: str, role: Role) -> list[UUID]:
    """Who holds the role there; of what concerns no source, whoever administers one."""
    held = dict(SourceRole.objects.filter(source=source).values_list("user_id", "role"))
    found = {one for one, is_held in held.items() if is_held == role}
    if not held:
        administrators = SourceRole.objects.filter(role=Role.ADMIN)
        found = set(administrators.values_list("user_id", flat=True))
    known = [one for one in people(found).values() if one.is_active]
    return [one.id for one in sorted(known, key=lambda one: one.username)]

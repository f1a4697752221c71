"""What the pages of routing and of the telephone show, and whom an alert would be told to."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import UUID, uuid4

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from alerts.kinds import kinds_on, reader_language
from alerts.models import Alert, Severity
from governance.core.identity.models import SourceRole
from governance.core.identity.people import names_of, people
from governance.core.identity.roles import Role
from governance.notifications.models import Channel
from governance.notifications.routing.models import NotificationRoute, OnCallTurn, Target
from governance.notifications.routing.services import (
    DIRECTOR,
    ON_CALL,
    OWNER,
    PCA,
    ROUTED,
    Recipient,
    on_call,
    recipients,
    zone_of,
)

NIGHT = time(3)
WHY = {
    OWNER: _lazy("responsable de la règle"),
    ROUTED: _lazy("désigné par une ligne"),
    ON_CALL: _lazy("a le téléphone"),
    DIRECTOR: _lazy("directeur de la source"),
    PCA: _lazy("président"),
}


@dataclass(frozen=True)
class Told:
    """One line of a preview: who, by what, and when at the latest."""

    who: str
    by: str
    why: str
    not_before: datetime | None


@dataclass(frozen=True)
class Moment:
    """Whom an alert would be told to at an instant, or at a step of its escalation."""

    label: str
    at: datetime | None
    told: Sequence[Told]


def routes_shown(sources: Iterable[str]) -> list[dict[str, object]]:
    """The rows that a reader sees, with the names that they stand for."""
    rows = list(
        NotificationRoute.objects.filter(Q(source="") | Q(source__in=list(sources)))
        .select_related("channel")
        .order_by("source", "severity", "check_code", "made_at")
    )
    names = names_of({one.person_id for one in rows if one.person_id})
    return [
        {
            "id": one.pk,
            "source": one.source,
            "severity": one.severity,
            "rule": _title(one),
            "who": target_name(one, names),
            "quiet_from": one.quiet_from,
            "quiet_until": one.quiet_until,
        }
        for one in rows
    ]


def target_name(route: NotificationRoute, names: dict[UUID, str]) -> str:
    if route.target == Target.ROLE:
        return str(Role(route.role).label)
    if route.target == Target.PERSON and route.person_id:
        return names[route.person_id]
    if route.target == Target.CHANNEL and route.channel:
        return str(route.channel)
    return str(Target(route.target).label)


def people_of(sources: Iterable[str]) -> dict[UUID, str]:
    """Who holds a role on one of these sources and has an open account, by name."""
    held = SourceRole.objects.filter(source__in=list(sources)).values_list("user_id", flat=True)
    known = sorted(people(held).values(), key=lambda one: one.order)
    return {one.id: str(one) for one in known if one.is_active}


def would_be_told(source: str, check_code: str, severity: str) -> list[Moment]:
    """Of such an alert that nobody has in charge: now, at the next 3 a.m. there, at each step."""
    now = timezone.now()
    here = now.astimezone(zone_of(source))
    night = datetime.combine(here.date(), NIGHT, here.tzinfo)
    if night <= here:
        night = datetime.combine(here.date() + timedelta(days=1), NIGHT, here.tzinfo)
    alert = Alert(
        id=uuid4(),
        source=source,
        check_code=check_code,
        severity=severity,
        entity_type="",
        entity_id="",
    )
    alert.concerns = source
    asked = [(_("Maintenant"), now, 0), (_("À 3 h du matin"), night, 0)]
    if severity == Severity.CRITICAL:  # nothing else is carried on
        asked.append((_("Sans acquittement à l’échéance"), now, 1))
        asked.append((_("Après une échéance de plus"), now, 2))
    answers = [recipients(alert, at=at, step=step) for _label, at, step in asked]
    names = names_of({one.person_id for found in answers for one in found if one.person_id})
    channels = {one.pk: one.name for one in Channel.objects.all()}
    return [
        Moment(label, None if step else at, [_told(one, names, channels) for one in found])
        for (label, at, step), found in zip(asked, answers, strict=True)
    ]


def telephone(sources: Iterable[str]) -> list[dict[str, object]]:
    """By source who has the telephone now, and the turns that are not over, the last said first."""
    now, held = timezone.now(), sorted(sources)
    turns = list(
        OnCallTurn.objects.filter(source__in=held, ends_at__gt=now).order_by(
            "starts_at", "-made_at"
        )
    )
    holders = {source: on_call(source, now) for source in held}
    ids = {one.person_id for one in turns} | {one.made_by for one in turns if one.made_by}
    names = names_of(ids | {one for one in holders.values() if one})
    return [
        {
            "source": source,
            "holder": names[holder] if (holder := holders[source]) else "",
            "holder_id": holder,
            "turns": [
                {
                    "who": names[one.person_id],
                    "starts_at": one.starts_at,
                    "ends_at": one.ends_at,
                    "note": one.note,
                    "by": names[one.made_by] if one.made_by else "",
                }
                for one in turns
                if one.source == source
            ],
        }
        for source in held
    ]


def _told(one: Recipient, names: dict[UUID, str], channels: dict[UUID, str]) -> Told:
    by = channels.get(one.channel_id, "") if one.channel_id else _("courrier")
    who = names[one.person_id] if one.person_id else _("qui lit ce canal")
    return Told(who, by, str(WHY[one.reason]), one.not_before)


def _title(route: NotificationRoute) -> str:
    kind = kinds_on(route.source).get(route.check_code) if route.source else None
    return kind.title.in_(reader_language()) if kind else route.check_code

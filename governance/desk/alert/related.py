"""What stands beside an alert on its page: who takes care of it, its episodes, what was said about it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from alerts.models import ACTIVE, Alert, Cause, ClosedBecause, Decision
from alerts.presentation import label_of, loan_words, people
from alerts.related import (
    COMMENTS_SHOWN,
    EPISODES_SHOWN,
    Episode,
    alert_candidates,
    alert_comments,
    alert_episodes,
)
from governance.core.identity.models import Delegation
from governance.core.identity.roles import Permission
from governance.core.ledger.models import LedgerEntry
from governance.core.web.http import ConsoleRequest
from governance.desk.forms import AssignForm

_ACKNOWLEDGED = ("alert.ack", "alert.propose")


def candidates_named(alert: Alert) -> list[tuple[UUID, str]]:
    """Who may take care of the alert, by name; whoever does now is among them."""
    ids = {*alert_candidates(alert), *([alert.assignee] if alert.assignee else [])}
    return _by_name(people([], also=ids))


def related_context(alert: Alert, request: ConsoleRequest) -> dict[str, Any]:
    """Context of `_assignment.html`, `_episodes.html` and `_comments.html`; queries do not grow with it."""
    may = request.access.may(Permission.COMMENT, alert.source)
    comments = alert_comments(alert.pk)
    episodes = alert_episodes(alert.pk)
    candidates = set(alert_candidates(alert)) if may and alert.status in ACTIVE else set()
    actors = {UUID(actor) for one in episodes for actor in _actors(one) if ":" not in actor}
    named = people([alert], also={*candidates, *actors, *(one.author for one in comments.shown)})
    me = request.user.pk
    offered = candidates | ({alert.assignee} if alert.assignee else set())
    return {
        "assignment_template": "integrity/_assignment.html",
        "assignment": {
            "who": named.get(alert.assignee, "") if alert.assignee else "",
            "is_me": alert.assignee == me,
            "may": bool(candidates),
            "can_take": me in candidates and alert.assignee != me,
            "me": me,
            "url": reverse("alert_assign", args=[alert.pk]),
            "form": AssignForm(
                initial={"version": alert.version, "assignee": str(alert.assignee or "")},
                people=_by_name({pk: named[pk] for pk in offered}),
                auto_id="charge_%s",
            ),
        },
        "episodes": [_episode(one, named) for one in episodes],
        # numbered without gaps, so the newest number says how many there are
        "episodes_hidden": max(0, episodes[0].episode - EPISODES_SHOWN) if episodes else 0,
        "comments_template": "integrity/_comments.html",
        "comments": [
            {"who": named[one.author], "at": one.at, "body": one.body} for one in comments.shown
        ],
        "comments_total": comments.total,
        "comments_shown": COMMENTS_SHOWN,
        "comment_url": reverse("alert_comment", args=[alert.pk]) if may else "",
    }


def loans_context(alert: Alert) -> dict[str, str]:
    """By whose right each signature under the alert was given, where a delegate gave it, in words.

    As the ledger's entries said when they were signed: a loan that was ended since had a later day then. A
    reader without the history is told the lender alone, from the delegations that are theirs to see.
    """
    signed = {
        "acknowledged_loan": (alert.acknowledged_by, alert.acknowledged_at, _ACKNOWLEDGED),
        "resolved_loan": (alert.resolved_by, alert.resolved_at, ("alert.resolve",)),
        "proposed_loan": (
            alert.acceptance_proposed_by,
            alert.acceptance_proposed_at,
            ("alert.propose",),
        ),
    }
    people_signed = {person for person, _at, _actions in signed.values() if person}
    if not people_signed:
        return {}
    entries = list(
        LedgerEntry.objects.filter(
            subject_type="alert",
            subject_id=str(alert.pk),
            actor__in=[str(one) for one in people_signed],
            action__in=(*_ACKNOWLEDGED, "alert.resolve"),
        )
        .order_by("-seq")
        .values_list("actor", "action", "after")
    )
    lent: dict[str, tuple[UUID, datetime | None]] = {}
    if entries:
        for key, (person, _at, actions) in signed.items():
            told = (e[2] for e in entries if e[0] == str(person) and e[1] in actions)
            after = next(told, None) or {}
            if "delegated_by" in after:
                until = parse_datetime(after["delegated_until"])
                lent[key] = UUID(after["delegated_by"]), until
    else:
        loans = list(Delegation.objects.filter(source=alert.source, holder__in=people_signed))
        for key, (person, at, _actions) in signed.items():
            for one in loans:
                if at and one.holder_id == person and one.created_at <= at < one.ends_at:
                    # One that is over may have been ended before its day.
                    until = one.ends_at if one.ends_at > timezone.now() else None
                    lent[key] = one.granted_by, until
    named = people([], also={lender for lender, _until in lent.values()})
    return {key: loan_words(named[lender], until) for key, (lender, until) in lent.items()}


def _episode(one: Episode, named: dict[UUID, str]) -> dict[str, Any]:
    def who(actor: str | None) -> str:
        if actor is None:
            return ""
        return _("contrôle automatique") if ":" in actor else named[UUID(actor)]

    return {
        "number": one.episode,
        "opened_at": one.opened_at,
        "opened_by": who(one.opened_by),
        "opened_version": one.opened_version,
        "acknowledged_at": one.first_acknowledged_at,
        "acknowledged_by": who(one.first_acknowledged_by),
        "acknowledged_after": one.time_to_acknowledge,
        "lapses": one.lapses,
        "resolved_at": one.resolved_at,
        "resolved_by": who(one.resolved_by),
        "closed_version": one.closed_version,
        "resolved_after": one.time_to_resolve,
        "outcome": (
            label_of(Decision, one.resolution_decision)
            or label_of(Cause, one.resolution_cause)
            or label_of(ClosedBecause, one.resolution_cause)
            if one.resolved_at
            else ""
        ),
    }


def _actors(one: Episode) -> list[str]:
    named = (one.opened_by, one.first_acknowledged_by, one.resolved_by)
    return [actor for actor in named if actor]


def _by_name(named: dict[UUID, str]) -> list[tuple[UUID, str]]:
    return sorted(named.items(), key=lambda pair: (pair[1].casefold(), pair[0]))

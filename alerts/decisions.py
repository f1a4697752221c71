"""What people decided or propose about an alert, in words; reads nothing."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from alerts.models import DATED, Alert, Decision, Severity, Status
from alerts.queries import ListedAlert
from governance.core.web.templatetags.ui import duration, moment, quantity


def decision_words(decision: str | None, until: date | str | None) -> str:
    """“Acceptée jusqu’au 3 décembre 2026”; empty for what is no decision of a person."""
    if decision not in Decision.values:
        return ""
    day = parse_date(until) if isinstance(until, str) else until
    if decision not in DATED or day is None:
        return str(Decision(decision).label)
    text = _("Acceptée jusqu’au %(until)s")
    if decision == Decision.LITIGE:
        text = _("En litige jusqu’au %(until)s")
    return text % {"until": quantity(day)}


def waits(decision: Any) -> bool:
    """Whether a decision leaves the anomaly in the data until a day: it is not over, so it is not green."""
    return decision in DATED


def is_proposal(alert: Alert | ListedAlert) -> bool:
    """Whether a critical acceptance waits for its second person."""
    return (
        alert.status == Status.ACK
        and alert.severity == Severity.CRITICAL
        and alert.acceptance_proposed_by is not None
    )


def came_back(alert: Alert | ListedAlert, names: Mapping[UUID, str]) -> str:
    """That an alert which stands was resolved before in this episode, as a sentence without its end.

    Empty for one that nobody resolved, and for one that is resolved now.
    """
    at, decided_at = alert.contradicted_at, alert.contradicted_resolved_at
    if alert.status == Status.RESOLVED or at is None or decided_at is None:
        return ""
    facts = {
        "after": duration(max(at - decided_at, timedelta(0))),
        "decision": str(Decision(alert.contradicted_decision).label)
        if alert.contradicted_decision in Decision.values
        else "",
        "who": names.get(alert.contradicted_by) if alert.contradicted_by else "",
        "until": quantity(alert.contradicted_until),
    }
    if alert.contradicted_until and alert.contradicted_until < timezone.localdate(at):
        text = _(
            "revenue à l’échéance du %(until)s, après « %(decision)s » par %(who)s, avec son âge"
        )
    else:
        text = _("revenue %(after)s après « %(decision)s » par %(who)s")
    return text % facts


def decided(alert: Alert | ListedAlert, names: Mapping[UUID, str]) -> str:
    """What a person decided that closed the alert, until when, who and when; else empty."""
    if alert.status != Status.RESOLVED or alert.resolved_by is None:
        return ""
    return _("%(decision)s, par %(who)s le %(at)s") % {
        "decision": decision_words(alert.resolution_decision, alert.accepted_until),
        "who": names.get(alert.resolved_by, ""),
        "at": moment(alert.resolved_at),
    }


def awaits_second(alert: Alert | ListedAlert, names: Mapping[UUID, str]) -> str:
    """Who proposed what until when, of a critical acceptance that waits for its second person; else empty."""
    if not is_proposal(alert) or alert.acceptance_proposed_by is None:
        return ""
    return _("acceptation jusqu’au %(until)s proposée par %(who)s : à confirmer") % {
        "until": quantity(alert.accepted_until),
        "who": names.get(alert.acceptance_proposed_by, ""),
    }

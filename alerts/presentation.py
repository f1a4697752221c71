"""Alerts as pages show them: names for people, labels and units for values; reads nothing but names."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from alerts.decisions import awaits_second, came_back, decided, is_proposal, is_waiting
from alerts.kinds import Fact, Kind, KindOf, kinds_now, message_in_words, reader_language
from alerts.kinds.due import due_of
from alerts.kinds.owners import owner_role_name, owner_turn
from alerts.models import Alert, Cause, ClosedBecause, Decision, Severity, Status
from alerts.queries import ListedAlert
from governance.core.identity.people import names_of
from governance.core.identity.roles import CONSOLE_SOURCE, Permission, Role, roles_with
from governance.core.identity.sources import source_name
from governance.core.web.http import Access
from governance.core.web.templatetags.ui import instant_parse, moment, quantity


def people(alerts: Iterable[Alert | ListedAlert], *, also: Iterable[UUID] = ()) -> dict[UUID, str]:
    """Names of everybody whom these alerts mention, in one query; somebody gone keeps a name."""
    ids = {*also} | {
        person
        for alert in alerts
        for person in (
            alert.acknowledged_by,
            alert.resolved_by,
            alert.assignee,
            alert.acceptance_proposed_by,
            alert.contradicted_by,
        )
        if person
    }
    return names_of(ids)


def may_resolve(alert: Alert | ListedAlert, access: Access) -> bool:
    """Whether this reader may act on this alert as it stands; information asks nobody."""
    return asks_somebody(alert) and access.may(Permission.ACT, alert.source)


def asks_somebody(alert: Alert | ListedAlert) -> bool:
    """Whether the alert asks anybody to act."""
    return alert.severity != Severity.INFO and alert.status != Status.RESOLVED


def may_reopen(alert: Alert | ListedAlert, access: Access) -> bool:
    """Whether this reader may take back what a person said of this alert."""
    decided = alert.status == Status.ACK or alert.resolved_by is not None
    return decided and alert.severity != Severity.INFO and access.may(Permission.ACT, alert.source)


def alert_row(
    alert: Alert | ListedAlert, access: Access, names: Mapping[UUID, str], kinds: KindOf
) -> dict[str, Any]:
    """One alert as `jinja/alert_row.html` takes it."""
    kind = kinds(alert.check_code, alert.source)
    acts = may_resolve(alert, access)
    return {
        "id": alert.id,
        "severity": alert.severity,
        "status": alert.status,
        "check_code": alert.check_code,
        "rule_label": kind.title.in_(reader_language()) if kind else "",
        "source": alert.source,
        "object": kind.shown(alert.payload, kind.object_key) if kind else "",
        "figure": kind.shown(alert.payload, kind.figure_key) if kind else "",
        "message": message_in_words(alert.message, alert.payload, alert.rule_version, kind),
        "entity_type": alert.entity_type,
        "entity_id": alert.entity_id,
        "occurrences": alert.occurrences,
        "detected_at": alert.first_detected_at,
        "version": alert.version,
        "acknowledged_by": names.get(alert.acknowledged_by) if alert.acknowledged_by else "",
        "assignee": names.get(alert.assignee) if alert.assignee else "",
        "turn": "" if alert.assignee or not asks_somebody(alert) else owner_turn(kind),
        "turn_of": "" if alert.assignee or not asks_somebody(alert) else owner_role_name(kind),
        "awaits_second": awaits_second(alert, names),
        "decided": decided(alert, names),
        "is_waiting": is_waiting(alert),
        "came_back": came_back(alert, names),
        "due": due_of(alert, kind, kinds.calendar(kind, alert.source)),
        "url": reverse("alert", args=[alert.id]),
        "ack_url": reverse("alert_ack", args=[alert.id]),
        "resolve_url": reverse("alert_resolve", args=[alert.id]),
        "undo_url": reverse("alert", args=[alert.id]) + "#rouvrir"
        if may_reopen(alert, access)
        else "",
        "can_ack": acts and alert.status == Status.OPEN,
        "can_resolve": acts,
        "is_past": False,
        "has_site": False,
        # What an action on the row has to say, and the HTML of its resolve form.
        **dict.fromkeys(("done", "conflict", "failure", "panel"), ""),
    }


def alert_context(alert: Alert, access: Access) -> dict[str, Any]:
    """One alert as `integrity/alert.html` takes it."""
    names = people([alert])
    kinds = kinds_now()
    kind = kinds(alert.check_code, alert.source)
    return alert_row(alert, access, names, kinds) | {
        "source_label": source_name(alert.source),
        "episode": alert.episode,
        "dated_by_data": is_dated_by_data(alert),
        "seen_first_at": alert.episode_at or alert.created_at,
        "absent_at": alert.absent_at,
        "was_acknowledged": alert.first_acknowledged_at is not None,  # in this episode
        "reopening_note": alert.reopening_note,
        "can_reopen": may_reopen(alert, access),
        "reopen_url": reverse("alert_reopen", args=[alert.id]),
        "first_detected_at": alert.first_detected_at,
        "created_at": alert.created_at,
        # What the console finds about itself is the administrators'.
        "actors": [Role.ADMIN.label]
        if alert.source == CONSOLE_SOURCE
        else [role.label for role in roles_with(Permission.ACT)],
        "is_own": alert.source == CONSOLE_SOURCE,
        "asks_somebody": asks_somebody(alert),
        "last_detected_at": alert.last_detected_at,
        "acknowledged_at": alert.acknowledged_at,
        "resolved_at": alert.resolved_at,
        "resolved_by": names.get(alert.resolved_by) if alert.resolved_by else "",
        **_resolution(alert, names),
        "acknowledgement_note": alert.acknowledgement_note,
        "rule_version": alert.rule_version if kind else None,
        # Another version found it than the one whose words stand beside it: the page has no other.
        "told_version": kind.version
        if kind and alert.rule_version and alert.rule_version != kind.version
        else "",
        "rule_moved": alert.resolution_cause
        in (ClosedBecause.RULE_CHANGED, ClosedBecause.RULE_REMOVED),
    }


def is_dated_by_data(alert: Alert) -> bool:
    """Whether the source said since when, rather than the console or the view's clock when it looked."""
    if alert.dated_by_data is None:  # found before the console asked
        return alert.created_at - alert.first_detected_at > timedelta(minutes=1)
    return alert.dated_by_data


def _resolution(alert: Alert, names: Mapping[UUID, str]) -> dict[str, Any]:
    """What was decided, or what is only proposed and must not read like it."""
    by = alert.acceptance_proposed_by
    said = {
        "resolution_decision": label_of(Decision, alert.resolution_decision),
        "resolution_cause": label_of(Cause, alert.resolution_cause)
        or label_of(ClosedBecause, alert.resolution_cause),
        "cause_code": alert.resolution_cause,
        "resolution_note": alert.resolution_note,
        "accepted_until": alert.accepted_until,
        "proposed_by": names.get(by) if by else "",
        "proposed_by_id": by,
        "proposed_at": alert.acceptance_proposed_at,
    }
    if alert.status == Status.RESOLVED:
        return said
    return {"proposal": said if is_proposal(alert) else None}


def payload_facts(alert: Alert, kind: Kind | None) -> list[list[dict[str, Any]]]:
    """Every payload value with its label and unit where the rule's manifest knows them; per occurrence."""
    language = reader_language()
    parts = alert.payload if isinstance(alert.payload, list) else [alert.payload]
    occurrences = []
    for part in parts:
        facts = []
        # As the manifest tells it; jsonb itself keeps no order.
        told = list(kind.payload) if kind else []
        for key in sorted(part, key=lambda key: told.index(key) if key in told else len(told)):
            value = part[key]
            known = kind.payload.get(key) if kind else None
            facts.append(
                {
                    "key": key,
                    "label": known.label.in_(language) if known else key.replace("_", " "),
                    "value": _value(key, value, known),
                    "unit": (known.unit or "") if known else "",
                    "is_known": known is not None,
                }
            )
        occurrences.append(facts)
    return occurrences


def payload_json(alert: Alert) -> str:
    """The payload as it was received, indented."""
    return json.dumps(alert.payload, ensure_ascii=False, indent=2)


def conflict_sentence(current: Alert, names: Mapping[UUID, str] | None = None) -> str:
    """What the person is told who was not the first. `names`: of people whom the alert mentions, if known."""
    names = people([current]) if names is None else names
    if current.status == Status.RESOLVED and current.resolved_by:
        return _("%(who)s l’a résolue le %(at)s.") % {
            "who": names[current.resolved_by],
            "at": moment(current.resolved_at),
        }
    if current.status == Status.RESOLVED:
        return _("Un contrôle complet ne l’a plus trouvée : elle est close depuis le %(at)s.") % {
            "at": moment(current.resolved_at)
        }
    if is_proposal(current) and current.acceptance_proposed_by:
        return _(
            "%(who)s a proposé le %(at)s de l’accepter jusqu’au %(until)s :"
            " à une deuxième personne de confirmer ou de refuser."
        ) % {
            "who": names[current.acceptance_proposed_by],
            "at": moment(current.acceptance_proposed_at),
            "until": quantity(current.accepted_until),
        }
    if current.status == Status.ACK and current.acknowledged_by:
        return _("%(who)s l’a acquittée le %(at)s.") % {
            "who": names[current.acknowledged_by],
            "at": moment(current.acknowledged_at),
        }
    return _(
        "Elle a changé entre-temps (nouveau constat ou attribution) : relisez-la avant d’agir."
    )


def busy_sentence() -> str:
    """What the person is told while a scan that writes much holds the alert."""
    return _(
        "Un contrôle est en train de mettre cette alerte à jour : rien n’a été enregistré. "
        "Recommencez dans quelques instants."
    )


def conflict_title(current: Alert, reader: UUID) -> str:
    """What stands over that sentence where it was nobody else; empty where somebody was faster."""
    if current.status == Status.RESOLVED and current.resolved_by == reader:
        return _("Vous aviez déjà résolu cette alerte : rien de plus n’a été enregistré.")
    acknowledged = current.acceptance_proposed_by or current.acknowledged_by
    by = {Status.RESOLVED: current.resolved_by, Status.ACK: acknowledged}
    if by.get(Status(current.status)) in (None, reader):
        return _("L’alerte a changé entre-temps : rien n’a été enregistré.")
    return ""


def loan_words(lender: str, until: datetime | None) -> str:
    """By whose right a delegate acted, and until when that was lent, where the reader may know."""
    if until is None:
        return _("par délégation de %(who)s") % {"who": lender}
    return _("par délégation de %(who)s jusqu’au %(until)s") % {
        "who": lender,
        "until": moment(until),
    }


def same_right_sentence() -> str:
    """What a delegate is told who would confirm what the lender proposed, and the lender likewise."""
    return _(
        "Les deux signatures viendraient du droit d’une même personne (délégation) : "
        "une autre doit confirmer."
    )


def label_of(choices: Any, value: str | None) -> str:
    """The words for a stored value; empty for one that these choices do not know."""
    return str(choices(value).label) if value in choices.values else ""


def _value(key: str, value: Any, known: Fact | None) -> Any:
    """An instant as one: by its kind, or by the name that instants have in our payloads."""
    is_instant = known.type in ("timestamp", "instant") if known else key.endswith("_at")
    if is_instant and isinstance(value, str):
        return instant_parse(value) or value
    if known and known.type == "choice":
        return known.text(value, reader_language())
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    return value

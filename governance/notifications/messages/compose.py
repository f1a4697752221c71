"""The words of one message about one alert or many: how many, the worst ten, and where each is decided."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alerts.kinds import Kind as AlertKind
from alerts.kinds import KindOf, kinds_now, message_in_words, reader_language
from alerts.kinds.due import Due, due_of
from alerts.models import Alert, Cause, ClosedBecause, Decision, Severity
from governance.core.identity.people import names_of
from governance.core.identity.sources import source_name
from governance.core.web.templatetags.ui import moment, number
from governance.notifications.acting.links import acknowledge_link, may_acknowledge
from governance.notifications.messages.links import alert_link
from governance.notifications.models import Delivery, Kind, Notice
from governance.notifications.routing.services import reason_text

LISTED = 10  # of a message about many
# The first of these that a message holds is what it is about.
ORDER = (Kind.LATE, Kind.OPENED, Kind.REOPENED, Kind.RETURNED, Kind.WORSENED, Kind.FLAPPING)


@dataclass(frozen=True)
class Line:
    """One alert of a message."""

    kind: str
    severity: str
    gravity: str  # its name
    what: str  # “Nouvelle alerte”
    title: str
    sentence: str
    then: str  # by when somebody is asked, or how it ended
    url: str
    alert_id: UUID
    act_url: str = ""  # where to acknowledge it, of a message about one alert to somebody who may


def compose(delivery: Delivery, notices: Sequence[Notice], alerts: Mapping[UUID, Alert]) -> None:
    """Fill in all words of a message that is not stored yet. Inside `acting_as_system`."""
    with translation.override(delivery.language):
        kind_of = kinds_now()
        said = sorted(
            _last_of_each(notices),
            key=lambda one: (
                one.kind == Kind.RESOLVED,
                alerts[one.alert_id].severity_rank,
                alerts[one.alert_id].first_detected_at,
                one.pk,
            ),
        )
        resolvers = {UUID(by) for one in said if (by := one.notification.said.get("resolved_by"))}
        names = names_of(resolvers)
        shown = [
            _line(delivery, one, alerts[one.alert_id], kind_of, names) for one in said[:LISTED]
        ]
        kinds = Counter(one.kind for one in said)
        delivery.kind = next((kind for kind in ORDER if kinds[kind]), Kind.RESOLVED)
        delivery.count = len(said)
        delivery.subject, heading = _subject(delivery, shown, kinds, alerts[said[0].alert_id])
        if delivery.count == 1:
            one = said[0]
            delivery.thread = f"alert-{one.alert_id}-{one.episode}"
        context = {
            "subject": delivery.subject,
            "heading": heading,
            "lines": shown,
            "is_single": delivery.count == 1,
            "more": _more(len(said) - len(shown)),
            "list_url": _list_url(delivery.source),
            "reason": reason_text(said[0].reason, delivery.source),
            "language": delivery.language,
        }
        if delivery.count == 1 and may_acknowledge(delivery.person_id, alerts[said[0].alert_id]):
            act_url = acknowledge_link(delivery.person_id, alerts[said[0].alert_id])
            context["lines"] = [replace(shown[0], act_url=act_url)]
        delivery.text = render_to_string("notifications/mail/alerts.txt", context).strip() + "\n"
        delivery.html = render_to_string("notifications/mail/alerts.html", context)
        delivery.data = _data(delivery, shown)


def message_html(subject: str, text: str, language: str) -> str:
    """A mail that speaks of no alert."""
    context = {"subject": subject, "heading": subject, "text": text, "language": language}
    return render_to_string("notifications/mail/alerts.html", context)


def _last_of_each(notices: Sequence[Notice]) -> list[Notice]:
    """An alert that opened and got worse meanwhile is told of once, and so is one that comes and goes."""
    unstable = {one.alert_id for one in notices if one.kind == Kind.FLAPPING}
    return list(
        {
            (one.alert_id, 0 if one.alert_id in unstable else one.episode): one
            for one in sorted(notices, key=lambda one: (one.kind == Kind.FLAPPING, one.pk))
        }.values()
    )


def _line(
    delivery: Delivery,
    notice: Notice,
    alert: Alert,
    kind_of: KindOf,
    names: Mapping[UUID, str],
) -> Line:
    kind = kind_of(alert.check_code, alert.source)
    due = due_of(alert, kind, kind_of.calendar(kind, alert.source))
    if notice.kind == Kind.RESOLVED:
        then, sentence = (
            _ending(notice.notification.said, names),
            notice.notification.said["message"],
        )
        if sentence == alert.message:
            sentence = _sentence(alert, kind)
    else:
        then, sentence = _asked(due), _sentence(alert, kind)
    if notice.kind == Kind.LATE and due:
        then = _("Personne ne l’a acquittée avant le %(at)s.") % {"at": moment(due.at)}
    if notice.kind == Kind.FLAPPING:
        then = _(
            "Elle va et vient : vous ne serez plus prévenu que de sa fin, si elle dure une heure."
        )
    return Line(
        notice.kind,
        alert.severity,
        str(Severity(alert.severity).label),
        str(Kind(notice.kind).label),
        kind.title.in_(reader_language()) if kind else alert.check_code,
        sentence,
        then,
        alert_link(delivery, alert),
        alert.pk,
    )


def _sentence(alert: Alert, kind: AlertKind | None) -> str:
    return message_in_words(alert.message, alert.payload, alert.rule_version, kind)


def _asked(due: Due | None) -> str:
    if due is None:
        return ""
    return _("%(step)s avant le %(at)s.") % {
        "step": f"{due.step[:1].upper()}{due.step[1:]}",
        "at": moment(due.at),
    }


def _ending(said: Mapping[str, Any], names: Mapping[UUID, str]) -> str:
    """By whom or why, as it was decided then."""
    cause = str(said.get("cause") or "")
    if said.get("resolved_by"):
        words = {
            "who": names.get(UUID(str(said["resolved_by"])), ""),
            "decision": _label(Decision, said.get("decision")),
            "cause": _label(Cause, cause),
        }
        return _("Résolue par %(who)s : %(decision)s (%(cause)s).") % words
    return _("Close par un contrôle : %(cause)s.") % {"cause": _label(ClosedBecause, cause)}


def _label(choices: Any, value: Any) -> str:
    """As it stands within a sentence."""
    label = str(choices(value).label) if value in choices.values else ""
    return f"{label[:1].lower()}{label[1:]}"


def _subject(
    delivery: Delivery, shown: Sequence[Line], kinds: Counter[str], first: Alert
) -> tuple[str, str]:
    """The subject, which all messages of a thread share, and the first line of the text."""
    source = source_name(delivery.source)
    if delivery.count == 1:
        line = shown[0]
        severity = str(Severity(first.severity).label)
        base = _("%(severity)s : %(title)s, %(source)s") % {
            "severity": severity,
            "title": line.title,
            "source": source,
        }
        subject = base if line.kind == Kind.OPENED else f"Re: {base}"
        return subject, _("%(what)s sur « %(source)s »") % {"what": line.what, "source": source}
    begun, over = delivery.count - kinds[Kind.RESOLVED], kinds[Kind.RESOLVED]
    parts = []
    if begun:
        words = ngettext("%(n)s alerte", "%(n)s alertes", begun)
        if delivery.kind == Kind.LATE:
            words = ngettext("%(n)s alerte sans réponse", "%(n)s alertes sans réponse", begun)
        parts.append(words % {"n": number(begun)})
    if over:
        words = ngettext("%(n)s alerte terminée", "%(n)s alertes terminées", over)
        parts.append(words % {"n": number(over)})
    told = _("%(what)s sur « %(source)s »") % {"what": ", ".join(parts), "source": source}
    return told, told


def _more(count: int) -> str:
    if count <= 0:
        return ""
    return ngettext("et %(n)s autre", "et %(n)s autres", count) % {"n": number(count)}


def _list_url(source: str) -> str:
    return f"{settings.CONSOLE_URL}{reverse('integrity')}?{urlencode({'source': source})}"


def _data(delivery: Delivery, shown: Sequence[Line]) -> dict[str, Any]:
    """What a program is told; the envelope is that of Standard Webhooks."""
    at: datetime = delivery.created_at
    return {
        "type": f"alert.{delivery.kind.lower()}",
        "timestamp": at.isoformat(),
        "data": {
            "id": str(delivery.pk),
            "source": delivery.source,
            "count": delivery.count,
            "alerts": [
                {
                    "id": str(one.alert_id),
                    "kind": one.kind,
                    "severity": one.severity,
                    "title": one.title,
                    "message": one.sentence,
                    "then": one.then,
                    "url": one.url,
                }
                for one in shown
            ],
        },
    }

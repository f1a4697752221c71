"""A thing's alerts and values on one axis of time, as its page draws them; reads nothing."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from alerts.decisions import waits
from alerts.kinds import Fact, Kind, reader_language
from alerts.models import Alert, Status
from governance.core.ledger.models import LedgerEntry
from governance.core.web.charts.moments import Span, bar_of, steps_of
from governance.core.web.charts.plane import text
from governance.core.web.templatetags.ui import in_words, moment

# What is younger is told in words: a drawing of one day shows nothing but its edge.
KNOWN_FOR = timedelta(days=2)
VALUES_SHOWN = 4  # drawings of values
POINTS_SHOWN = 120  # of one value

_BEGINS = {
    "alert.open",
    "alert.reopen",
    "alert.contradict",
    "alert.resume",
    "alert.withdraw.resolve",
}
_TAKEN_BACK = {"alert.withdraw.ack", "alert.lapse.severity", "alert.lapse.payload"}
_ENDS = {"alert.resolve", "alert.close"}

# Of several occurrences the first is drawn, which is the one that a list shows.
Payloads = Sequence[tuple[datetime, UUID, Any]]


@dataclass(frozen=True)
class Stretch:
    """From when to when an alert stood so: open, acknowledged, or waiting for a day."""

    since: datetime
    until: datetime
    mark: str  # the severity in small letters, `ack` or `waits`


def axis_context(
    alerts: Sequence[Alert],
    entries: Iterable[LedgerEntry],
    payloads: Payloads,
    kinds: Mapping[str, Kind],
    now: datetime,
) -> dict[str, Any] | None:
    """Context of `entity/_axis.html`; None where too little is known. `entries`: newest first."""
    told = list(entries)[::-1]
    began = [one.at for one in told] + [at for at, _alert, _payload in payloads]
    first = min([*began, *(one.created_at for one in alerts)])
    if now - first < KNOWN_FOR:
        return None
    span = Span(first, now)
    own = {
        str(one.pk): [entry for entry in told if entry.subject_id == str(one.pk)] for one in alerts
    }
    return {
        "labels": [in_words(at, "j N Y") for at in span.labels()],
        "lanes": [_lane(one, own[str(one.pk)], span, kinds.get(one.check_code)) for one in alerts],
        "values": _values(alerts, own, payloads, span, kinds),
        "first": span.first,
    }


def _lane(
    alert: Alert, entries: Sequence[LedgerEntry], span: Span, kind: Kind | None
) -> dict[str, Any]:
    parts = stretches(alert, entries, span.last)
    return {
        "title": kind.title.in_(reader_language()) if kind else alert.check_code,
        "severity": alert.severity,
        "status": alert.status,
        "bars": [bar_of(span, one.since, one.until, one.mark) for one in parts],
        "signed": [
            text(span.x(one.at))
            for one in entries
            if one.action in ("alert.resolve", "alert.propose")
        ],
        # Older than all that the console knows: the drawing begins where knowledge does.
        "before": alert.first_detected_at < span.first
        and bool(parts)
        and parts[0].since <= span.first,
    }


def stretches(alert: Alert, entries: Sequence[LedgerEntry], now: datetime) -> list[Stretch]:
    """How an alert stood, by its entries, oldest first; without any, by what the alert itself still says."""
    standing = alert.severity.lower()
    if not entries:
        began = alert.episode_at or alert.created_at
        end = alert.resolved_at or now
        found = [Stretch(began, alert.acknowledged_at or end, standing)]
        if alert.acknowledged_at:
            found.append(Stretch(alert.acknowledged_at, end, "ack"))
        if alert.resolved_at and waits(alert.resolution_decision):
            found.append(Stretch(end, now, "waits"))
        return found
    marks: list[tuple[datetime, str]] = []
    decision = None  # the second of two signatures says nothing again that the first said
    for one in entries:
        decision = (one.after or {}).get("resolution_decision", decision)
        if one.action in _BEGINS or one.action in _TAKEN_BACK:
            marks.append((one.at, standing))
        elif one.action == "alert.ack" or (one.action == "alert.propose" and _acknowledges(one)):
            marks.append((one.at, "ack"))
        elif one.action in _ENDS:
            is_waiting = one.action == "alert.resolve" and waits(decision)
            marks.append((one.at, "waits" if is_waiting else ""))
    if marks and entries[0].action not in _BEGINS:  # what came before was not read
        marks.insert(0, (entries[0].at, standing))
    return [
        Stretch(at, until, mark)
        for (at, mark), (until, _next) in pairwise([*marks, (now, "")])
        if mark
    ]


def _acknowledges(entry: LedgerEntry) -> bool:
    return (entry.after or {}).get("status") == Status.ACK


def _values(
    alerts: Sequence[Alert],
    own: Mapping[str, Sequence[LedgerEntry]],
    payloads: Payloads,
    span: Span,
    kinds: Mapping[str, Kind],
) -> list[dict[str, Any]]:
    """A drawing for each measured value that moved, those that say by how much first."""
    found = []
    for alert in alerts:
        kind = kinds.get(alert.check_code)
        told = [(at, payload) for at, one, payload in payloads if one == alert.pk]
        if kind is None or len(told) < 2:
            continue
        known = _together(stretches(alert, own[str(alert.pk)], span.last))
        for fact in kind.payload.values():
            if fact.type != "number" or not fact.unit:
                continue
            points = [
                (at, value) for at, payload in told if (value := _number(payload, fact)) is not None
            ]
            moved = [one for i, one in enumerate(points) if not i or one[1] != points[i - 1][1]]
            if len(moved) > 1:
                is_figure = fact.key == kind.figure_key
                found.append(
                    (not is_figure, _value(kind, fact, moved[-POINTS_SHOWN:], span, known))
                )
    return [one for _rank, one in sorted(found, key=lambda pair: pair[0])][:VALUES_SHOWN]


def _together(parts: Iterable[Stretch]) -> list[tuple[datetime, datetime]]:
    """From when to when the anomaly was there, whatever people said of it."""
    found: list[tuple[datetime, datetime]] = []
    for one in parts:
        if found and found[-1][1] >= one.since:
            found[-1] = found[-1][0], max(found[-1][1], one.until)
        else:
            found.append((one.since, one.until))
    return found


def _number(payload: Any, fact: Fact) -> float | None:
    part = payload[0] if isinstance(payload, list) and payload else payload
    value = part.get(fact.key) if isinstance(part, dict) else None
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _value(
    kind: Kind,
    fact: Fact,
    points: Sequence[tuple[datetime, float]],
    span: Span,
    known: Sequence[tuple[datetime, datetime]],
) -> dict[str, Any]:
    language = reader_language()
    label, last = fact.label.in_(language), points[-1][1]
    return {
        "label": label,
        "rule": kind.title.in_(language),
        "first_text": fact.text(points[0][1], language),
        "last_text": fact.text(last, language),
        "chart": steps_of(span, points, known),
        "title": _("%(label)s : de %(first)s à %(last)s, %(n)s valeurs")
        % {
            "label": label,
            "first": fact.text(points[0][1], language),
            "last": fact.text(last, language),
            "n": len(points),
        },
        "head": [_("Relevée le"), label],
        "rows": [[moment(at), fact.text(value, language)] for at, value in reversed(points)],
    }

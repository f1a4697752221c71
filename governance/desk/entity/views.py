"""`/governance/entities/<source>/<type>/<id>`: one tank, truck or reception, and all that is known of it."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from alerts.decisions import decision_words, waits
from alerts.kinds import Kind, KindOf, kinds_now, message_in_words, reader_language
from alerts.models import ACTIVE, Alert
from alerts.presentation import alert_row, people
from alerts.things import Thing, alerts_naming, alerts_of, names_in, naming_keys
from governance.core.identity.roles import Permission
from governance.core.web.http import Access, ConsoleRequest, requires
from governance.desk.entities import entity_words
from governance.desk.entity.axis import axis_context
from governance.history.entries import alerts_entries, payloads_then
from governance.history.rows import timeline_html

STORY_SHOWN, VALUES_READ = 100, 400  # entries of the ledger


@require_safe
@requires(Permission.VIEW)
def entity(request: ConsoleRequest, source: str, entity_type: str, entity_id: str) -> HttpResponse:
    """The page; 404 for a thing of which no alert that the reader sees ever spoke."""
    thing = Thing(source, entity_type, entity_id)
    alerts = alerts_of(thing)
    if not alerts:
        raise Http404
    kind_of, now = kinds_now(), timezone.now()
    kinds = kind_of.on(source)
    names = people(alerts)
    reads = request.access.may(Permission.HISTORY, alerts[0].concerns)
    ids = [one.pk for one in alerts]
    entries = alerts_entries(ids, size=STORY_SHOWN + 1) if reads else []
    payloads = payloads_then(ids, size=VALUES_READ) if reads else []
    context: dict[str, Any] = {
        "thing": thing,
        "name": thing_name(alerts, kinds),
        "sort": entity_words(entity_type),
        "open": [
            alert_row(one, request.access, names, kind_of) for one in alerts if one.status in ACTIVE
        ],
        "closed": [
            _closed(one, names, kinds.get(one.check_code))
            for one in alerts
            if one.status not in ACTIVE
        ],
        "axis": axis_context(alerts, entries[:STORY_SHOWN], payloads, kinds, now),
        "known_since": min(one.created_at for one in alerts),
        "story": timeline_html(entries[:STORY_SHOWN], about=_titles(alerts, kinds)),
        "story_cut": STORY_SHOWN if len(entries) > STORY_SHOWN else 0,
        "reads": reads,
        "list_url": reverse("integrity"),
        **naming_context(thing, alerts, request.access, kind_of),
    }
    return render(request, "entity/entity.html", context)


def thing_name(alerts: Sequence[Alert], kinds: Mapping[str, Kind]) -> str:
    """What people call the thing: the names that its alerts carry, else its id."""
    for one in alerts:
        kind = kinds.get(one.check_code)
        if kind is None:
            continue
        # What the kind tells first names the thing itself; a plate or a tank beside it tells two apart.
        keys = [key for key in kind.payload if key in naming_keys(kinds)]
        named = [text for key in keys if (text := kind.shown(one.payload, key))]
        if named:
            return ", ".join(named)
    return alerts[0].entity_id


def naming_context(
    thing: Thing, alerts: Sequence[Alert], access: Access, kind_of: KindOf
) -> dict[str, Any]:
    """Context of `entity/_naming.html`: open alerts of other things that name what these alerts name."""
    kinds = kind_of.on(thing.source)
    keys = naming_keys(kinds)
    named = frozenset().union(*(names_in(one.payload, keys) for one in alerts))
    found, more = alerts_naming(thing, named, kinds) if named else ([], False)
    names = people(found)
    return {
        "naming": [
            alert_row(one, access, names, kind_of)
            | {"names": sorted(value for _key, value in names_in(one.payload, keys) & named)}
            for one in found
        ],
        "naming_more": more,
        "named": sorted(value for _key, value in named),
    }


def _titles(alerts: Sequence[Alert], kinds: Mapping[str, Kind]) -> dict[str, str]:
    language = reader_language()
    return {
        str(one.pk): kind.title.in_(language)
        if (kind := kinds.get(one.check_code))
        else one.check_code
        for one in alerts
    }


def _closed(alert: Alert, names: Mapping[Any, str], kind: Kind | None) -> dict[str, Any]:
    """An alert that is over, or waits for a day: what was decided, by whom, when."""
    return {
        "url": reverse("alert", args=[alert.pk]),
        "severity": alert.severity,
        "message": message_in_words(alert.message, alert.payload, alert.rule_version, kind),
        "decision": decision_words(alert.resolution_decision, alert.accepted_until),
        "waits": waits(alert.resolution_decision),
        "who": names.get(alert.resolved_by, "") if alert.resolved_by else "",
        "at": alert.resolved_at,
        "note": alert.resolution_note if alert.resolved_by else "",
    }

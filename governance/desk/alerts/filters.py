"""The integrity screen's filters: query parameters in, a filter and the words for it out."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from alerts.due import late_limits
from alerts.kinds import KindOf, kinds_on
from alerts.models import AlertTally, Severity, Status
from alerts.queries import TALLIED, AlertFilter, alert_choices
from governance.core.identity.roles import CONSOLE_SOURCE
from governance.core.identity.sources import source_name

NAMES = ("severity", "status", "check_code", "entity_type", "source", "assignee", "echeance")
ME, NOBODY = (
    "moi",
    "personne",
)  # whose alerts: an address that is shared asks each reader about themselves
LATE = "depassee"
GROUPS = RULE, ENTITY = "regle", "entite"
TEXT_LIMIT = 200  # characters of free text that are looked for


@dataclass
class ScreenFilter:
    """What the address asks for, what of it is known, and how the page offers more."""

    alerts: AlertFilter
    chosen: dict[str, list[str]]
    text: str
    entity: str = ""
    ignored: list[dict[str, str]] = field(default_factory=list)
    group: str = ""  # by what the page gathers the alerts: one of GROUPS, or empty
    as_of: str = ""  # the instant that the page shows, as the address has it; empty for the present

    @property
    def in_force(self) -> bool:
        return bool(self.text or self.entity or any(self.chosen.values()))


def filter_read(
    query: QueryDict,
    *,
    sources: Iterable[str],
    person: UUID | None = None,
    now: datetime | None = None,
    kind_of: KindOf | None = None,
) -> ScreenFilter:
    """Read the address for `person`; what is late is late at `now` (by default the present).

    A value that means nothing is left out and reported, never an error.
    """
    known = {
        "severity": Severity.values,
        "status": Status.values,
        "source": sorted(sources),
        "assignee": [ME, NOBODY] if person else [],
        "echeance": [LATE],
    }
    chosen: dict[str, list[str]] = {}
    ignored = []
    for name in NAMES:
        chosen[name] = []
        for raw in query.getlist(name):
            value = raw.replace("\x00", "")
            if not value:
                continue
            if value in known[name] if name in known else _is_known(name, value):
                chosen[name].append(value)
            else:
                ignored.append({"name": _label(name), "value": value})
    text = query.get("q", "").replace("\x00", "").strip()
    if len(text) > TEXT_LIMIT:
        ignored.append({"name": _("Recherche"), "value": text[TEXT_LIMIT:]})
        text = text[:TEXT_LIMIT]
    entity = query.get("entity_id", "").replace("\x00", "")[:TEXT_LIMIT]
    chosen["assignee"] = chosen["assignee"][:1]  # one alert is not both mine and nobody's
    group = query.get("groupe", "").replace("\x00", "")
    if group and group not in GROUPS:
        ignored.append({"name": _("Regrouper"), "value": group})
        group = ""
    columns = {name: tuple(values) for name, values in chosen.items() if name in TALLIED}
    alerts = AlertFilter(
        **columns,
        text=text,
        entity_id=entity,
        assignee=person if chosen["assignee"] == [ME] else None,
        unassigned=chosen["assignee"] == [NOBODY],
        late=(late_limits(now or timezone.now(), sources, kind_of) if chosen["echeance"] else None),
    )
    return ScreenFilter(alerts, chosen, text, entity, ignored, group)


def filter_context(current: ScreenFilter, *, sources: Iterable[str]) -> dict[str, Any]:
    """What `_filters.html` needs: choices, and a chip for each filter in force."""
    offered: dict[str, list[tuple[str, Any]]] = {
        "severity": list(Severity.choices),
        "status": list(Status.choices),
        "source": [(slug, source_name(slug)) for slug in sorted(sources)],
        "assignee": [(ME, _("Moi")), (NOBODY, _("Personne"))],
        "echeance": [(LATE, _("Dépassée"))],
    }
    # Whatever states are looked at: a resolved alert's code selects something there.
    stored = alert_choices(frozenset(sources), tuple(Status.values))
    for name in ("check_code", "entity_type"):
        own = set(kinds_on(CONSOLE_SOURCE)) if name == "check_code" else set()
        values = sorted({*stored[name], *own, *current.chosen[name]})
        offered[name] = [(value, value) for value in values]
    everything = {
        "status": _("Non résolues"),
        "assignee": _("Tous"),
    }
    choices = []
    for name in NAMES:
        options = [{"value": "", "label": everything.get(name, _("Toutes")), "selected": False}]
        options += [
            {"value": value, "label": label, "selected": value in current.chosen[name]}
            for value, label in offered[name]
        ]
        choices.append({"name": name, "label": _label(name), "options": options})
    return {
        "q": current.text,
        "choices": choices,
        "chips": filter_chips(current),
        "entity": current.entity,
        "group": current.group,
        "as_of": current.as_of,
        "clear_url": reverse("integrity")
        + (f"?{urlencode({'au': current.as_of})}" if current.as_of else ""),
    }


def filter_chips(current: ScreenFilter) -> list[dict[str, Any]]:
    """A chip for each filter in force, with the address of the page without it."""
    words: dict[str, dict[str, Any]] = {
        "severity": dict(Severity.choices),
        "status": dict(Status.choices),
        "source": {slug: source_name(slug) for slug in current.chosen["source"]},
        "assignee": {ME: _("Moi"), NOBODY: _("Personne")},
        "echeance": {LATE: _("Dépassée")},
    }
    found = [
        (_label(name), words.get(name, {}).get(value, value), (name, value))
        for name in NAMES
        for value in current.chosen[name]
    ]
    if current.entity:
        found.append((_("Entité"), current.entity, ("entity_id", current.entity)))
    if current.text:
        found.append((_("Recherche"), current.text, ("q", current.text)))
    return [
        {"label": label, "value": value, "url": filter_address(current, without=without)}
        for label, value, without in found
    ]


def filter_address(
    current: ScreenFilter, *, without: tuple[str, str] | None = None, **more: str
) -> str:
    """The page's own address, to be shared; `more` replaces or adds parameters, `without` drops one."""
    pairs = [
        (name, value)
        for name in NAMES
        for value in ([more[name]] if name in more else current.chosen[name])
        if value and (name, value) != without
    ]
    for name, value in (
        ("q", current.text),
        ("entity_id", more.get("entity_id", current.entity)),
        ("groupe", more.get("groupe", current.group)),
        ("au", current.as_of),
        ("cursor", more.get("cursor", "")),
    ):
        if value and (name, value) != without:
            pairs.append((name, value))
    return _screen() + (f"?{urlencode(pairs)}" if pairs else "")


@cache
def _screen() -> str:
    return reverse("integrity")


def _is_known(name: str, value: str) -> bool:
    return (name == "check_code" and value in kinds_on(CONSOLE_SOURCE)) or _is_stored(name, value)


def _is_stored(name: str, value: str) -> bool:
    # The tally has a row for each of them, also when all are resolved; alerts have no index on it.
    return len(value) <= 200 and AlertTally.objects.filter(**{name: value}).exists()


def _label(name: str) -> str:
    return {
        "severity": _("Gravité"),
        "status": _("État"),
        "check_code": _("Règle"),
        "entity_type": _("Type d’entité"),
        "source": _("Source"),
        "assignee": _("À la charge de"),
        "echeance": _("Échéance"),
    }[name]

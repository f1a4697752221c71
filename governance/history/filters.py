"""The history's filters: query parameters in, what is asked of the ledger and the words for it out."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Any
from uuid import UUID

from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from alerts.kinds import check_codes
from governance.core.capability import registry
from governance.core.identity.models import SourceRole
from governance.core.identity.people import people
from governance.core.identity.sources import source_name
from governance.core.ledger.actors import system_name
from governance.core.ledger.models import LedgerEntry
from governance.core.web.instants import instant_read, instant_words
from governance.core.web.templatetags.ui import in_words, moment
from governance.history.entries import HistoryFilter, names_of
from governance.history.sentences import action_label

NAMES = ("du", "au", "actor", "action", "source", "check_code", "alert")
ROUTINE = "routine"
TEXT_LIMIT = 200  # characters; nothing longer is an identity of anything


@dataclass
class HistoryAsked:
    """What the address asks for, what of it is known, and what was left out."""

    entries: HistoryFilter
    chosen: dict[str, str]
    routine: bool = False
    before: int | None = None
    ignored: list[dict[str, str]] = field(default_factory=list)

    @property
    def in_force(self) -> bool:
        return bool(self.chosen)

    @property
    def shows_routine(self) -> bool:
        """Routine is hidden only where nobody asked for it."""
        return self.routine or bool(self.chosen.get("action"))


def history_read(query: QueryDict, *, sources: Collection[str]) -> HistoryAsked:
    """Read the address. A value that means nothing is left out and reported, never an error."""
    chosen: dict[str, str] = {}
    values: dict[str, Any] = {}
    ignored = []
    for name in NAMES:
        text = query.get(name, "").strip()
        if not text:
            continue
        value = _read(name, text, sources)
        if value is None:
            ignored.append({"name": label(name), "value": text.replace("\x00", "")})
        else:
            chosen[name] = text
            values[{"du": "since", "au": "until"}.get(name, name)] = value
    before = query.get("cursor", "")
    return HistoryAsked(
        HistoryFilter(**values),
        chosen,
        routine=query.get(ROUTINE) == "1",
        before=int(before) if before.isascii() and before.isdigit() and len(before) < 19 else None,
        ignored=ignored,
    )


def _read(name: str, text: str, sources: Collection[str]) -> Any:
    """The value of a filter, or None when it can select nothing."""
    if "\x00" in text or len(text) > TEXT_LIMIT:
        return None
    if name in ("du", "au"):
        return instant_read(text, last=name == "au")
    if name == "source":
        return text if text in sources else None
    if name == "alert":
        try:
            value: Any = UUID(text)
        except ValueError:
            return None
        return value if _is_stored(subject_type="alert", subject_id=str(value)) else None
    known = text in {"action": registry().actions, "check_code": check_codes(sources)}.get(name, ())
    return text if known or _is_stored(**{name: text}) else None


def _is_stored(**columns: str) -> bool:
    # In the order of the index: for a frequent value `exists()` would be planned as a sequential scan.
    return LedgerEntry.objects.filter(**columns).order_by("-seq").values("seq").first() is not None


def history_address(
    asked: HistoryAsked,
    *,
    page: str = "history",
    without: str = "",
    routine: bool | None = None,
    before: int | None = None,
) -> str:
    """The address of what is shown, or of the export `page` of it."""
    query = QueryDict(mutable=True)
    for name, text in asked.chosen.items():
        if name != without:
            query[name] = text
    if page == "history" and (asked.routine if routine is None else routine):
        query[ROUTINE] = "1"
    if before is not None:
        query["cursor"] = str(before)
    encoded = query.urlencode()
    return reverse(page) + (f"?{encoded}" if encoded else "")


def history_filters(asked: HistoryAsked, *, sources: Collection[str]) -> dict[str, Any]:
    """What `_history_filters.html` needs: dates, choices, and a chip for each filter in force."""
    offered = {
        "actor": _people(sources, asked.chosen.get("actor")),
        "action": _sorted(
            {name: str(one.label) for name, one in registry().actions.items()},
            asked.chosen.get("action"),
        ),
        "source": [(slug, source_name(slug)) for slug in sorted(sources)],
        "check_code": [(code, code) for code in _codes(sources, asked.chosen.get("check_code"))],
    }
    choices = []
    for name, pairs in offered.items():
        everything = {"actor": _("Tout le monde")}.get(name, _("Toutes"))
        options = [{"value": "", "label": everything, "selected": False}]
        options += [
            {"value": value, "label": words, "selected": value == asked.chosen.get(name)}
            for value, words in pairs
        ]
        choices.append({"name": name, "label": label(name), "options": options})
    chips = [
        {
            "label": label(name),
            "value": _chip(name, text, asked.entries, dict(offered.get(name, []))),
            "url": history_address(asked, without=name),
        }
        for name, text in asked.chosen.items()
    ]
    since, until = asked.entries.since, asked.entries.until
    return {
        "since": timezone.localtime(since).date().isoformat() if since else "",
        "until": timezone.localtime(until).date().isoformat() if until else "",
        "alert": asked.chosen.get("alert", ""),
        "routine": asked.routine,
        "choices": choices,
        "chips": chips,
        "clear_url": reverse("history"),
    }


def history_selection(asked: HistoryAsked) -> dict[str, str]:
    """Filter and period as the header of an export names them; empty when nothing is left out."""
    words = dict(asked.chosen)
    if asked.entries.since:
        words["du"] = instant_words(asked.entries.since, last=False)
    if asked.entries.until:
        words["au"] = instant_words(asked.entries.until, last=True)
    return words


def label(name: str) -> str:
    """What a filter is called."""
    return {
        "du": _("Du"),
        "au": _("Au"),
        "actor": _("Qui"),
        "action": _("Action"),
        "source": _("Source"),
        "check_code": _("Règle"),
        "alert": _("Alerte"),
    }[name]


def _people(sources: Collection[str], chosen: str | None) -> list[tuple[str, str]]:
    """Who holds a role on these sources, the machine, and whoever is asked for though the role is gone."""
    roles = SourceRole.objects.filter(source__in=sources)
    holders = people(roles.values_list("user_id", flat=True).distinct())
    named = {str(one): str(person) for one, person in holders.items()}
    named |= {f"system:{name}": system_name(name) for name in registry().identities}
    if chosen and chosen not in named:
        named[chosen] = (
            system_name(chosen.removeprefix("system:"))
            if chosen.startswith("system:")
            else names_of([chosen]).get(chosen, chosen)
        )
    return sorted(named.items(), key=lambda pair: pair[1].casefold())


def _codes(sources: Collection[str], chosen: str | None) -> list[str]:
    return sorted({*check_codes(sources), *([chosen] if chosen else [])})


def _sorted(labels: dict[str, str], chosen: str | None) -> list[tuple[str, str]]:
    if chosen and chosen not in labels:
        labels[chosen] = action_label(chosen)
    return sorted(labels.items(), key=lambda pair: pair[1].casefold())


def _chip(name: str, text: str, entries: HistoryFilter, labels: dict[str, str]) -> str:
    if name == "du" and entries.since:
        return _edge(entries.since, time.min)
    if name == "au" and entries.until:
        return _edge(entries.until, time.max)
    return labels.get(text, text)


def _edge(instant: datetime, edge: time) -> str:
    """A day by its name where its edge is meant."""
    local = timezone.localtime(instant)
    return in_words(local.date()) if local.time() == edge else moment(instant)

"""What the history's address can ask for, and the selection of entries that it means."""

from collections.abc import Sequence
from datetime import datetime, time
from functools import cache
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _lazy

from alerts.kinds import check_codes, kinds_on, reader_language
from alerts.kinds.wording import Language
from alerts.models import Alert, Decision
from governance.core.cache.per_state import once_per_state
from governance.core.capability import registry
from governance.core.identity.models import SourceRole
from governance.core.identity.people import people
from governance.core.identity.roles import CONSOLE_SOURCE
from governance.core.ledger.actors import system_name
from governance.core.ledger.models import LedgerEntry
from governance.core.web.instants import instant_read, instant_words
from governance.core.web.listing import Asked, Filter, Listing, Reader, in_order, source_choices
from governance.core.web.templatetags.ui import in_words, moment
from governance.history.entries import HistoryFilter, names_of
from governance.history.sentences import action_label

ROUTINE = "routine"


@once_per_state
def _holders(sources: frozenset[str]) -> dict[str, str]:
    """Names by id of those who hold a role there."""
    roles = SourceRole.objects.filter(source__in=sources)
    holders = people(roles.values_list("user_id", flat=True).distinct())
    return {str(one): str(person) for one, person in holders.items()}


def _people(reader: Reader, chosen: Sequence[str]) -> list[tuple[str, str]]:
    """Who holds a role on these sources, the machine, and whoever is asked for though the role is gone."""
    named = dict(_holders(reader.sources))
    named |= {f"system:{name}": system_name(name) for name in registry().identities}
    for actor in set(chosen) - set(named):
        kind, _colon, name = actor.partition(":")
        named[actor] = (
            system_name(name) if kind == "system" else names_of([actor]).get(actor, actor)
        )
    return in_order(named.items())


def _actions(_reader: Reader, chosen: Sequence[str]) -> list[tuple[str, str]]:
    known = _labels(reader_language())
    strange = [(name, name) for name in {*chosen} - dict(known).keys()]
    return in_order([*known, *strange]) if strange else known


@cache
def _labels(_language: Language) -> list[tuple[str, str]]:
    return in_order((name, action_label(name)) for name in registry().actions)


@once_per_state
def _titles(sources: frozenset[str], language: Language) -> dict[str, str]:
    return {
        code: kind.title.in_(language)
        for source in (CONSOLE_SOURCE, *sorted(sources))
        for code, kind in kinds_on(source).items()
    }


def _codes(reader: Reader, chosen: Sequence[str]) -> list[tuple[str, str]]:
    """By title; a code that no rule of today has stands for itself."""
    codes, titles = (
        {*check_codes(reader.sources), *chosen},
        _titles(reader.sources, reader_language()),
    )
    return in_order((code, titles.get(code, code)) for code in codes)


def _instant(*, last: bool) -> Any:
    return lambda text, _reader: instant_read(text, last=last)


def _edge_words(edge: time) -> Any:
    def words(text: str) -> str:
        """A day by its name where its edge is meant."""
        instant = instant_read(text, last=edge == time.max)
        if instant is None:
            return text
        local = timezone.localtime(instant)
        return in_words(local.date()) if local.time() == edge else moment(instant)

    return words


def _alert(text: str, _reader: Reader) -> UUID | None:
    try:
        value = UUID(text)
    except ValueError:
        return None
    return value if _is_stored(subject_type="alert", subject_id=str(value)) else None


def _known(text: str, **columns: str) -> str | None:
    return text if _is_stored(**columns) else None


def _is_stored(**columns: str) -> bool:
    # In the order of the index: for a frequent value `exists()` would be planned as a sequential scan.
    return LedgerEntry.objects.filter(**columns).order_by("-seq").values("seq").first() is not None


HISTORY = Listing(
    view="history",
    filters=(
        Filter(
            "from",
            _lazy("Du"),
            reads=_instant(last=False),
            says=_edge_words(time.min),
            selects="since",
        ),
        Filter(
            "to",
            _lazy("Au"),
            reads=_instant(last=True),
            says=_edge_words(time.max),
            selects="until",
        ),
        Filter(
            "actor",
            _lazy("Qui"),
            _people,
            reads=lambda text, _reader: _known(text, actor=text),
            everything=_lazy("Tout le monde"),
        ),
        Filter(
            "action",
            _lazy("Action"),
            _actions,
            reads=lambda text, _reader: (
                text if text in registry().actions else _known(text, action=text)
            ),
        ),
        Filter("decision", _lazy("Décision"), lambda *_args: Decision.choices),
        Filter("source", _lazy("Source"), source_choices),
        Filter(
            "check_code",
            _lazy("Règle"),
            _codes,
            reads=lambda text, reader: (
                text if text in check_codes(reader.sources) else _known(text, check_code=text)
            ),
            says=str,
        ),
        Filter("alert", _lazy("Alerte"), reads=_alert, says=str),
        Filter(
            "entity",
            _lazy("Objet"),
            reads=lambda text, _reader: (
                text if Alert.objects.filter(entity_id=text).exists() else None
            ),
            says=str,
        ),
        Filter(
            "q",
            _lazy("Texte"),
            reads=lambda text, _reader: text,
            says=str,
            selects="text",
            is_cut=True,
        ),
        Filter(
            ROUTINE,
            _lazy("Entrées sans changement"),
            reads=lambda text, _reader: text if text == "1" else None,
            narrows=False,
        ),
    ),
    pages=_lazy("Pages de l’historique"),
    further=_lazy("Plus ancien"),
    former={"du": "from", "au": "to"},
)


def entries_selected(asked: Asked) -> HistoryFilter:
    """The entries that an address asks for."""
    return HistoryFilter(**{name: asked.values[name] for name in asked.values if name != ROUTINE})


def shows_routine(asked: Asked) -> bool:
    """Routine is hidden only where nobody asked for it."""
    return bool(asked.text(ROUTINE) or asked.text("action"))


def day_of(instant: datetime | None) -> str:
    """The local day of an instant as a date field takes it; empty for none."""
    return timezone.localtime(instant).date().isoformat() if instant else ""


def selection_words(asked: Asked) -> dict[str, str]:
    """Filter and period as the header of an export names them; empty when nothing is left out."""
    words = {one.name: text for one, text in asked.narrowing}
    for name, last in (("from", False), ("to", True)):
        if name in words:
            instant = asked.values["until" if last else "since"]
            words[name] = instant_words(instant, last=last)
    return words

"""A kind says what a check code means to people on one source; every page asks for it here and nowhere else.

Kinds come from packs. A room that has some names a provider in its capability.py; this module knows no rule.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from django.utils.translation import get_language

from alerts.calendars.queries import calendar_now
from alerts.calendars.working_time import WorkingCalendar
from alerts.kinds import wording
from alerts.kinds.wording import Language
from alerts.models import Status
from alerts.queries import alert_choices
from governance.core.capability import registry
from governance.core.identity.roles import Role

_UNITS_FR = {"minute": "minute", "hour": "heure", "day": "jour"}


@dataclass(frozen=True)
class Wording:
    """The same words in the languages of the console."""

    fr: str
    en: str

    def in_(self, language: Language) -> str:
        return self.en if language == "en" else self.fr


@dataclass(frozen=True)
class Parameter:
    """A threshold: what the query compares with, and where it was decided."""

    name: str
    type: Literal["number", "integer", "interval", "text"]
    value: Decimal | int | str | timedelta
    unit: str | None
    label: Wording
    source: str

    def text(self, language: Language = "fr") -> str:
        """As a reader writes it: `0,01 L`, `2 jours`."""
        if isinstance(self.value, timedelta):
            return _interval_text(self.value, language)
        if isinstance(self.value, str):
            return self.value
        value = Decimal(self.value)
        decimals = max(0, -int(value.normalize().as_tuple().exponent))
        return wording.number_text(value, decimals, self.unit, language)


@dataclass(frozen=True)
class Fact:
    """A payload key: a value that a finding carries. `words`: of a choice, by its value."""

    key: str
    type: Literal["text", "number", "timestamp", "instant", "choice", "json"]
    decimals: int
    unit: str | None
    label: Wording
    material: bool
    words: Mapping[str, Wording] = field(default_factory=dict)

    def text(self, value: object, language: Language = "fr") -> str:
        """A payload's value as a reader writes it; `—` when it is missing or is not of its type."""
        if value is None or value == "":
            return wording.MISSING
        try:
            return self._text(value, language)
        except OverflowError:
            return str(value)  # a year that the zone of display does not have
        except (ValueError, ArithmeticError):
            return wording.MISSING

    def _text(self, value: object, language: Language) -> str:
        if self.type == "number":
            return wording.number_text(Decimal(str(value)), self.decimals, self.unit, language)
        if self.type in ("timestamp", "instant"):
            write = wording.date_text if self.type == "timestamp" else wording.instant_text
            return write(datetime.fromisoformat(str(value)), language)
        if self.type == "json":
            return json.dumps(value, ensure_ascii=False)
        return self.words[str(value)].in_(language) if str(value) in self.words else str(value)


@dataclass(frozen=True)
class Kind:
    """A check code in words: titles, sentences, owner, deadlines, and labels of what its findings carry."""

    code: str
    version: str
    severity: str
    entity_type: str
    owner_role: Role
    runbook: Path  # in French; `runbook_in` knows the others
    source: str
    title: Wording
    message: Wording
    acknowledge_within: timedelta
    resolve_within: timedelta
    in_working_time: bool  # whether both run while the source works (alerts/calendars)
    parameters: Mapping[str, Parameter]
    payload: Mapping[str, Fact]
    # Instead of `message`, by the value of the fact `varies_by`; empty where one sentence does for all.
    varies_by: str
    variants: Mapping[str, Wording]
    _description: Wording

    @cached_property
    def object_key(self) -> str:
        """The fact that names what a finding is about: the first that is a text. Decision 0100."""
        return next((key for key, fact in self.payload.items() if fact.type == "text"), "")

    @cached_property
    def figure_key(self) -> str:
        """The fact that says by how much: the first number after its French sentence's colon, else of all."""
        _before, _colon, verdict = self.message.fr.rpartition(f"{wording.NBSP}:")
        told = [*wording.names(verdict), *wording.names(self.message.fr)]
        is_number = (key for key in told if key in self.payload and self.payload[key].unit)
        return next(is_number, "")

    def shown(self, payload: Any, key: str) -> str:
        """One of its facts as a list shows it, of several occurrences the first; empty for none."""
        part = payload[0] if isinstance(payload, list) and payload else payload
        if not key or not isinstance(part, dict) or part.get(key) in (None, ""):
            return ""
        fact, value = self.payload[key], part[key]
        if fact.type == "number" and isinstance(value, int | float) and abs(value) >= 100:
            fact = replace(fact, decimals=0)
        return fact.text(value, reader_language())

    @property
    def material_keys(self) -> frozenset[str]:
        """Payload keys whose change lapses an acknowledgement."""
        return frozenset(key for key, fact in self.payload.items() if fact.material)

    def description(self, language: Language = "fr") -> str:
        """One line for the catalogue, with the thresholds that are in force."""
        return wording.fill(self._description.in_(language), self._thresholds(language))

    def runbook_in(self, language: Language) -> tuple[Path, Language]:
        """The page in this language where the pack has one (`name.en.md`), else the French one."""
        other = self.runbook.with_suffix(f".{language}{self.runbook.suffix}")
        return (other, language) if language != "fr" and other.is_file() else (self.runbook, "fr")

    def sentence(self, payload: Mapping[str, object], language: Language = "fr") -> str:
        """What a finding says; in French exactly the view's message."""
        texts = self._thresholds(language)
        texts |= {key: fact.text(payload.get(key), language) for key, fact in self.payload.items()}
        return wording.fill(self._message(payload).in_(language), texts)

    def tells(self, payload: object, version: str | None) -> bool:
        """Whether the sentence can be said again of what a finding of this version carried."""
        if not isinstance(payload, dict) or version not in (None, self.version):
            return False
        if not self._message(payload).fr:
            return False  # the view's own words are all there is
        used = {*wording.names(self._message(payload).fr), self.varies_by} - {*self.parameters, ""}
        return used <= set(payload)

    def _message(self, payload: Mapping[str, object]) -> Wording:
        return self.variants.get(str(payload.get(self.varies_by)), self.message)

    def _thresholds(self, language: Language) -> dict[str, str]:
        return {name: parameter.text(language) for name, parameter in self.parameters.items()}


# Source -> the kinds that are in force there, by check code.
Provider = Callable[[str], Mapping[str, Kind]]
# Source -> when it works.
CalendarOf = Callable[[str], WorkingCalendar | None]


class KindOf:
    """Kinds by check code and source; each source is asked for once, so make one per page."""

    def __init__(self, provide: Provider, calendar: CalendarOf = calendar_now) -> None:
        self._provide, self._calendar = provide, calendar
        self._known: dict[str, Mapping[str, Kind]] = {}
        self._calendars: dict[str, WorkingCalendar | None] = {}

    def __call__(self, check_code: str, source: str) -> Kind | None:
        """None where nothing of ours made this code's rows on this source."""
        return self.on(source).get(check_code)

    def on(self, source: str) -> Mapping[str, Kind]:
        """All that are in force on a source."""
        if source not in self._known:
            self._known[source] = self._provide(source)
        return self._known[source]

    def calendar(self, kind: Kind | None, source: str) -> WorkingCalendar | None:
        """What the deadlines of a kind run by on a source; None where they run day and night."""
        if kind is None or not kind.in_working_time:
            return None
        if source not in self._calendars:
            self._calendars[source] = self._calendar(source)
        return self._calendars[source]


def kinds_on(source: str) -> Mapping[str, Kind]:
    """The kinds in force on a source today, of all providers; to be asked of sources that a reader holds."""
    found: dict[str, Kind] = {}
    for provide in registry().kinds:
        found |= provide(source)
    return found


def kinds_now() -> KindOf:
    """Those of today, for many rows."""
    return KindOf(kinds_on)


def kind_of(check_code: str, source: str) -> Kind | None:
    """The kind of one row today."""
    return kinds_on(source).get(check_code)


def check_codes(sources: Iterable[str]) -> list[str]:
    """Codes that people may look for: those that may be found on `sources`, and those that ever were."""
    held = frozenset(sources)
    stored = alert_choices(held, tuple(Status.values))["check_code"]
    return sorted({*stored, *(code for source in held for code in kinds_on(source))})


def reader_language() -> Language:
    """The language of the page, as kinds name it."""
    return "en" if get_language() == "en" else "fr"


def message_in_words(message: str, payload: Any, version: str | None, kind: Kind | None) -> str:
    """What a finding said, in the reader's language where its kind can say it; else as the view wrote it."""
    language = reader_language()
    if language == "fr" or kind is None or not kind.tells(payload, version):
        return message
    return kind.sentence(payload, language)


def _interval_text(value: timedelta, language: Language) -> str:
    for unit, length in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        number, rest = divmod(int(value.total_seconds()), length)
        if not rest and (number or unit == "minute"):
            word = unit if language == "en" else _UNITS_FR[unit]
            return f"{number}{wording.NBSP}{word}{'s' if number > 1 else ''}"
    raise ValueError(value)

"""Owns what a rule is, as typed values that can put themselves into words; reads no file."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Literal

from governance.core.identity.roles import Role
from integrity.rules import wording
from integrity.rules.wording import Language

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
class Embed:
    """An expression that rules share: `text` holds `<name>` for each key of `arguments`."""

    text: str
    arguments: Mapping[str, str]


@dataclass(frozen=True)
class Fact:
    """A payload key: a value that a finding carries."""

    key: str
    type: Literal["text", "number", "timestamp"]
    decimals: int
    unit: str | None
    label: Wording
    material: bool

    def text(self, value: object, language: Language = "fr") -> str:
        """A payload's value as a reader writes it; `—` when it is missing or is not of its type."""
        try:
            if value is None or value == "":
                return wording.MISSING
            if self.type == "number":
                return wording.number_text(Decimal(str(value)), self.decimals, self.unit, language)
            if self.type == "timestamp":
                return wording.date_text(datetime.fromisoformat(str(value)), language)
        except OverflowError:
            return str(value)  # a year that the zone of display does not have
        except (ValueError, ArithmeticError):
            return wording.MISSING
        return str(value)


@dataclass(frozen=True)
class Rule:
    """One declarative check. `query` gives entity_id, detected_at and a column for each fact."""

    code: str
    version: str
    severity: str
    entity_type: str
    owner_role: Role
    runbook: str
    source: str
    title: Wording
    message: Wording
    acknowledge_within: timedelta
    resolve_within: timedelta
    parameters: Mapping[str, Parameter]
    embeds: Mapping[str, Embed]
    payload: Mapping[str, Fact]
    query: str
    proof: str
    folder: Path
    _description: Wording

    @property
    def material_keys(self) -> frozenset[str]:
        """Payload keys whose change lapses an acknowledgement."""
        return frozenset(key for key, fact in self.payload.items() if fact.material)

    def description(self, language: Language = "fr") -> str:
        """One line for the catalogue, with the thresholds that are in force."""
        texts = {name: parameter.text(language) for name, parameter in self.parameters.items()}
        return wording.fill(self._description.in_(language), texts)

    def sentence(self, payload: Mapping[str, object], language: Language = "fr") -> str:
        """What a finding says; in French exactly the view's message."""
        texts = {name: parameter.text(language) for name, parameter in self.parameters.items()}
        texts |= {key: fact.text(payload.get(key), language) for key, fact in self.payload.items()}
        return wording.fill(self.message.in_(language), texts)


def _interval_text(value: timedelta, language: Language) -> str:
    for unit, length in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        number, rest = divmod(int(value.total_seconds()), length)
        if number and not rest:
            word = unit if language == "en" else _UNITS_FR[unit]
            return f"{number}{wording.NBSP}{word}{'s' if number > 1 else ''}"
    raise ValueError(value)

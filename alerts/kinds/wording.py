"""How the sentences of a kind are filled, and values written in them, in the languages of the console.

The view's SQL writes the same in French (integrity/rules/wording_sql.py); a test compares them. Dates are
those of the zone that the pages show (`TIME_ZONE`). Knows no kind.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Literal
from zoneinfo import ZoneInfo

from django.conf import settings

Language = Literal["fr", "en"]

MISSING = "—"
NBSP = "\u00a0"
MINUS = "\u2212"

PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)\}")
_FRENCH_SPACE = re.compile(r" (?=[:;!?»%])|(?<=«) ")
_DEGREES_SPACE = re.compile(r"(?<=\d) (?=°C)")


def typeset(text: str, language: Language) -> str:
    """A number and its °C, and in French punctuation and its space, stay on the same line."""
    text = _DEGREES_SPACE.sub(NBSP, text)
    return _FRENCH_SPACE.sub(NBSP, text) if language == "fr" else text


def names(template: str) -> list[str]:
    """Names between braces, in order; ValueError for a brace that belongs to none."""
    if re.search(r"[{}]", PLACEHOLDER.sub("", template)):
        raise ValueError("a brace that is not around a name")
    return PLACEHOLDER.findall(template)


def fill(template: str, texts: Mapping[str, str]) -> str:
    """The template with each `{name}` replaced by its text."""
    return PLACEHOLDER.sub(lambda match: texts[match[1]], template)


def number_text(value: Decimal, decimals: int, unit: str | None, language: Language) -> str:
    """At most that many decimals, no zero at their end; thousands apart; the unit behind."""
    text = f"{value:,.{decimals}f}"
    if decimals:
        text = text.rstrip("0").rstrip(".")
    if language == "fr":
        text = text.translate({ord(","): NBSP, ord("."): ","})
    text = text.replace("-", MINUS)
    return f"{text}{NBSP}{unit}" if unit else text


def date_text(moment: datetime, language: Language) -> str:
    """The local date of an instant."""
    local = moment.astimezone(ZoneInfo(settings.TIME_ZONE))
    return local.strftime("%d/%m/%Y") if language == "fr" else f"{local.day} {local:%B %Y}"


def instant_text(moment: datetime, language: Language) -> str:
    """An instant to the minute, as the clock stood where the pages are read."""
    local = moment.astimezone(ZoneInfo(settings.TIME_ZONE))
    return f"{date_text(moment, language)} {local.strftime('%H:%M')}"

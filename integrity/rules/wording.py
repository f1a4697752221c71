"""Owns how a rule's sentences are filled: once as SQL for the view, once in Python for a page.

Both write a value alike in French; a test compares them. Dates are those of the zone that the pages show
(`TIME_ZONE`), whatever the session's is. Knows no rule and no database.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Literal
from zoneinfo import ZoneInfo

from django.conf import settings
from psycopg import sql

Language = Literal["fr", "en"]

MISSING = "—"
NBSP = "\u00a0"
MINUS = "\u2212"

_PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)\}")
_FRENCH_SPACE = re.compile(r" (?=[:;!?»%])|(?<=«) ")
_DEGREES_SPACE = re.compile(r"(?<=\d) (?=°C)")


def typeset(text: str, language: Language) -> str:
    """A number and its °C, and in French punctuation and its space, stay on the same line."""
    text = _DEGREES_SPACE.sub(NBSP, text)
    return _FRENCH_SPACE.sub(NBSP, text) if language == "fr" else text


def names(template: str) -> list[str]:
    """Names between braces, in order; ValueError for a brace that belongs to none."""
    if re.search(r"[{}]", _PLACEHOLDER.sub("", template)):
        raise ValueError("a brace that is not around a name")
    return _PLACEHOLDER.findall(template)


def fill(template: str, texts: Mapping[str, str]) -> str:
    """The template with each `{name}` replaced by its text."""
    return _PLACEHOLDER.sub(lambda match: texts[match[1]], template)


def fill_sql(template: str, expressions: Mapping[str, str]) -> str:
    """An SQL expression of type text: the template's pieces as literals around `expressions`."""
    pieces = []
    for number, piece in enumerate(_PLACEHOLDER.split(template)):
        if number % 2:
            pieces.append(expressions[piece])
        elif piece:
            pieces.append(literal(piece))
    return "\n        || ".join(pieces)


def literal(value: object) -> str:
    """A value as an SQL literal."""
    return sql.Literal(value).as_string(None).strip()


def number_text(value: Decimal, decimals: int, unit: str | None, language: Language) -> str:
    """At most that many decimals, no zero at their end; thousands apart; the unit behind."""
    text = f"{value:,.{decimals}f}"
    if decimals:
        text = text.rstrip("0").rstrip(".")
    if language == "fr":
        text = text.translate({ord(","): NBSP, ord("."): ","})
    text = text.replace("-", MINUS)
    return f"{text}{NBSP}{unit}" if unit else text


def number_sql(expression: str, decimals: int, unit: str | None) -> str:
    """`number_text` in French, as SQL, for an expression of a number's type."""
    picture = "FM999,999,999,999,990" + ("." + "9" * decimals if decimals else "")
    text = f"to_char(round({expression}::numeric, {decimals}), '{picture}')"
    if decimals:
        text = f"rtrim({text}, '.')"
    text = f"translate({text}, ',.-', {literal(NBSP + ',' + MINUS)})"
    unit_sql = f" || {literal(NBSP + unit)}" if unit else ""
    return f"coalesce({text}{unit_sql}, {literal(MISSING)})"


def date_text(moment: datetime, language: Language) -> str:
    """The local date of an instant."""
    local = moment.astimezone(ZoneInfo(settings.TIME_ZONE))
    return local.strftime("%d/%m/%Y" if language == "fr" else "%Y-%m-%d")


def date_sql(expression: str) -> str:
    """`date_text` in French, as SQL, for an expression of type timestamptz."""
    zone = literal(settings.TIME_ZONE)
    return (
        f"coalesce(to_char({expression}::timestamptz AT TIME ZONE {zone}, 'DD/MM/YYYY'),"
        f" {literal(MISSING)})"
    )


def instant_sql(expression: str) -> str:
    """An instant as ISO 8601 text in UTC: unlike a cast, it does not depend on the session."""
    return (
        f"""to_char({expression}::timestamptz AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')"""
    )


def text_sql(expression: str) -> str:
    """A text that may be missing."""
    return f"coalesce(nullif({expression}::text, ''), {literal(MISSING)})"

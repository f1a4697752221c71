"""How a rule's sentences and values are written in the view's SQL, in French as alerts/kinds/wording.py does.

Knows no rule and no database.
"""

from collections.abc import Mapping

from django.conf import settings
from psycopg import sql

from alerts.kinds.wording import MINUS, MISSING, NBSP, PLACEHOLDER


def fill_sql(template: str, expressions: Mapping[str, str]) -> str:
    """An SQL expression of type text: the template's pieces as literals around `expressions`."""
    pieces = []
    for number, piece in enumerate(PLACEHOLDER.split(template)):
        if number % 2:
            pieces.append(expressions[piece])
        elif piece:
            pieces.append(literal(piece))
    return "\n        || ".join(pieces)


def literal(value: object) -> str:
    """A value as an SQL literal."""
    return sql.Literal(value).as_string(None).strip()


def number_sql(expression: str, decimals: int, unit: str | None) -> str:
    """`number_text` in French, as SQL, for an expression of a number's type."""
    picture = "FM999,999,999,999,990" + ("." + "9" * decimals if decimals else "")
    text = f"to_char(round({expression}::numeric, {decimals}), '{picture}')"
    if decimals:
        text = f"rtrim({text}, '.')"
    text = f"translate({text}, ',.-', {literal(NBSP + ',' + MINUS)})"
    unit_sql = f" || {literal(NBSP + unit)}" if unit else ""
    return f"coalesce({text}{unit_sql}, {literal(MISSING)})"


def date_sql(expression: str, picture: str = "DD/MM/YYYY") -> str:
    """`date_text` in French, as SQL, for an expression of type timestamptz."""
    zone = literal(settings.TIME_ZONE)
    return (
        f"coalesce(to_char({expression}::timestamptz AT TIME ZONE {zone}, '{picture}'),"
        f" {literal(MISSING)})"
    )


def instant_text_sql(expression: str) -> str:
    """`instant_text` in French, as SQL, for an expression of type timestamptz."""
    return date_sql(expression, "DD/MM/YYYY HH24:MI")


def choice_sql(expression: str, words: Mapping[str, str]) -> str:
    """The words of a choice; the value itself where it has none."""
    cases = " ".join(f"WHEN {literal(value)} THEN {literal(said)}" for value, said in words.items())
    return (
        f"coalesce(CASE {expression}::text {cases} ELSE {expression}::text END, {literal(MISSING)})"
    )


def instant_sql(expression: str) -> str:
    """An instant as ISO 8601 text in UTC: unlike a cast, it does not depend on the session."""
    return (
        f"""to_char({expression}::timestamptz AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')"""
    )


def text_sql(expression: str) -> str:
    """A text that may be missing."""
    return f"coalesce(nullif({expression}::text, ''), {literal(MISSING)})"

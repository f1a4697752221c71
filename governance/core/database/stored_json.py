"""Reads jsonb as PostgreSQL may hold it: any depth, numbers of any length. Knows no table.

Python reads neither a thousand levels nor an integer of 4 301 digits, and what is in the ledger stays there.
Such parts are read as text, which shows that it was cut, so that a page has everything else.
"""

import json
import re
from typing import Any

from django.db import models

# Deeper than what the intake lets in, because the ledger wraps what it keeps.
DEPTH = 64
DIGITS = 305  # what a float still holds
_SHOWN = 60

# Strings are matched so that their brackets are passed over.
_TOKEN = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[\[\]{}]')


def stored_json(text: str) -> Any:
    """The value of a jsonb's text; what is too deep or too long in it comes as a text that ends in `…`."""
    if text.count("{") + text.count("[") > DEPTH:
        text = _shallow(text)
    # A text as short as the longest number that is read has none that is longer.
    return json.loads(text) if len(text) <= DIGITS else _read(text)


def _integer(digits: str) -> int | str:
    return int(digits) if len(digits) <= DIGITS else _cut(digits)


def _float(digits: str) -> float | str:
    return float(digits) if len(digits) <= DIGITS else _cut(digits)


# json.loads would make such a decoder for each text.
_read = json.JSONDecoder(parse_int=_integer, parse_float=_float).decode


def _cut(text: str) -> str:
    return f"{text[:_SHOWN]}… ({len(text)})"


def _shallow(text: str) -> str:
    """The same text, each part below DEPTH replaced by a string that begins as it did."""
    parts, depth, copied, start = [], 0, 0, 0
    for token in _TOKEN.finditer(text):
        mark = token[0]
        if mark in "[{":
            depth += 1
            if depth == DEPTH + 1:
                start = token.start()
        elif mark in "]}":
            if depth == DEPTH + 1:
                parts += [text[copied:start], json.dumps(_cut(text[start : token.end()]))]
                copied = token.end()
            depth -= 1
    return "".join([*parts, text[copied:]])


class StoredJSONField(models.JSONField):
    """A jsonb column whose values were written by others than Python; to a migration a plain JSONField."""

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        return stored_json(value) if isinstance(value, str) else value

    def deconstruct(self) -> Any:
        name, _path, arguments, keywords = super().deconstruct()
        return name, "django.db.models.JSONField", arguments, keywords

"""Owns what a source's view was read through: everything below it, the reading role, row security, settings.

Reads the source's catalogue only. The view's own text and version are `installed_view`'s.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import psycopg

from integrity.sources.catalogue import catalogue_reading
from integrity.sources.contract import VIEW

SQL = Path(__file__).parent / "sql" / "below.sql"
_INDENT = "  "


@dataclass(frozen=True)
class Evidence:
    """Named parts, such as `TABLE public.loans`, each with what the catalogue says of it.

    `rows`: which rows of the catalogue said it. What is changed and changed back reads as before, and comes
    from another row. Kept nowhere: a right that is granted makes a new row as well.
    """

    parts: Mapping[str, str]
    rows: str = field(default="", compare=False)

    @property
    def text(self) -> str:
        """The parts one after another, a part's own lines indented."""
        lines = []
        for name, said in self.parts.items():
            lines += [name, *(_INDENT + line for line in said.split("\n"))]
        return "\n".join(lines)

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()

    def moved_since(self, other: "Evidence") -> list[str]:
        """The parts that came, went or read otherwise, in alphabetical order."""
        names = {*self.parts, *other.parts}
        return sorted(name for name in names if self.parts.get(name) != other.parts.get(name))


def evidence_read(connection: psycopg.Connection[Any]) -> Evidence:
    """What reading the view on this connection depends on."""
    with catalogue_reading(connection, VIEW) as (cursor, view, path):
        cursor.execute(_query(), {"view": view, "search_path": path})
        found = dict(cursor.fetchall())
    rows = found.pop("")
    return Evidence({_one_line(name): said for name, said in found.items()}, rows)


def _one_line(name: str) -> str:
    """Two names stay two."""
    return name.replace("\\", r"\\").replace("\n", r"\n")


def evidence_parse(text: str) -> Evidence:
    """The evidence that has this `text`."""
    parts: dict[str, list[str]] = {}
    name = ""
    for line in text.split("\n"):
        if line.startswith(_INDENT):
            parts[name].append(line.removeprefix(_INDENT))
        else:
            name = line
            parts[name] = []
    return Evidence({name: "\n".join(lines) for name, lines in parts.items()})


@cache
def _query() -> str:
    return SQL.read_text(encoding="utf-8")

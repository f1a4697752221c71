"""Compares what the database runs with what this program installs, by the hashes in definitions.json.

Functions, triggers, policies, rules, row security, columns, constraints, views, and what would take the place
of PostgreSQL's own functions. Must not ask a function of the console's database.
`make definitions` writes the file anew, from a database that was just migrated.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.db import connection, models
from django.utils.translation import gettext_lazy as _

HERE = Path(__file__).parents[1]
MANIFEST = HERE / "definitions.json"
# Before 16 PostgreSQL prints the columns of a view with their table, since then without: another text.
OLDER = HERE / "definitions_before_16.json"
# Names without a schema are PostgreSQL's own, and definitions are printed alike for every session.
PLAIN = {"search_path": "pg_catalog, pg_temp", "quote_all_identifiers": "off"}

# Kinds of which a console has none: what PostgreSQL would take instead of its own, or set for each session.
STRANGE = {"shadow", "operator", "cast", "setting"}


class State(models.TextChoices):
    """How an object differs from what the program installs."""

    MISSING = "MISSING", _("absent")
    CHANGED = "CHANGED", _("modifié")
    EXTRA = "EXTRA", _("en trop")


@dataclass(frozen=True)
class Drift:
    """One object that is not as installed, such as `trigger ledger_entry_door on ledger_entry`."""

    name: str
    state: State

    def __str__(self) -> str:
        return f"{self.name} ({self.state.label})"


@contextmanager
def plain_session() -> Iterator[None]:
    """Until the block ends, no setting of the session or its role changes what a sent statement means."""
    with connection.cursor() as cursor:
        before = {}
        for name, value in PLAIN.items():
            cursor.execute("SELECT pg_catalog.current_setting(%s)", [name])
            before[name] = cursor.fetchone()[0]
            cursor.execute("SELECT pg_catalog.set_config(%s, %s, true)", [name, value])
        yield
        for name, value in before.items():
            cursor.execute("SELECT pg_catalog.set_config(%s, %s, true)", [name, value])


def definitions() -> dict[str, str]:
    """Hash of every object's definition, by name. Inside `plain_session`."""
    with connection.cursor() as cursor:
        cursor.execute(check_sql("definitions"))
        return {name: hashlib.sha256(text.encode()).hexdigest() for name, text in cursor.fetchall()}


def drifts(found: Mapping[str, str]) -> tuple[Drift, ...]:
    """How `found` differs from what the program installs, by name.

    A table or a function of another name is somebody's own and no fault; a second function of one of
    our names is, and so is anything that acts on one of our tables or would be taken for PostgreSQL's own.
    """
    ours = expected()
    functions = {name.partition("(")[0] for name in ours if name.startswith("function ")}
    tables = {name.partition(" ")[2] for name in ours if name.startswith(("table ", "view "))}
    result = {
        name: State.CHANGED if name in found else State.MISSING
        for name, hashed in ours.items()
        if found.get(name) not in {hashed, older().get(name, hashed)}
    }
    for name in found.keys() - ours.keys():
        kind = name.partition(" ")[0]
        if (
            kind in STRANGE
            or name.partition("(")[0] in functions
            or name.rpartition(" on ")[2] in tables
        ):
            result[name] = State.EXTRA
    return tuple(Drift(name, result[name]) for name in sorted(result))


@cache
def expected() -> dict[str, str]:
    """What `definitions()` gives on a database that this release just migrated."""
    content: dict[str, str] = json.loads(MANIFEST.read_text(encoding="utf-8"))
    return content


@cache
def older() -> dict[str, str]:
    """The same of the views, on a server before 16 (governance/devtools/older_definitions.py)."""
    content: dict[str, dict[str, str]] = json.loads(OLDER.read_text(encoding="utf-8"))
    return {name: hashes["older"] for name, hashes in content.items()}


@cache
def check_sql(name: str) -> str:
    """A statement that the program sends, from sql/check/."""
    return (HERE / "sql" / "check" / f"{name}.sql").read_text(encoding="utf-8")

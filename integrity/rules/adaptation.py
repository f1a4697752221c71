"""How the rules of a pack are fitted to one sort of database: `source.toml`, read and applied; runs no SQL.

Thresholds, severity, owner and deadlines are replaced; tables and columns of other names, and what the pack
takes for granted, become common table expressions before a rule's query, so that its own text stays as it is.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from alerts.kinds import Kind, Parameter, Wording
from governance.core.identity.roles import Role
from integrity.rules.files import text_read
from integrity.rules.manifest import ManifestError, manifest_read, parameter_value
from integrity.rules.rule import Renamed, Rule
from integrity.rules.rule_sql import relation_sql
from integrity.rules.sql_text import SqlTextError, bind, tokens

SOURCE_FILE = "source.toml"


@dataclass(frozen=True)
class Choice:
    """One answer to an assumption. `check`: a SELECT of how many rows follow it, and how many do not."""

    name: str
    label: Wording
    check: str
    tables: Mapping[str, str] = field(default_factory=dict)  # a table of the rules -> a SELECT


@dataclass(frozen=True)
class Assumption:
    """What rules take for granted about the database, with the choice that is declared."""

    name: str
    title: Wording
    declared: str
    choices: Mapping[str, Choice]


@dataclass(frozen=True)
class Adaptation:
    """What `source.toml` says, as read; `values` is the whole of it, for the record."""

    version: str = ""
    tables: Mapping[str, str] = field(default_factory=dict)
    columns: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    assumptions: Mapping[str, str] = field(default_factory=dict)
    rules: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Unused:
    """A rule that is declared to have no object on this sort of database."""

    kind: Kind
    reason: str


def adaptation_read(folder: Path) -> Adaptation:
    """The `source.toml` of a pack's folder; empty where there is none. Raises ManifestError."""
    file = folder / SOURCE_FILE
    if not file.is_file():
        return Adaptation()
    values = manifest_read(file, "source")
    parts = {name: values.get(name, {}) for name in ("tables", "columns", "assumptions", "rules")}
    return Adaptation(version=values["version"], values=values, **parts)


def assumptions_read(manifest: Mapping[str, Any], folder: Path) -> dict[str, Assumption]:
    """What `pack.toml` declares, its files read. Raises ManifestError."""
    found = {}
    for name, entry in manifest.get("assumptions", {}).items():
        if entry["default"] not in entry["choices"]:
            raise ManifestError(
                f"{folder.name}/pack.toml: assumptions.{name}.default: is not a choice"
            )
        choices = {
            key: Choice(
                key,
                Wording(**one["label"]),
                _select(folder, one["check"]),
                {table: _select(folder, file) for table, file in one.get("tables", {}).items()},
            )
            for key, one in entry["choices"].items()
        }
        found[name] = Assumption(name, Wording(**entry["title"]), entry["default"], choices)
    return found


def assumptions_declared(
    assumptions: Mapping[str, Assumption], adaptation: Adaptation
) -> dict[str, Assumption]:
    """With the choices of `source.toml`. Raises ManifestError."""
    declared = dict(assumptions)
    for name, choice in adaptation.assumptions.items():
        if name not in declared:
            raise ManifestError(f"{SOURCE_FILE}: assumptions.{name}: the pack makes no such one")
        if choice not in declared[name].choices:
            known = ", ".join(declared[name].choices)
            raise ManifestError(
                f"{SOURCE_FILE}: assumptions.{name}: {choice} is not one of {known}"
            )
        declared[name] = replace(declared[name], declared=choice)
    return declared


def kind_adapted(kind: Kind, adaptation: Adaptation, assumptions: Mapping[str, Assumption]) -> Kind:
    """The kind as it is in force here. Raises ManifestError."""
    said = adaptation.rules.get(kind.code, {})
    where = f"{SOURCE_FILE}: rules.{kind.code}"
    changes: dict[str, Any] = {}
    if "severity" in said:
        if isinstance(kind, Rule) and kind.severity_varies:
            raise ManifestError(
                f"{where}.severity: this rule says itself how grave each finding is"
            )
        if not isinstance(kind, Rule):
            raise ManifestError(f"{where}.severity: somebody else’s view says it")
        changes["severity"] = said["severity"]
    if "owner_role" in said:
        changes["owner_role"] = Role(said["owner_role"])
    if "deadlines" in said:
        hours = said["deadlines"]
        if hours["resolve_hours"] < hours["acknowledge_hours"]:
            raise ManifestError(f"{where}.deadlines.resolve_hours: comes before acknowledge_hours")
        changes["acknowledge_within"] = timedelta(hours=hours["acknowledge_hours"])
        changes["resolve_within"] = timedelta(hours=hours["resolve_hours"])
        changes["in_working_time"] = hours.get("working_time", kind.in_working_time)
    if "parameters" in said:
        changes["parameters"] = _parameters(kind, said, where)
    if isinstance(kind, Rule) and (tables := _tables(kind, adaptation, assumptions)):
        changes["tables"] = {**kind.tables, **tables}
        changes["renamed"] = {
            **kind.renamed,
            **{
                name: Renamed(adaptation.tables.get(name, name), adaptation.columns.get(name, {}))
                for name in {*adaptation.tables, *adaptation.columns} & tables.keys()
            },
        }
    if isinstance(kind, Rule) and changes.keys() & {"severity", "parameters"}:
        changes["shipped"] = kind.shipped or kind
    if changes.keys() & {"severity", "parameters", "tables"}:
        # What the view runs is other: its comment, and every finding, say so.
        changes["version"] = f"{kind.version}+{adaptation.version or '0.0.0'}"
    return replace(kind, **changes) if changes else kind


def unknown_names(adaptation: Adaptation, kinds: Mapping[str, Kind]) -> list[str]:
    """Entries that speak of no rule and of no table that a rule reads: mostly a slip of the pen."""
    read = {
        token.text
        for kind in kinds.values()
        if isinstance(kind, Rule)
        for token in tokens(kind.query)
        if token.kind == "word"
    }
    found = [
        f"rules.{code}: the pack has no such rule" for code in adaptation.rules if code not in kinds
    ]
    for part, names in (("tables", adaptation.tables), ("columns", adaptation.columns)):
        found += [f"{part}.{name}: no rule reads it" for name in names if name not in read]
    return [f"{SOURCE_FILE}: {one}" for one in found]


def _parameters(kind: Kind, said: Mapping[str, Any], where: str) -> dict[str, Parameter]:
    changed = dict(kind.parameters)
    for name, value in said["parameters"].items():
        known = kind.parameters.get(name)
        if known is None:
            raise ManifestError(f"{where}.parameters.{name}: the rule has no such threshold")
        try:
            typed = parameter_value(known.type, value)
        except ValueError as error:
            raise ManifestError(f"{where}.parameters.{name}: {error}") from None
        changed[name] = replace(known, value=typed, source=said["reason"])
    return changed


def _tables(
    rule: Rule, adaptation: Adaptation, assumptions: Mapping[str, Assumption]
) -> dict[str, str]:
    """A SELECT for each table of the query that is not here as the rule knows it, in order of use."""
    stands_for: dict[str, str] = {}
    for one in assumptions.values():
        stands_for |= one.choices[one.declared].tables
    read = {token.text for token in tokens(rule.query) if token.kind == "word"}
    chosen = {name: text for name, text in stands_for.items() if name in read}
    for text in chosen.values():
        read |= {token.text for token in tokens(text) if token.kind == "word"}
    renamed = {
        name: renamed_sql(name, adaptation)
        for name in sorted({*adaptation.tables, *adaptation.columns})
        if name in read and name not in chosen
    }
    tables = renamed | chosen
    # What a pack that this one extends said holds, unless it is said anew.
    return {name: text for name, text in tables.items() if rule.tables.get(name) != text}


def renamed_sql(name: str, adaptation: Adaptation) -> str:
    """The table that holds `name` here, its renamed columns beside their own names."""
    columns = "".join(
        f", t.{relation_sql(here)} AS {column}"
        for column, here in adaptation.columns.get(name, {}).items()
    )
    return f"SELECT t.*{columns} FROM {relation_sql(adaptation.tables.get(name, name))} AS t"  # noqa: S608


def check_sql(choice: Choice, adaptation: Adaptation) -> str:
    """The question to the data whether they follow a choice, with this source's tables."""
    read = {token.text for token in tokens(choice.check) if token.kind == "word"}
    named = ", ".join(
        f"{name} AS ({renamed_sql(name, adaptation)})"
        for name in sorted({*adaptation.tables, *adaptation.columns})
        if name in read
    )
    return f"WITH {named}\n{choice.check}" if named else choice.check


def _select(folder: Path, name: str) -> str:
    """One SELECT, which leaves neither its parentheses nor the transaction that it is run in."""
    try:
        return bind(text_read(folder / name, folder).strip(), {})
    except (OSError, UnicodeDecodeError, SqlTextError) as error:
        raise ManifestError(f"{folder.name}/pack.toml: assumptions: {name}: {error}") from None

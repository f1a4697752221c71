"""Owns the rules as typed values, read from their folders; knows no SQL dialect and no database.

A manifest that is wrong in any way stops the load with its file and key: a rule half understood is
worse than none.
"""

import functools
import json
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from governance.roles import Role
from integrity import wording
from integrity.wording import Language

ROOT = Path(__file__).resolve().parent.parent
RULES = Path(__file__).parent / "rules"
SCHEMA = Path(__file__).parent / "manifest.schema.json"

_UNITS_FR = {"minute": "minute", "hour": "heure", "day": "jour"}


class ManifestError(ValueError):
    """What is wrong in which file, one problem a line."""


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


@functools.cache
def catalog() -> Mapping[str, Rule]:
    """The shipped rules by code, in the order of the codes. Raises ManifestError."""
    return {rule.code: rule for rule in rules_load(RULES)}


def rules_select(codes: Iterable[str]) -> list[Rule]:
    """The shipped rules with these codes. Raises KeyError with the codes that do not exist."""
    wanted = set(codes)
    unknown = sorted(wanted - set(catalog()))
    if unknown:
        raise KeyError(", ".join(unknown))
    return [rule for code, rule in catalog().items() if code in wanted]


def rules_load(folder: Path) -> list[Rule]:
    """Every rule of a folder of rule folders, by code. Raises ManifestError."""
    files = sorted(folder.glob("*/rule.toml"))
    if not files:
        raise ManifestError(f"{folder}: no rule here")
    return [rule_load(file.parent) for file in files]


def rule_load(folder: Path) -> Rule:
    """The rule of one folder. Raises ManifestError."""
    file = folder / "rule.toml"
    try:
        manifest = tomllib.loads(file.read_text(encoding="utf-8"), parse_float=Decimal)
        query = (folder / "query.sql").read_text(encoding="utf-8")
        proof = (folder / "proof.sql").read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise ManifestError(f"{_short(Path(error.filename))}: this file is missing") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ManifestError(f"{_short(file)}: {error}") from None
    problems = _schema_problems(manifest) or _meaning_problems(manifest, folder)
    if problems:
        raise ManifestError("\n".join(f"{_short(file)}: {problem}" for problem in problems))
    return _rule(manifest, query, proof, folder)


@functools.cache
def _validator() -> Draft202012Validator:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def _schema_problems(manifest: Mapping[str, Any]) -> list[str]:
    errors = _validator().iter_errors(manifest)
    return [_problem(error) for error in sorted(errors, key=lambda error: str(error.json_path))]


def _problem(error: ValidationError) -> str:
    path = ".".join(map(str, error.absolute_path))
    where = f"{path}: " if path else ""
    if error.validator == "additionalProperties" and isinstance(error.instance, dict):
        known = set(error.schema.get("properties", {}))  # type: ignore[union-attr]
        extra = sorted(set(error.instance) - known)
        return f"{where}unknown key {', '.join(extra)}"
    if error.validator == "not":
        return f"{where}not allowed for this type"
    return f"{where}{error.message}"


def _meaning_problems(manifest: Mapping[str, Any], folder: Path) -> list[str]:
    """What a JSON Schema cannot say."""
    problems = []
    if folder.name != manifest["code"].lower():
        problems.append(f"code: {manifest['code']} is in a folder named {folder.name}")
    if manifest["owner_role"] not in list(Role):
        problems.append(f"owner_role: {manifest['owner_role']} is not a role")
    if not (ROOT / manifest["runbook"]).is_file():
        problems.append(f"runbook: {manifest['runbook']} does not exist")
    hours = manifest["deadlines"]
    if hours["resolve_hours"] < hours["acknowledge_hours"]:
        problems.append("deadlines.resolve_hours: comes before acknowledge_hours")
    parameters, facts = set(manifest.get("parameters", {})), set(manifest["payload"])
    for name in sorted(parameters & facts):
        problems.append(f"payload.{name}: is also a parameter")
    for name in sorted({"entity_id", "detected_at"} & facts):
        problems.append(f"payload.{name}: is a column of the view")
    allowed = {"title": set(), "description": parameters, "message": parameters | facts}
    for key, known in allowed.items():
        for language, template in manifest[key].items():
            problems += _template_problems(f"{key}.{language}", template, known)
    return problems


def _template_problems(where: str, template: str, known: set[str]) -> list[str]:
    try:
        used = wording.names(template)
    except ValueError as error:
        return [f"{where}: {error}"]
    return [f"{where}: {{{name}}} is not known" for name in used if name not in known]


def _rule(manifest: Mapping[str, Any], query: str, proof: str, folder: Path) -> Rule:
    hours = manifest["deadlines"]
    return Rule(
        code=manifest["code"],
        version=manifest["version"],
        severity=manifest["severity"],
        entity_type=manifest["entity_type"],
        owner_role=Role(manifest["owner_role"]),
        runbook=manifest["runbook"],
        source=manifest["source"],
        title=_wording(manifest["title"]),
        message=_wording(manifest["message"]),
        acknowledge_within=timedelta(hours=hours["acknowledge_hours"]),
        resolve_within=timedelta(hours=hours["resolve_hours"]),
        parameters={
            name: _parameter(name, entry) for name, entry in manifest.get("parameters", {}).items()
        },
        payload={key: _fact(key, entry) for key, entry in manifest["payload"].items()},
        query=query,
        proof=proof,
        folder=folder,
        _description=_wording(manifest["description"]),
    )


def _parameter(name: str, entry: Mapping[str, Any]) -> Parameter:
    value = entry["value"]
    if entry["type"] == "interval":
        number, unit = value.split()
        value = timedelta(**{unit.rstrip("s") + "s": int(number)})
    elif entry["type"] == "number":
        value = Decimal(value)
    return Parameter(
        name, entry["type"], value, entry.get("unit"), _wording(entry["label"]), entry["source"]
    )


def _fact(key: str, entry: Mapping[str, Any]) -> Fact:
    return Fact(
        key,
        entry["type"],
        entry.get("decimals", 0),
        entry.get("unit"),
        _wording(entry["label"]),
        entry["material"],
    )


def _wording(entry: Mapping[str, str]) -> Wording:
    return Wording(wording.typeset(entry["fr"], "fr"), wording.typeset(entry["en"], "en"))


def _interval_text(value: timedelta, language: Language) -> str:
    for unit, length in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        number, rest = divmod(int(value.total_seconds()), length)
        if number and not rest:
            word = unit if language == "en" else _UNITS_FR[unit]
            return f"{number}{wording.NBSP}{word}{'s' if number > 1 else ''}"
    raise ValueError(value)


def _short(path: Path) -> str:
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)

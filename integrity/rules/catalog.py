"""Owns the rules as typed values, read from their folders; knows no SQL dialect and no database.

A manifest that is wrong in any way stops the load with its file and key: a rule half understood is
worse than none.
"""

import functools
import json
import tomllib
from collections.abc import Iterable, Mapping
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from governance.core.identity.roles import Role
from integrity.rules import wording
from integrity.rules.rule import Embed, Fact, Parameter, Rule, Wording

__all__ = ["Embed", "Fact", "ManifestError", "Parameter", "Rule", "Wording"]
__all__ += ["catalog", "rule_load", "rules_load", "rules_select"]

ROOT = Path(__file__).resolve().parents[2]
RULES = Path(__file__).parents[1] / "packs" / "depot"
SCHEMA = Path(__file__).parent / "manifest.schema.json"


class ManifestError(ValueError):
    """What is wrong in which file, one problem a line."""


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
    for name, embed in manifest.get("embeds", {}).items():
        if name in parameters:
            problems.append(f"embeds.{name}: is also a parameter")
        if not (ROOT / embed["file"]).is_file():
            problems.append(f"embeds.{name}.file: {embed['file']} does not exist")
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
        embeds={name: _embed(entry) for name, entry in manifest.get("embeds", {}).items()},
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


def _embed(entry: Mapping[str, Any]) -> Embed:
    return Embed((ROOT / entry["file"]).read_text(encoding="utf-8"), entry["with"])


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


def _short(path: Path) -> str:
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)

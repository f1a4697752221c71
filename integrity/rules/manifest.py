"""Reads the manifests of packs and rules into typed values; knows no SQL dialect and no database.

A manifest that is wrong in any way stops the load with its file and key: a rule half understood is
worse than none.
"""

import functools
import json
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from unicodedata import category

from django.conf import settings
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from alerts.kinds import Fact, Kind, Parameter, Wording, wording
from governance.core.identity.roles import Role
from integrity.rules.files import text_read
from integrity.rules.rule import Embed, Index, Rule

ROOT = Path(__file__).resolve().parents[2]
SCHEMAS = Path(__file__).parent
PROSE = ("source", "reason", "unused")  # may have several lines


class ManifestError(ValueError):
    """What is wrong in which file, one problem a line."""


def manifest_read(file: Path, schema: str) -> Mapping[str, Any]:
    """What a TOML file says, by one of the schemas here. Raises ManifestError."""
    manifest = _toml(file, file.parent)
    _refuse(file, _schema_problems(manifest, schema))
    return manifest


def rule_load(folder: Path, *, owners: Iterable[str] = tuple(Role)) -> Kind:
    """The rule of one folder; only its kind where there is no query. Raises ManifestError.

    `owners`: the roles that may own it.
    """
    file = folder / "rule.toml"
    manifest = _toml(file, folder.parent)
    is_kind = not (folder / "query.sql").exists() and not (folder / "proof.sql").exists()
    problems = _schema_problems(manifest, "manifest")
    problems += [] if is_kind else _schema_problems(manifest, "query")
    _refuse(file, problems or _meaning_problems(manifest, folder, owners))
    values = _kind_values(manifest, folder)
    if is_kind:
        return Kind(**values)
    return Rule(
        **values,
        severity_varies=manifest.get("severity_varies", False),
        embeds={name: _embed(one, folder) for name, one in manifest.get("embeds", {}).items()},
        query=_text(folder / "query.sql", folder.parent),
        proof=_text(folder / "proof.sql", folder.parent),
        folder=folder,
        indexes=tuple(
            Index(one["table"], tuple(one["columns"]), one.get("where", ""))
            for one in manifest.get("indexes", [])
        ),
    )


def _toml(file: Path, home: Path) -> Mapping[str, Any]:
    text = _text(file, home)
    try:
        values = tomllib.loads(text, parse_float=Decimal)
    except ValueError as error:  # also of a number with more digits than Python reads
        raise ManifestError(f"{_short(file)}: {error}") from None
    except RecursionError:
        raise ManifestError(f"{_short(file)}: it is too deep") from None
    _refuse(file, [f"{where}: holds {what}" for where, what in _unspoken(values)])
    return values


def _unspoken(value: Any, where: str = "") -> Iterator[tuple[str, str]]:
    """What no text of a manifest needs: a control character could end a comment of the view or command a
    terminal, and others turn the reading direction; what is no finite number is no threshold.
    """
    if isinstance(value, Mapping):
        for key, below in value.items():
            yield from _unspoken(key, where)
            yield from _unspoken(below, f"{where}.{key}" if where else key)
    elif isinstance(value, list):
        for below in value:
            yield from _unspoken(below, where)
    elif isinstance(value, str):
        text = value.replace("\n", " ") if where.endswith(PROSE) else value
        if any(category(one) in ("Cc", "Cf") for one in text):
            yield ascii(where), "a control character"
    elif isinstance(value, Decimal) and not value.is_finite():
        yield where, "a number that is not finite"


def _text(file: Path, home: Path) -> str:
    try:
        return text_read(file, home)
    except FileNotFoundError:
        raise ManifestError(f"{_short(file)}: this file is missing") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ManifestError(f"{_short(file)}: {error}") from None


def _refuse(file: Path, problems: list[str]) -> None:
    if problems:
        raise ManifestError("\n".join(f"{_short(file)}: {problem}" for problem in problems))


@functools.cache
def _validator(name: str) -> Draft202012Validator:
    schema = json.loads((SCHEMAS / f"{name}.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def _schema_problems(manifest: Mapping[str, Any], schema: str) -> list[str]:
    errors = _validator(schema).iter_errors(manifest)
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


def _meaning_problems(
    manifest: Mapping[str, Any], folder: Path, owners: Iterable[str]
) -> list[str]:
    """What a JSON Schema cannot say."""
    problems = []
    if folder.name != manifest["code"].lower():
        problems.append(f"code: {manifest['code']} is in a folder named {folder.name}")
    if manifest["owner_role"] not in list(Role):
        problems.append(f"owner_role: {manifest['owner_role']} is not a role")
    elif manifest["owner_role"] not in owners:
        problems.append(f"owner_role: only {', '.join(owners)} may act on what this pack finds")
    problems += _runbook_problems(manifest, folder)
    hours = manifest["deadlines"]
    if hours["resolve_hours"] < hours["acknowledge_hours"]:
        problems.append("deadlines.resolve_hours: comes before acknowledge_hours")
    parameters, facts = set(manifest.get("parameters", {})), set(manifest["payload"])
    for name in sorted(parameters & facts):
        problems.append(f"payload.{name}: is also a parameter")
    for name, embed in manifest.get("embeds", {}).items():
        if name in parameters:
            problems.append(f"embeds.{name}: is also a parameter")
        if not (folder.parent / embed["file"]).is_file():
            problems.append(f"embeds.{name}.file: {embed['file']} does not exist")
    for name in sorted({"entity_id", "detected_at", "severity"} & facts):
        problems.append(f"payload.{name}: is a column of the view")
    return problems + _sentence_problems(manifest, parameters, facts)


def _runbook_problems(manifest: Mapping[str, Any], folder: Path) -> list[str]:
    """Pages read it when it is asked for, in each language that has one."""
    french = _runbook(manifest, folder)
    home = folder.parent if french.is_relative_to(folder.parent) else ROOT
    others = [french.with_suffix(f".{code}.md") for code, _name in settings.LANGUAGES]
    try:
        for page in (french, *(one for one in others if one.is_symlink() or one.exists())):
            text_read(page, home)
    except FileNotFoundError:
        return [f"runbook: {manifest['runbook']} does not exist"]
    except (OSError, UnicodeDecodeError) as error:
        return [f"runbook: {page.name} {error}"]
    return []


def _sentence_problems(
    manifest: Mapping[str, Any], parameters: set[str], facts: set[str]
) -> list[str]:
    sentences: list[tuple[str, Mapping[str, str], set[str]]] = [
        ("title", manifest["title"], set()),
        ("description", manifest["description"], parameters),
        ("message", manifest.get("message", {}), parameters | facts),
    ]
    problems = []
    for by, variants in manifest.get("variants", {}).items():
        if by not in facts:
            problems.append(f"variants.{by}: is not a fact")
        for value, entry in variants.items():
            sentences.append((f"variants.{by}.{value}", entry, parameters | facts))
    for where, entry, known in sentences:
        for language, template in entry.items():
            problems += _template_problems(f"{where}.{language}", template, known)
    return problems


def _template_problems(where: str, template: str, known: set[str]) -> list[str]:
    try:
        used = wording.names(template)
    except ValueError as error:
        return [f"{where}: {error}"]
    return [f"{where}: {{{name}}} is not known" for name in used if name not in known]


def _kind_values(manifest: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    hours = manifest["deadlines"]
    return {
        "code": manifest["code"],
        "version": manifest["version"],
        "severity": manifest["severity"],
        "entity_type": manifest["entity_type"],
        "owner_role": Role(manifest["owner_role"]),
        "runbook": _runbook(manifest, folder),
        "source": manifest["source"],
        "title": _wording(manifest["title"]),
        # Of a view that somebody else wrote: the message is the view's own.
        "message": _wording(manifest.get("message", {"fr": "", "en": ""})),
        "acknowledge_within": timedelta(hours=hours["acknowledge_hours"]),
        "resolve_within": timedelta(hours=hours["resolve_hours"]),
        "in_working_time": hours.get("working_time", False),
        "parameters": {
            name: _parameter(name, entry) for name, entry in manifest.get("parameters", {}).items()
        },
        "payload": {key: _fact(key, entry) for key, entry in manifest["payload"].items()},
        "varies_by": next(iter(manifest.get("variants", {})), ""),
        "variants": {
            value: _wording(entry)
            for by in manifest.get("variants", {}).values()
            for value, entry in by.items()
        },
        "_description": _wording(manifest["description"]),
    }


def _runbook(manifest: Mapping[str, Any], folder: Path) -> Path:
    """In the pack; for one that ships with the console, or below the console's own folder."""
    own: Path = folder.parent / manifest["runbook"]
    is_ours = folder.is_relative_to(ROOT)
    return ROOT / manifest["runbook"] if is_ours and not own.is_file() else own


def _parameter(name: str, entry: Mapping[str, Any]) -> Parameter:
    value = _typed(entry["type"], entry["value"])
    return Parameter(
        name, entry["type"], value, entry.get("unit"), _wording(entry["label"]), entry["source"]
    )


def parameter_value(type_: str, value: object) -> Decimal | int | str | timedelta:
    """A threshold of this type as source.toml writes it. Raises ValueError with the reason."""
    words = {"fr": "x", "en": "x"}
    entry = {"type": type_, "value": value, "label": words, "source": "source.toml"}
    whole: Any = _validator("manifest").schema
    check = Draft202012Validator({"$ref": "#/$defs/parameter", "$defs": whole["$defs"]})
    for error in check.iter_errors(entry):
        raise ValueError(error.message)
    return _typed(type_, value)


def _typed(type_: str, value: Any) -> Decimal | int | str | timedelta:
    if type_ == "interval":
        number, unit = value.split()
        return timedelta(**{unit.rstrip("s") + "s": int(number)})
    typed: Decimal | int | str = Decimal(value) if type_ == "number" else value
    return typed


def _embed(entry: Mapping[str, Any], folder: Path) -> Embed:
    return Embed(_text(folder.parent / entry["file"], folder.parent), entry["with"])


def _fact(key: str, entry: Mapping[str, Any]) -> Fact:
    return Fact(
        key,
        entry["type"],
        entry.get("decimals", 0),
        entry.get("unit"),
        _wording(entry["label"]),
        entry["material"],
        {value: _wording(words) for value, words in entry.get("words", {}).items()},
    )


def _wording(entry: Mapping[str, str]) -> Wording:
    return Wording(wording.typeset(entry["fr"], "fr"), wording.typeset(entry["en"], "en"))


def _short(path: Path) -> str:
    """As a person looks for it: below the console's folder, or below its pack's own."""
    if path.is_relative_to(ROOT):
        return str(path.relative_to(ROOT))
    packs = [folder for folder in path.parents[:2] if (folder / "pack.toml").is_file()]
    return f"{packs[0].name}/{path.relative_to(packs[0])}" if packs else str(path)

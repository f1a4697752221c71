"""Reads a pack's folder: its manifest, its rules and kinds, and what is wrong with each; knows no database.

A rule that is wrong in any way is left out and told about: the others go on.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from alerts.kinds import Kind, Wording
from governance.core.identity.roles import CONSOLE_SOURCE, Role
from integrity.rules.adaptation import (
    SOURCE_FILE,
    Adaptation,
    Assumption,
    Unused,
    adaptation_read,
    assumptions_declared,
    assumptions_read,
    kind_adapted,
    unknown_names,
)
from integrity.rules.cases import ProofError, cases_parse
from integrity.rules.files import schema_statements, text_read
from integrity.rules.manifest import ROOT, ManifestError, manifest_read, rule_load
from integrity.rules.rule import Rule
from integrity.rules.rule_sql import CompileError, branch_sql
from integrity.rules.sql_text import SqlTextError, tokens
from integrity.sources.contract import VIEW

SHIPPED = ROOT / "integrity" / "packs"
PACK_FILE = "pack.toml"
RULE_FILES = ("rule.toml", "query.sql", "proof.sql")


@dataclass(frozen=True)
class Fault:
    """A rule that cannot be used, or a pack (`code` is then its file's name): one problem a line."""

    code: str
    problem: str
    folder: Path | None = None


@dataclass(frozen=True)
class Shape:
    """What a source's view has beside its rules: the rows of another view, and identities as text.

    Identities are text wherever the console does not know all that stands in the view.
    """

    union: str = ""
    text_ids: bool = False


PLAIN = Shape()


@dataclass(frozen=True)
class Pack:
    """The kinds for one sort of source, by code. `reference`: what makes an empty database of that sort.

    `union`: a view of somebody else whose rows stand beside those of our rules. `faults`: what is left out.
    `adaptation`: what `source.toml` says; `kinds` are as they are in force with it.
    """

    name: str
    title: Wording
    kinds: Mapping[str, Kind]
    reference: tuple[Path, ...]
    faults: tuple[Fault, ...] = ()
    union: str = ""
    folder: Path | None = None
    adaptation: Adaptation = field(default_factory=Adaptation)
    assumptions: Mapping[str, Assumption] = field(default_factory=dict)
    shipped: Mapping[str, Kind] = field(default_factory=dict)  # of those that are other here
    unused: Mapping[str, Unused] = field(default_factory=dict)
    # What people call a sort of things, by entity_type.
    entities: Mapping[str, Wording] = field(default_factory=dict)

    @property
    def rules(self) -> dict[str, Rule]:
        """Those that have a query of ours."""
        return {code: kind for code, kind in self.kinds.items() if isinstance(kind, Rule)}

    @property
    def shape(self) -> Shape:
        """Of the view that the rules of this pack are compiled into."""
        is_ours = self.folder is None or self.folder.is_relative_to(SHIPPED)
        return PLAIN if is_ours and not self.union else Shape(self.union, text_ids=True)


@dataclass
class _Found:
    """What is collected from the folders of one pack."""

    kinds: dict[str, Kind] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)


def pack_load(
    folder: Path,
    name: str,
    *,
    others: Callable[[str], Pack],
    rooms: Iterable[Path] = (),
) -> Pack:
    """The pack in `folder`; whatever is wrong is among its faults, and raises nothing.

    `others` gives the pack that this one extends (KeyError: there is none). `rooms`: folders beside it whose
    rules belong to the pack as well.
    """
    try:
        manifest = manifest_read(folder / PACK_FILE, "pack")
        base = others(manifest["extends"]) if "extends" in manifest else None
        assumptions = dict(base.assumptions) if base else {}
        assumptions |= assumptions_read(manifest, folder)
    except ManifestError as error:
        return _unreadable(folder, name, str(error))
    except KeyError as error:
        return _unreadable(
            folder, name, f"{folder.name}/{PACK_FILE}: extends: no pack {error.args[0]}"
        )
    if manifest.get("union") == VIEW:
        problem = f"{folder.name}/{PACK_FILE}: union: is the name of the view itself; rename the other one"
        return _unreadable(folder, name, problem)
    found = _Found()
    if base is not None:
        _base_into(found, base, manifest.get("only"), folder)
    for part in (folder, *rooms):
        _rules_into(found, part, owners=[Role.ADMIN] if name == CONSOLE_SOURCE else list(Role))
    files = [_reference(folder, file) for file in manifest.get("reference", [])]
    sound = []
    for file in files:
        try:
            schema_statements(file, folder if file.is_relative_to(folder) else ROOT)
        except (OSError, UnicodeDecodeError, SqlTextError) as error:
            cause = getattr(error, "strerror", None) or error
            problem = f"{folder.name}/{PACK_FILE}: reference: {file.name}: {cause}"
            found.faults.append(Fault(PACK_FILE, problem, folder))
        else:
            sound.append(file)
    try:
        adaptation = adaptation_read(folder)
        assumptions = assumptions_declared(assumptions, adaptation)
    except ManifestError as error:
        # Thresholds meant to be other, tables that are elsewhere: none of our queries is right here.
        adaptation = Adaptation()
        found.faults.append(Fault(SOURCE_FILE, str(error), folder))
        found.kinds = {c: one for c, one in found.kinds.items() if not isinstance(one, Rule)}
    elsewhere = bool(adaptation.tables or adaptation.columns)
    _reference_into(found, base, tuple(sound), is_elsewhere=elsewhere)
    _runbooks_into(found, folder)
    before = dict(found.kinds)
    unused = {
        code: Unused(found.kinds.pop(code), said["unused"])
        for code, said in adaptation.rules.items()
        if "unused" in said and code in found.kinds
    }
    _adapt(found, adaptation, assumptions)
    if slips := unknown_names(adaptation, before):
        found.faults.append(Fault(SOURCE_FILE, "\n".join(slips), folder))
    return Pack(
        name=name,
        title=Wording(**manifest["title"]),
        kinds=dict(sorted(found.kinds.items())),
        adaptation=adaptation,
        assumptions=_concerning(assumptions, found.kinds),
        shipped={code: before[code] for code, one in found.kinds.items() if one != before[code]},
        unused={**(base.unused if base else {}), **unused},
        reference=(*(base.reference if base else ()), *sound),
        faults=tuple(found.faults),
        union=manifest.get("union", base.union if base else ""),
        entities={
            **(base.entities if base else {}),
            **{one: Wording(**said) for one, said in manifest.get("entities", {}).items()},
        },
        folder=folder,
    )


def _base_into(found: _Found, base: Pack, only: list[str] | None, folder: Path) -> None:
    """What a pack has of the one that it extends."""
    known = {*base.kinds, *base.unused, *(fault.code for fault in base.faults)}
    wanted = known if only is None else set(only)
    found.kinds.update({code: kind for code, kind in base.kinds.items() if code in wanted})
    found.faults.extend(fault for fault in base.faults if fault.code in {*wanted, PACK_FILE})
    if slips := sorted(wanted - known):
        problem = f"{folder.name}/{PACK_FILE}: only: {base.name} has no {', '.join(slips)}"
        found.faults.append(Fault(PACK_FILE, problem, folder))


def _concerning(
    assumptions: Mapping[str, Assumption], kinds: Mapping[str, Kind]
) -> dict[str, Assumption]:
    """Those about a table that a rule of the pack reads: of a pack with few rules, others ask nothing."""
    queries = [kind.query for kind in kinds.values() if isinstance(kind, Rule)]
    read = {token.text for query in queries for token in tokens(query) if token.kind == "word"}
    about = {
        name: {table for choice in one.choices.values() for table in choice.tables}
        for name, one in assumptions.items()
    }
    return {name: one for name, one in assumptions.items() if not about[name] or about[name] & read}


def _reference_into(
    found: _Found, base: Pack | None, own: tuple[Path, ...], *, is_elsewhere: bool
) -> None:
    """Each rule, and each proof, of this folder gets the empty database of this folder; others keep theirs.

    Where tables have other names, that database is not one of the sort that is extended.
    """
    files = own if is_elsewhere or base is None else (*base.reference, *own)
    for code, kind in found.kinds.items():
        if isinstance(kind, Rule) and not (base and kind is base.kinds.get(code)):
            found.kinds[code] = replace(kind, reference=files if own else ())


def _runbooks_into(found: _Found, folder: Path) -> None:
    """A page of this pack's `runbooks` stands for the one of the same name of the pack that it extends."""
    for code, kind in found.kinds.items():
        own = folder / "runbooks" / kind.runbook.name
        if kind.runbook.is_relative_to(folder) or not own.is_file():
            continue
        try:
            for page in (own, *own.parent.glob(f"{own.stem}.*.md")):  # in every language
                text_read(page, folder)
        except (OSError, UnicodeDecodeError) as error:
            problem = f"{folder.name}/runbooks/{page.name}: {error}"
            found.faults.append(Fault(PACK_FILE, problem, folder))
        else:
            found.kinds[code] = replace(kind, runbook=own)


def _adapt(found: _Found, adaptation: Adaptation, assumptions: Mapping[str, Assumption]) -> None:
    """Each kind as it is here; one that cannot be is left out."""
    for code, kind in list(found.kinds.items()):
        try:
            found.kinds[code] = kind_adapted(kind, adaptation, assumptions)
        except ManifestError as error:
            del found.kinds[code]
            found.faults.append(Fault(code, str(error)))


def rule_checked(folder: Path, *, owners: Iterable[str] = tuple(Role)) -> Kind:
    """The rule of one folder, whose query compiles and whose proof can be read. Raises ManifestError."""
    kind = rule_load(folder, owners=owners)
    if isinstance(kind, Rule):
        try:
            branch_sql(kind)
            cases_parse(kind.proof)
        except CompileError as error:
            raise ManifestError(f"{folder.name}: {error}") from None
        except ProofError as error:
            raise ManifestError(f"{folder.name}/proof.sql: {error}") from None
    return kind


def _rules_into(found: _Found, folder: Path, *, owners: Iterable[str]) -> None:
    for one in _rule_folders(folder):
        code = one.name.upper()
        try:
            if [file.name for file in _files(one)] == ["proof.sql"]:
                kind: Kind = _other_proof(found.kinds, one)
            else:
                kind = rule_checked(one, owners=owners)
        except (ManifestError, OSError, UnicodeDecodeError) as error:
            shadowed = [known for known in found.kinds if known.lower() == one.name]
            for known in shadowed:
                del found.kinds[known]
            found.faults.append(Fault(shadowed[0] if shadowed else code, str(error), one))
        else:
            found.kinds[kind.code] = kind
            found.faults = [fault for fault in found.faults if fault.code != kind.code]


def _other_proof(known: Mapping[str, Kind], folder: Path) -> Rule:
    """A rule of the pack that is extended, with a proof of this pack's, or only with its @setup."""
    rule = next((kind for code, kind in known.items() if code.lower() == folder.name), None)
    if not isinstance(rule, Rule):
        raise ManifestError(f"{folder}/rule.toml: this file is missing")
    own = text_read(folder / "proof.sql", folder.parent)
    is_whole = "-- @case" in own
    if not is_whole:
        before, _setup, cases = rule.proof.partition("-- @case")
        acting = "".join(line + "\n" for line in before.splitlines() if line.startswith("-- @as "))
        own = f"{acting}{own}\n-- @case{cases}"
    changed = replace(rule, proof=own, is_proof_of_here=is_whole)
    try:
        cases_parse(changed.proof)
    except ProofError as error:
        raise ManifestError(f"{folder.name}/proof.sql: {error}") from None
    return changed


def _rule_folders(folder: Path) -> list[Path]:
    return [one for one in sorted(folder.iterdir()) if one.is_dir() and _files(one)]


def _files(folder: Path) -> list[Path]:
    return [file for name in RULE_FILES if (file := folder / name).is_file()]


def _reference(folder: Path, name: str) -> Path:
    own = folder / name
    return own if own.is_file() or not folder.is_relative_to(ROOT) else ROOT / name


def _unreadable(folder: Path, name: str, problem: str) -> Pack:
    return Pack(name, Wording(name, name), {}, (), (Fault(PACK_FILE, problem, folder),), "", folder)

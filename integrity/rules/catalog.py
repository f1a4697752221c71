"""The packs that the console has, and which of them a source uses; knows no SQL dialect and no database.

A pack is a folder with `pack.toml` and one folder per rule. A rule folder without `query.sql` is only a kind:
words, owner and deadlines for the rows of a view that somebody else wrote.
"""

import functools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from django.conf import settings

from alerts.kinds import Kind, Wording
from governance.core.identity.roles import CONSOLE_SOURCE
from integrity.rules.manifest import ROOT, ManifestError, pack_read, rules_load
from integrity.rules.rule import Rule

PACKS = ROOT / "integrity" / "packs"
DEPOT = "depot"


@dataclass(frozen=True)
class Pack:
    """The kinds for one sort of source, by code. `reference`: what makes an empty database of that sort."""

    name: str
    title: Wording
    kinds: Mapping[str, Kind]
    reference: tuple[Path, ...]

    @property
    def rules(self) -> dict[str, Rule]:
        """Those that have a query of ours."""
        return {code: kind for code, kind in self.kinds.items() if isinstance(kind, Rule)}


@functools.cache
def pack(name: str) -> Pack:
    """The shipped pack of this name. Raises ManifestError."""
    folder = PACKS / name
    manifest = pack_read(folder)
    parts = [folder, *(_room_rules() if name == CONSOLE_SOURCE else ())]
    kinds = sorted((kind for part in parts for kind in rules_load(part)), key=_code)
    return Pack(
        name=name,
        title=Wording(**manifest["title"]),
        kinds={kind.code: kind for kind in kinds},
        reference=tuple(ROOT / file for file in manifest.get("reference", [])),
    )


def _code(kind: Kind) -> str:
    return kind.code


def _room_rules() -> list[Path]:
    """The `rules/` folders of the rooms: what can go wrong with a room is the console's to find."""
    rooms = (Path(str(import_module(name).__file__)).parent for name in settings.CAPABILITIES)
    return [room / "rules" for room in rooms if any(room.glob("rules/*/rule.toml"))]


def room_codes() -> list[str]:
    """Codes of the console's rules that stand in rooms, not in its pack's own folder."""
    rules = catalog(CONSOLE_SOURCE)
    return [code for code, rule in rules.items() if PACKS not in rule.folder.parents]


def packs() -> list[Pack]:
    """Every shipped pack, by name."""
    return [pack(file.parent.name) for file in sorted(PACKS.glob("*/pack.toml"))]


def pack_of(source: str) -> Pack:
    """The pack that a source uses."""
    return pack(CONSOLE_SOURCE if source == CONSOLE_SOURCE else DEPOT)


def catalog(source: str = DEPOT) -> Mapping[str, Rule]:
    """The rules for a source by code, in the order of the codes. Raises ManifestError."""
    return pack_of(source).rules


def material_keys(source: str) -> dict[str, list[str]]:
    """By code, the payload keys whose change lapses an acknowledgement."""
    return {code: sorted(kind.material_keys) for code, kind in pack_of(source).kinds.items()}


def rules_select(codes: Iterable[str], source: str = DEPOT) -> list[Rule]:
    """The rules for a source with these codes. Raises KeyError with the codes that do not exist."""
    wanted, known = set(codes), catalog(source)
    unknown = sorted(wanted - set(known))
    if unknown:
        raise KeyError(", ".join(unknown))
    return [rule for code, rule in known.items() if code in wanted]


__all__ = ["CONSOLE_SOURCE", "DEPOT", "ManifestError", "Pack"]
__all__ += ["catalog", "material_keys", "pack", "pack_of", "packs", "room_codes", "rules_select"]

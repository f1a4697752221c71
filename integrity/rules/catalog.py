"""The packs that the console has, and which of them a source uses; knows no SQL dialect and no database.

A pack is a folder with `pack.toml` and one folder per rule. A rule folder without `query.sql` is only a kind:
words, owner and deadlines for the rows of a view that somebody else wrote.
"""

import functools
from collections.abc import Iterable, Mapping
from importlib import import_module
from pathlib import Path

from django.conf import settings

from governance.core.identity.roles import CONSOLE_SOURCE
from integrity.rules.manifest import ManifestError
from integrity.rules.pack import PACK_FILE, SHIPPED, Fault, Pack, pack_load
from integrity.rules.rule import Rule

PACKS = SHIPPED
DEPOT = "depot"


def pack(name: str) -> Pack:
    """The pack of this name: one that ships, or a folder of RULE_PACKS. Raises KeyError.

    What is wrong with it is among its faults. Read once: a changed file counts from the next start on.
    """
    return _pack(name, _folder(name))


def _folder(name: str) -> Path:
    return _shipped().get(name) or Path(settings.RULE_PACKS[name])


@functools.cache
def _shipped() -> dict[str, Path]:
    """The packs that ship; looking for them took a tenth of the time of a page that names things."""
    return {file.parent.name: file.parent for file in PACKS.glob(f"*/{PACK_FILE}")}


@functools.cache
def _pack(name: str, folder: Path) -> Pack:
    rooms = _room_rules() if name == CONSOLE_SOURCE else ()
    return pack_load(folder, name, others=lambda other: _other(other, name), rooms=rooms)


def _other(name: str, asking: str) -> Pack:
    """The pack that `asking` extends; one that leads back to itself is none."""
    if name in (asking, CONSOLE_SOURCE):
        raise KeyError(name)
    try:
        return pack(name)
    except RecursionError:
        raise KeyError(name) from None


def _room_rules() -> list[Path]:
    """The `rules/` folders of the rooms: what can go wrong with a room is the console's to find."""
    rooms = (Path(str(import_module(name).__file__)).parent for name in settings.CAPABILITIES)
    return [room / "rules" for room in rooms if any(room.glob("rules/*/rule.toml"))]


def room_codes() -> list[str]:
    """Codes of the console's rules that stand in rooms, not in its pack's own folder."""
    rules = catalog(CONSOLE_SOURCE)
    return [code for code, rule in rules.items() if PACKS not in rule.folder.parents]


def packs() -> list[Pack]:
    """Every pack, those that ship and those of RULE_PACKS, by name."""
    return [pack(name) for name in sorted({*_shipped(), *settings.RULE_PACKS})]


def pack_name(source: str) -> str:
    """The name of the pack that a source uses."""
    if source == CONSOLE_SOURCE:
        return CONSOLE_SOURCE
    return str(settings.SOURCE_PACKS.get(source, DEPOT))


def pack_of(source: str) -> Pack:
    """The pack that a source uses."""
    return pack(pack_name(source))


def catalog(source: str = DEPOT) -> Mapping[str, Rule]:
    """The rules for a source by code, in the order of the codes. Raises ManifestError."""
    return pack_of(source).rules


def material_keys(source: str) -> dict[str, list[str]]:
    """By code, the payload keys whose change lapses an acknowledgement."""
    return {code: sorted(kind.material_keys) for code, kind in pack_of(source).kinds.items()}


def rules_select(codes: Iterable[str], source: str = DEPOT) -> list[Rule]:
    """The rules for a source with these codes. Raises KeyError with the codes that do not exist."""
    return rules_among(catalog(source), codes)


def rules_among(known: Mapping[str, Rule], codes: Iterable[str]) -> list[Rule]:
    """Those with these codes, by code. Raises KeyError with the codes that do not exist."""
    wanted = set(codes)
    unknown = sorted(wanted - set(known))
    if unknown:
        raise KeyError(", ".join(unknown))
    return [rule for code, rule in known.items() if code in wanted]


__all__ = ["CONSOLE_SOURCE", "DEPOT", "Fault", "ManifestError", "Pack", "catalog", "material_keys"]
__all__ += ["pack", "pack_name", "pack_of", "packs", "room_codes", "rules_among", "rules_select"]

"""Says everything that is wrong with a pack's folder, with file and key; runs no SQL."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from alerts.kinds import Kind
from alerts.kinds.wording import PLACEHOLDER
from integrity.rules.catalog import pack
from integrity.rules.files import text_read
from integrity.rules.pack import Pack, pack_load

TO_FILL = "À COMPLÉTER"
SECTIONS = (
    "## Ce que cela signifie",
    "## Ce qu’il faut vérifier",
    "## Ce qu’il faut faire",
    "## Qui décide",
)
SECTIONS_EN = ("## What it means", "## What to check", "## What to do", "## Who decides")


@dataclass(frozen=True)
class Checked:
    """A pack, its faults (a rule is left out) and what is only to be looked at, one line each."""

    pack: Pack
    faults: tuple[str, ...]
    remarks: tuple[str, ...]


def pack_check(folder: Path) -> Checked:
    """The pack in a folder, which need not be one of RULE_PACKS."""
    found = pack_load(folder.resolve(), folder.resolve().name, others=pack)
    faults = [line for fault in found.faults for line in fault.problem.splitlines()]
    remarks = [line for kind in own_kinds(found) for line in kind_remarks(kind)]
    for file in sorted(folder.rglob("*")):
        with suppress(OSError, UnicodeDecodeError):  # of what is used, a fault says so
            if file.suffix in (".toml", ".md", ".sql") and TO_FILL in text_read(file, folder):
                remarks.append(f"{file.relative_to(folder)}: still says {TO_FILL}")
    return Checked(found, tuple(dict.fromkeys(faults)), tuple(remarks))


def own_kinds(found: Pack) -> list[Kind]:
    """Those whose words stand in the pack's own folder, not in one that it extends."""
    folder = found.folder
    return [
        kind
        for kind in found.kinds.values()
        if folder is not None and kind.runbook.is_relative_to(folder)
    ]


def kind_remarks(kind: Kind) -> list[str]:
    """What of its runbook is not of the form that docs/writing-a-rule.md describes."""
    file = kind.runbook
    text = file.read_text(encoding="utf-8")
    found = [*_english_remarks(kind), *_unfilled(kind)]
    if not text.startswith(f"# {kind.code} :"):
        found.append(f"the first line is not “# {kind.code} : …”")
    if [line for line in text.splitlines() if line.startswith("## ")] != list(SECTIONS):
        found.append(f"the sections are not {', '.join(SECTIONS)}")
    decides = " ".join(text.partition(SECTIONS[-1])[2].split())
    missing = [said for said in _decisions(kind) if not any(one in decides for one in said)]
    found += [f"“Qui décide” does not say “{said[0]}”" for said in missing]
    return [f"{file.parent.name}/{file.name}: {one}" for one in found]


def _english_remarks(kind: Kind) -> list[str]:
    """The same of its English runbook, where there is one."""
    file, language = kind.runbook_in("en")
    if language != "en":
        return []
    text = file.read_text(encoding="utf-8")
    hours = [
        f"{word} within {int(limit.total_seconds() // 3600)} h"
        for word, limit in (
            ("Acknowledge", kind.acknowledge_within),
            ("resolve", kind.resolve_within),
        )
    ]
    decides = " ".join(text.partition(SECTIONS_EN[-1])[2].split())
    own = decides.replace("{acquitter}", hours[0].split()[2]).replace(
        "{resoudre}", hours[1].split()[2]
    )
    found = [
        f"in English: the last section does not say “{one}”" for one in hours if one not in own
    ]
    if not text.startswith(f"# {kind.code}:"):
        found.append(f"in English: the first line is not “# {kind.code}: …”")
    if [line for line in text.splitlines() if line.startswith("## ")] != list(SECTIONS_EN):
        found.append(f"in English: the sections are not {', '.join(SECTIONS_EN)}")
    return found


def _unfilled(kind: Kind) -> list[str]:
    """Names between braces that the page will not fill in, of both its runbooks."""
    known = {"acquitter", "resoudre", "responsable", *kind.parameters}
    files = {kind.runbook, kind.runbook_in("en")[0]}
    named = {name for file in files for name in PLACEHOLDER.findall(file.read_text("utf-8"))}
    return [f"{{{name}}} is no parameter of the rule" for name in sorted(named - known)]


def _decisions(kind: Kind) -> Iterable[tuple[str, ...]]:
    """What the last section says, each in one of these forms; between braces the page fills in what holds."""
    acknowledge, resolve = (
        int(limit.total_seconds() // 3600)
        for limit in (kind.acknowledge_within, kind.resolve_within)
    )
    role = kind.owner_role.label.lower()
    yield (
        f"Acquitter sous {acknowledge} h, résoudre sous {resolve} h.",
        "Acquitter sous {acquitter} h, résoudre sous {resoudre} h.",
    )
    yield (f"Le {role}", f"L’{role}", "{responsable}")

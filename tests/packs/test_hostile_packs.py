"""Packs that somebody wrote to do harm: each is a fault that is told, and nothing else happens."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from governance.core.identity.acting import acting_as_system
from governance.core.identity.models import SourceRole, User
from integrity.proofs.runs import proofs_run
from integrity.rules.catalog import catalog, pack
from integrity.rules.rule_sql import branch_sql
from tests.packs.conftest import LIBRARY

LIMIT = 1_000_000
RULE = "pret_en_retard"
CHOICE = """
[assumptions.lent]
title = {{ fr = "x", en = "x" }}
default = "a"
[assumptions.lent.choices.a]
label = {{ fr = "x", en = "x" }}
check = "{check}"
[assumptions.lent.choices.b]
label = {{ fr = "x", en = "x" }}
check = "sound.sql"
tables = {{ prets = "{tables}" }}
"""


def edited(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def linked(file: Path, target: str) -> None:
    file.unlink(missing_ok=True)
    file.symlink_to(target)


def piped(file: Path) -> None:
    file.unlink()
    os.mkfifo(file)


def thresholds(folder: Path, value: str) -> None:
    text = (
        '[parameters.x]\ntype = "number"\nvalue = {}\nsource = "nobody"\n'
        'label = {{ fr = "x", en = "x" }}\n'
    )
    manifest = folder / RULE / "rule.toml"
    manifest.write_text(manifest.read_text(encoding="utf-8") + text.format(value), encoding="utf-8")


def choice(folder: Path, *, check: str = "sound.sql", tables: str = "sound.sql") -> None:
    (folder / "sound.sql").write_text("SELECT 1, 1", encoding="utf-8")
    with (folder / "pack.toml").open("a", encoding="utf-8") as manifest:
        manifest.write(CHOICE.format(check=check, tables=tables))


def written(folder: Path, name: str, text: str) -> str:
    (folder / name).write_text(text, encoding="utf-8")
    return name


# What somebody did to the library's pack, and a word of the fault that tells it.
HARM: dict[str, tuple[Callable[[Path], Any], str]] = {
    "a runbook is another file": (
        lambda one: linked(one / "runbooks" / f"{RULE}.md", "/etc/hostname"),
        "leads out",
    ),
    "a runbook in English is": (
        lambda one: linked(one / "runbooks" / f"{RULE}.en.md", "/etc/hostname"),
        "leads out",
    ),
    "a query is": (lambda one: linked(one / RULE / "query.sql", "/etc/hostname"), "leads out"),
    "a manifest is": (lambda one: linked(one / RULE / "rule.toml", "/etc/hostname"), "leads out"),
    "a proof never ends": (lambda one: linked(one / RULE / "proof.sql", "/dev/zero"), "leads out"),
    "the pack's manifest is another file": (
        lambda one: linked(one / "pack.toml", "/etc/hostname"),
        "leads out",
    ),
    "what it adapts is": (lambda one: linked(one / "source.toml", "/etc/hostname"), "leads out"),
    "links in a circle": (lambda one: linked(one / RULE / "query.sql", "query.sql"), "oop"),
    "nobody writes into a pipe": (lambda one: piped(one / RULE / "query.sql"), "no plain file"),
    "a huge query": (
        lambda one: (one / RULE / "query.sql").write_bytes(b"-" * (LIMIT + 1)),
        "longer than",
    ),
    "a deep manifest": (
        lambda one: written(one / RULE, "rule.toml", f"a = {'[' * 20_000}"),
        "deep",
    ),
    "a manifest of one number": (
        lambda one: written(one / RULE, "rule.toml", f"a = {'9' * 5_000}"),
        "digits",
    ),
    "a deadline beyond all time": (
        lambda one: edited(
            one / RULE / "rule.toml", "resolve_hours = ", "resolve_hours = 99999999999"
        ),
        "deadlines",
    ),
    "no number": (lambda one: thresholds(one, "nan"), "finite"),
    "an endless one": (lambda one: thresholds(one, "inf"), "finite"),
    "a title that ends its comment": (
        lambda one: edited(one / RULE / "rule.toml", 'fr = "', 'fr = "\\r; DROP TABLE prets; --'),
        "control",
    ),
    "a title that is read backwards": (
        lambda one: edited(one / RULE / "rule.toml", 'fr = "', 'fr = "\\u202e'),
        "control",
    ),
    "a check from elsewhere": (lambda one: choice(one, check="/etc/x.sql"), "does not match"),
    "a check that ends its transaction": (
        lambda one: choice(
            one, check=written(one, "c.sql", "SELECT 1, 1; COMMIT; DROP TABLE prets")
        ),
        "semicolon",
    ),
    "a table that leaves its parenthesis": (
        lambda one: choice(
            one, tables=written(one, "t.sql", "SELECT 1) AS f; DROP TABLE prets; SELECT (1")
        ),
        "closes",
    ),
    "a schema that ends its transaction": (
        lambda one: edited(one / "schema.sql", "CREATE", "COMMIT; CREATE"),
        "COMMIT",
    ),
    "a schema of another folder": (
        lambda one: linked(one / "schema.sql", "/etc/hostname"),
        "leads out",
    ),
}


@pytest.mark.parametrize("name", HARM)
def test_what_does_harm_is_a_fault(
    name: str, folder: Path, tmp_path: Path, use: Callable[..., None]
) -> None:
    does, word = HARM[name]
    does(folder)
    use(folder.rename(tmp_path / name.replace(" ", "_").replace("'", "")), "biblio")
    found = pack(name.replace(" ", "_").replace("'", ""))
    assert word in " ".join(fault.problem for fault in found.faults), found.faults
    for rule in catalog("biblio").values():
        assert "DROP" not in branch_sql(rule)
        assert "DROP" not in "".join(rule.tables.values())
    assert "DROP" not in "".join(
        choice.check for one in found.assumptions.values() for choice in one.choices.values()
    )


@pytest.mark.usefixtures("fresh_console")
def test_a_schema_gives_nobody_a_role(
    folder: Path, use: Callable[..., None], settings: Any
) -> None:
    """It is made in the console's own database, in a transaction that is undone and that it cannot end."""
    settings.SOURCES = {"biblio": "postgresql://nobody.invalid/x"}
    with acting_as_system("install"):
        user = User.objects.create(username="stranger")
    grant = (
        "SELECT set_config('governance.system', 'install', false);"
        "INSERT INTO public.source_role (user_id, source, role)"
        f" VALUES ('{user.pk}', 'biblio', 'admin');"
    )
    for end in (
        "COMMIT;",
        "/* x */ commit;",
        "END;",
        "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC; COMMIT; END;",
    ):
        file = folder / "schema.sql"
        file.write_text(
            f"{(LIBRARY / 'schema.sql').read_text('utf-8')}\n{grant}{end}", encoding="utf-8"
        )
        folder = folder.rename(folder.parent / f"pack{len(end)}")
        use(folder, "biblio")
        proofs_run()
        with acting_as_system("test"):
            assert not SourceRole.objects.filter(user=user).exists(), end

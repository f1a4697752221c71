"""The console's own rules: proved on a console as it is served, and their proofs put to the test."""

import shutil
import threading
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings

from governance.core.identity.roles import CONSOLE_SOURCE
from integrity.proofs.judgement import Verdict, rules_prove
from integrity.proofs.mutation import rule_mutate
from integrity.proofs.reference import console_connection
from integrity.rules import catalog as rules_catalog
from integrity.rules.catalog import PACKS, catalog, pack
from integrity.rules.rule import Rule
from tests.conftest import Postgres

RULES = list(catalog(CONSOLE_SOURCE).values())


def test_every_kind_of_the_console_is_a_rule() -> None:
    assert list(pack(CONSOLE_SOURCE).kinds) == [rule.code for rule in RULES]


@pytest.mark.usefixtures("fresh_console")
def test_every_rule_is_proved_through_the_view() -> None:
    with console_connection() as connection:
        proofs = rules_prove(connection, RULES)
    assert [(one.code, one.through, one.verdict, one.detail) for one in proofs] == [
        (rule.code, "view", Verdict.PROUVEE, proof.cases[0].name)
        for rule, proof in zip(RULES, proofs, strict=True)
    ]


@pytest.mark.usefixtures("fresh_console")
@pytest.mark.parametrize("rule", RULES, ids=[rule.code for rule in RULES])
def test_no_mutant_survives(rule: Rule) -> None:
    with console_connection() as connection:
        report = rule_mutate(connection, rule)
    assert report.made > 3
    assert "\n".join(f"{one.line}: {one.change}" for one in report.survivors) == ""


def test_a_proof_that_expects_the_wrong_thing_kills_no_mutant() -> None:
    rule = catalog(CONSOLE_SOURCE)["SCAN_FAILED"]
    wrong = replace(rule, proof=rule.proof.replace("-- @fires ", "-- @fires autre-", 1))
    assert wrong.proof != rule.proof
    with console_connection() as connection:
        report = rule_mutate(connection, wrong)
    assert report.made == 0
    assert "la règle elle-même n’y répond pas" in report.unfit


def test_a_proof_that_meets_another_writer_tries_again(fresh_console: str, pg: Postgres) -> None:
    """The ledger's end moves between the proof's snapshot and its write: that says nothing of the rule."""
    rule = catalog(CONSOLE_SOURCE)["SCAN_FAILED"]
    with (
        psycopg.connect(pg.dsn(fresh_console, "console_app")) as writer,
        console_connection() as connection,
    ):
        writer.execute("SELECT set_config('governance.system', 'verify', true)")
        writer.execute("SELECT ledger_note(NULL, 'ledger', 'x', NULL, 'ledger.verify', '{}')")
        threading.Timer(1, writer.commit).start()  # meanwhile the proof waits for the ledger's end
        (proof,) = rules_prove(connection, [rule])
    assert (proof.verdict, proof.detail) == (Verdict.PROUVEE, proof.cases[0].name)


def test_a_rule_in_a_room_is_a_rule_of_the_console(tmp_path: Path, monkeypatch: Any) -> None:
    shutil.copytree(PACKS / "console" / "job_failed", tmp_path / "rules" / "rule_of_a_room")
    shutil.copytree(PACKS / "console" / "runbooks", tmp_path / "rules" / "runbooks")
    file = tmp_path / "rules" / "rule_of_a_room" / "rule.toml"
    file.write_text(file.read_text().replace('"JOB_FAILED"', '"RULE_OF_A_ROOM"'))
    (tmp_path / "__init__.py").touch()
    monkeypatch.setattr(rules_catalog, "import_module", lambda name: Room(tmp_path / "__init__.py"))
    monkeypatch.setattr(settings, "CAPABILITIES", ["governance.drills"])
    rules_catalog._pack.cache_clear()
    try:
        assert rules_catalog.room_codes() == ["RULE_OF_A_ROOM"]
        assert list(rules_catalog.catalog("console")) == sorted(rules_catalog.catalog("console"))
    finally:
        monkeypatch.undo()
        rules_catalog._pack.cache_clear()
    assert "RULE_OF_A_ROOM" not in rules_catalog.room_codes()


@dataclass
class Room:
    """A module, as far as where it stands."""

    __file__: Path

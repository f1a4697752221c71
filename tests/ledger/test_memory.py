"""What is remembered outside the database: a chain shorter or other than the one verified is broken."""

import json
import stat
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from governance.core.identity.acting import acting_as_system
from governance.core.ledger.health import ledger as ledger_health
from governance.core.ledger.models import LedgerEntry
from governance.core.ledger.queries import last_verification
from tests.ledger.backdate import memory_file
from tests.ledger.conftest import run_verify, tampering

WIPE = """
TRUNCATE ledger_entry;
UPDATE ledger_head SET seq = 0, entered = 0, hash = decode(repeat('00', 32), 'hex');
"""


@pytest.fixture
def memory(console, pg, tmp_path, settings):
    settings.LEDGER_MEMORY_DIR = str(tmp_path / "memory")
    with pg.superuser(console) as connection:
        return memory_file(connection)


def test_the_first_verification_says_that_nothing_is_remembered(memory, chain):
    with acting_as_system("health"):
        assert ledger_health(None) == "unknown"
    code, text = run_verify()
    assert code == 0
    with acting_as_system("health"):
        assert ledger_health(None) == "whole"
    assert "aucune vérification antérieure de cette base n’était retenue hors d’elle" in text
    assert stat.S_IMODE(memory.stat().st_mode) == 0o600
    assert stat.S_IMODE(memory.parent.stat().st_mode) == 0o700
    kept = json.loads(memory.read_text())
    assert (kept["verified"]["seq"], kept["signed"]) == (chain, None)
    code, text = run_verify()
    assert code == 0
    assert "aucune" not in text
    assert [path.name for path in memory.parent.iterdir()] == [memory.name]


def test_an_emptied_ledger_is_broken(memory, console, pg, chain):
    assert run_verify()[0] == 0
    kept = memory.read_text()
    with tampering(pg, console) as hand:
        hand.execute(WIPE)
    code, text = run_verify()
    assert code == 1
    assert "première entrée fautive n° 1 (" in text
    assert (
        f"attendu\u00a0: l’entrée n° {chain} d’empreinte {json.loads(kept)['verified']['hash']}"
        in text
    )
    assert memory.read_text() == kept  # a broken chain is never what is remembered
    with acting_as_system("test"):
        found = last_verification()
    assert found is not None
    assert found.expected is not None
    assert (found.fault, found.expected.seq) == ("MEMORY", chain)
    with acting_as_system("health"):
        assert ledger_health(None) == "broken"


def test_a_checkpoint_is_remembered_and_refused_where_the_chain_is_another(
    memory, console, pg, chain, signed
):
    assert json.loads(memory.read_text())["signed"]["seq"] == chain
    with tampering(pg, console) as hand:
        hand.execute(WIPE)
    point = Path(signed[1]).read_text()
    with pytest.raises(CommandError, match="Registre rompu") as error:
        call_command("ledger_checkpoint", "--out", signed[1])
    assert error.value.returncode == 1
    assert Path(signed[1]).read_text() == point


def test_a_restored_backup_is_accepted_once_with_its_reason(memory, console, pg, chain):
    assert run_verify()[0] == 0
    with tampering(pg, console) as hand:
        hand.execute(WIPE)
    assert run_verify()[0] == 1
    code, text = run_verify("--accept-restored", "sauvegarde du 3 mars")
    assert code == 0
    assert "écart accepté\u00a0: sauvegarde du 3 mars" in text
    with acting_as_system("test"):
        entry = LedgerEntry.objects.filter(action="ledger.verify").latest("seq")
    assert entry.after
    assert entry.after["accepted"] == "sauvegarde du 3 mars"
    assert entry.after["expected"]["seq"] == chain
    code, text = run_verify()
    assert code == 0
    assert "accepté" not in text


def test_a_reason_excuses_no_broken_chain(memory, console, pg, chain):
    assert run_verify()[0] == 0
    with tampering(pg, console) as hand:
        hand.execute("UPDATE ledger_entry SET action = 'forged' WHERE seq = 2")
    assert run_verify("--accept-restored", "sauvegarde")[0] == 1


def test_another_database_in_memory_is_mentioned(memory, chain):
    memory.parent.mkdir()
    memory.with_name("7-7.json").write_text("{}")
    assert "d’autres bases l’étaient" in run_verify()[1]


@pytest.mark.parametrize("content", ["", "{}", '{"format": "other/1"}', "[]"])
def test_a_memory_that_cannot_be_read_is_neither_whole_nor_forgotten(memory, chain, content):
    assert run_verify()[0] == 0
    memory.write_text(content)
    code, text = run_verify()
    assert code == 2
    assert memory.name in text
    assert memory.read_text() == content


def test_a_verification_that_is_undone_is_not_remembered(memory, chain):
    with pytest.raises(ZeroDivisionError), acting_as_system("test"):
        assert run_verify()[0] == 0
        raise ZeroDivisionError
    assert not memory.exists()


def test_a_folder_that_cannot_be_written_stops_no_verification(chain, settings, caplog):
    settings.LEDGER_MEMORY_DIR = "/proc/nowhere"
    assert run_verify()[0] == 0
    assert "could not be remembered" in caplog.text
    assert "aucune vérification antérieure" in run_verify()[1]

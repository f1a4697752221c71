"""Keys and checkpoint files as an operator meets them."""

import io
import json
import stat
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from governance.core.identity.acting import acting_as_system, acting_as_user
from governance.core.ledger.models import LedgerEntry
from governance.core.ledger.queries import last_checkpoint, last_verification
from governance.core.ledger.verification.keys import public_key_hex, public_key_load
from tests.conftest import make_user
from tests.ledger.conftest import run_verify


def refused(*arguments):
    with pytest.raises(CommandError) as error:
        call_command("ledger_checkpoint", *arguments)
    return error.value.returncode, str(error.value)


def test_a_key_is_made_once_and_for_its_owner_only(console, tmp_path, settings):
    path = tmp_path / "keys" / "signing.pem"
    settings.LEDGER_SIGNING_KEY_FILE = str(path)
    code, text = refused()
    assert code == 2
    assert "--init" in text
    made, shown = io.StringIO(), io.StringIO()
    call_command("ledger_checkpoint", "--init", stdout=made)
    call_command("ledger_checkpoint", "--public-key", stdout=shown)
    assert made.getvalue() == shown.getvalue()
    assert made.getvalue().startswith("-----BEGIN PUBLIC KEY-----")
    assert "PRIVATE" not in made.getvalue()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    content = path.read_bytes()
    assert refused("--init")[0] == 2
    assert path.read_bytes() == content
    path.chmod(0o640)
    code, text = refused()
    assert code == 2
    assert "chmod 600" in text


def test_without_a_key_file_named_nothing_is_signed(console, settings):
    settings.LEDGER_SIGNING_KEY_FILE = ""
    assert refused() == (2, "LEDGER_SIGNING_KEY_FILE is not set")


def test_a_checkpoint_names_the_end_and_is_itself_entered(chain, signed):
    file = json.loads(Path(signed[1]).read_text())
    with acting_as_system("test"):
        signed_entry = LedgerEntry.objects.get(seq=chain)
        own_entry = LedgerEntry.objects.get(seq=chain + 1)
        found = last_checkpoint()
    assert file["seq"] == file["count"] == chain
    assert file["hash"] == bytes(signed_entry.hash).hex()
    assert (file["release"], file["env"]) == ("test", "local")
    assert file["public_key"] == public_key_hex(public_key_load(Path(signed[3])))
    assert (own_entry.action, own_entry.actor) == ("ledger.checkpoint", "system:checkpoint")
    assert own_entry.after == file
    assert found is not None
    assert (found.seq, found.hash) == (chain, file["hash"])


def test_a_verification_is_the_machine_s_and_names_who_asked(chain, signed, auditor):
    assert run_verify(*signed, "--by", "auditrice")[0] == 0
    with acting_as_user(auditor.pk):
        found = last_verification()
    assert found is not None
    assert found.asked_by == str(auditor.pk)
    assert (found.entries, found.last_seq, found.checkpoints) == (chain + 1, chain + 1, (chain,))
    assert found.is_whole
    assert run_verify("--by", "personne")[0] == 2


def test_several_checkpoints_are_all_compared(chain, signed, tmp_path):
    later = tmp_path / "later.json"
    call_command("ledger_checkpoint", "--out", str(later))
    code, text = run_verify(*signed, "--checkpoint", str(later))
    assert code == 0
    assert f"conforme aux jalons {chain}, {chain + 1}" in text


def test_checkpoint_and_key_go_together(chain, signed):
    assert run_verify(*signed[:2])[0] == 2
    assert run_verify(*signed[2:])[0] == 2


def test_only_who_reads_a_history_learns_of_verifications(chain):
    run_verify()
    gerant = make_user("gerant", {"depot": "gerant"})
    with acting_as_user(gerant.pk):
        assert last_verification() is None
        assert last_checkpoint() is None

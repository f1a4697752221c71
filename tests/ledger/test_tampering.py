"""Accept 1 and two more: what an owner with disabled triggers can do to the record, and who notices.

One committed chain of 20 entries, after a few of accounts; entry k is in its middle.
"""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from governance.core.identity.acting import acting_as_system
from governance.core.ledger.queries import last_verification
from tests.ledger.backdate import memory_file
from tests.ledger.conftest import exported, run_verify, tampering

RECOMPUTE = """
DO $$
DECLARE
  e record;
  previous bytea := decode(repeat('00', 32), 'hex');
  own bytea;
BEGIN
  FOR e IN SELECT * FROM ledger_entry ORDER BY seq LOOP
    own := ledger_hash(previous, ledger_canonical(e.seq, e.at, e.actor, e.role, e.source,
      e.subject_type, e.subject_id, e.check_code, e.action, e.before, e.after));
    UPDATE ledger_entry SET prev_hash = previous, hash = own WHERE seq = e.seq;
    previous := own;
  END LOOP;
  UPDATE ledger_head SET (seq, entered) = (SELECT max(seq), max(seq) FROM ledger_entry), hash = previous;
END $$
"""

BYTE = "UPDATE ledger_entry SET after = '{\"step\": 1000}' WHERE seq = %(k)s"
DELETE_MIDDLE = "DELETE FROM ledger_entry WHERE seq = %(k)s"
DELETE_LAST = "DELETE FROM ledger_entry WHERE seq = %(last)s"
SWAP = """
UPDATE ledger_entry SET seq = 0 - seq WHERE seq IN (%(k)s, %(k)s + 3);
UPDATE ledger_entry SET seq = CASE WHEN seq = -%(k)s THEN %(k)s + 3 ELSE %(k)s END WHERE seq < 0;
"""
TRUNCATE_TAIL = """
DELETE FROM ledger_entry WHERE seq > %(k)s;
UPDATE ledger_head SET (seq, entered, hash) = (SELECT seq, seq, hash FROM ledger_entry WHERE seq = %(k)s);
"""
FORGE = """
UPDATE ledger_entry SET seq = -seq WHERE seq >= %(k)s;
UPDATE ledger_entry SET seq = 1 - seq WHERE seq < 0;
INSERT INTO ledger_entry
SELECT %(k)s, at, 'system:scan', role, source, subject_type, 'forged', check_code, action, before, after,
  prev_hash, sha256('forged')
FROM ledger_entry WHERE seq = %(k)s + 1;
UPDATE ledger_head SET seq = seq + 1, entered = seq + 1;
"""
REWRITE = BYTE + ";" + RECOMPUTE
# The entry agrees with itself again, so that only its successor shows it.
REWRITE_ONE = (
    BYTE
    + """;
UPDATE ledger_entry e SET hash = ledger_hash(prev_hash, ledger_canonical(e.seq, e.at, e.actor, e.role,
  e.source, e.subject_type, e.subject_id, e.check_code, e.action, e.before, e.after)) WHERE seq = %(k)s
"""
)
CUT = "DELETE FROM ledger_entry WHERE seq > %(k)s"

# Each: what is done, which seq must be named as the first bad, and whether the chain itself shows it.
CASES = {
    "byte": (BYTE, "k", True),
    "delete middle": (DELETE_MIDDLE, "k", True),
    "delete last": (DELETE_LAST, "last", True),
    "swap": (SWAP, "k", True),
    "truncate tail": (TRUNCATE_TAIL, "k+1", False),
    "forge": (FORGE, "k", True),
    "recompute": (REWRITE, "checkpoint", False),
    "rewrite one": (REWRITE_ONE, "k+1", True),
    "cut, head left": (CUT, "k+1", True),
}


def tamper(pg, database, statements, **where):
    with tampering(pg, database) as hand:
        hand.execute("ALTER TABLE ledger_entry DROP CONSTRAINT ledger_entry_seq_positive")
        for name, value in where.items():
            statements = statements.replace(f"%({name})s", str(value))
        hand.execute(statements)
        hand.execute(
            "ALTER TABLE ledger_entry ADD CONSTRAINT ledger_entry_seq_positive CHECK (seq >= 1)"
        )


@pytest.fixture(autouse=True)
def read_in_pieces(monkeypatch):
    """A chain is read in pieces of a few entries, as one of millions is in larger ones."""
    monkeypatch.setattr("governance.core.ledger.verification.verify.PIECE", 4)


@pytest.mark.parametrize("case", CASES)
def test_the_chain_alone_shows_all_but_two(case, console, pg, chain):
    """A cut that takes the head along and a recomputed chain are what memory and checkpoints are for."""
    statements, first_bad, in_chain = CASES[case]
    k = chain - 10
    assert run_verify()[0] == 0
    last = chain + 1  # the verification's own entry

    tamper(pg, console, statements, k=k, last=last)
    with pg.superuser(console) as hand:
        memory_file(hand).unlink()

    code, text = run_verify()
    if in_chain:
        assert code == 1
        assert f"n° { {'k': k, 'last': last, 'k+1': k + 1}[first_bad] } (" in text
    else:
        assert code == 0
        assert "aucune vérification antérieure" in text


@pytest.mark.parametrize("case", ["truncate tail", "recompute"])
def test_what_the_chain_hides_the_memory_of_the_last_verification_shows(case, console, pg, chain):
    statements, first_bad, _ = CASES[case]
    whole = run_verify()[1]
    hashed = whole.rpartition("(")[2].partition(",")[0]

    tamper(pg, console, statements, k=chain - 10)

    code, text = run_verify()
    assert code == 1
    assert f"n° {chain - 9 if first_bad == 'k+1' else chain} (" in text
    assert f"attendu\u00a0: l’entrée n° {chain} d’empreinte {hashed}" in text


@pytest.mark.parametrize("case", CASES)
def test_with_a_checkpoint_nothing_gets_by(case, console, pg, chain, signed, auditor, offline):
    """Offline and in the console, when the last entry is the one that was signed."""
    statements, first_bad, _ = CASES[case]
    k = chain - 10
    with tampering(pg, console) as hand:  # as if nothing had happened since the checkpoint
        hand.execute("DELETE FROM ledger_entry WHERE seq > %s", [chain])
        hand.execute(
            "UPDATE ledger_head SET (seq, entered, hash) ="
            " (SELECT seq, seq, hash FROM ledger_entry WHERE seq = %s)",
            [chain],
        )
    assert offline(exported(auditor), *signed)[0] == 0
    expected = {"k": k, "last": chain, "k+1": k + 1, "checkpoint": chain}[first_bad]

    tamper(pg, console, statements, k=k, last=chain)

    code, text = offline(exported(auditor), *signed)
    assert code == 1
    assert f"n° {expected}" in text
    code, text = run_verify(*signed)
    assert code == 1
    assert f"n° {expected} (" in text


def test_a_signature_by_another_key_is_refused(
    console, chain, signed, tmp_path, settings, auditor, offline
):
    settings.LEDGER_SIGNING_KEY_FILE = str(tmp_path / "other.pem")
    other = tmp_path / "other-public.pem"
    with other.open("w") as file:
        call_command("ledger_checkpoint", "--init", stdout=file)
    arguments = [*signed[:2], "--public-key", str(other)]
    assert run_verify(*arguments)[0] == 2
    code, text = offline(exported(auditor), *arguments)
    assert code == 1
    assert "signature" in text


def test_a_checkpoint_that_was_edited_is_refused(console, chain, signed, auditor, offline):
    path = Path(signed[1])
    path.write_text(path.read_text().replace(f'"count": {chain}', f'"count": {chain - 1}'))
    assert run_verify(*signed)[0] == 2
    assert offline(exported(auditor), *signed)[0] == 1


def test_a_broken_chain_is_not_signed_and_the_finding_is_recorded(console, pg, chain, signed):
    tamper(pg, console, BYTE, k=chain - 10)
    with pytest.raises(CommandError, match=f"n° {chain - 10} ") as error:
        call_command("ledger_checkpoint")
    assert error.value.returncode == 1
    run_verify()
    with acting_as_system("test"):
        found = last_verification()
    assert found is not None
    assert (found.first_bad, found.fault, found.is_whole) == (chain - 10, "CONTENT", False)
    assert found.asked_by == "system:verify"


def test_an_empty_chain_is_whole(pg, fresh_console):
    assert run_verify()[1].startswith("Registre intact : 0 entrées")
    assert run_verify()[1].startswith("Registre intact : 1 entrée (")


def test_a_lost_head_is_noticed_even_though_nothing_can_be_recorded(console, pg, chain):
    with tampering(pg, console) as hand:
        hand.execute("DELETE FROM ledger_head")
    code, text = run_verify()
    assert code == 1
    assert f"n° {chain} (" in text
    assert "n’a pas pu être inscrite" in text

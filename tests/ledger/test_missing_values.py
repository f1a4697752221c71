"""An entry whose hash is NULL, or that is older than the one before, is a fault of the chain itself."""

import psycopg
import pytest

from tests.ledger.conftest import exported, run_verify, tampering
from tests.ledger.test_tampering import RECOMPUTE

LOOSE = "ALTER TABLE ledger_entry ALTER hash DROP NOT NULL, ALTER prev_hash DROP NOT NULL"
# What is made NULL.
BLANKS = {
    "both": "actor = 'system:purge', hash = NULL, prev_hash = NULL",
    "own": "actor = 'system:purge', hash = NULL",
    "link": "prev_hash = NULL",
}


@pytest.mark.parametrize("blank", BLANKS)
def test_a_blank_hash_is_a_fault(blank, console, pg, chain, signed):
    """As the owner, with the guard and row security off for a moment."""
    k = chain - 10
    with psycopg.connect(pg.dsn(console, "console_owner"), autocommit=True) as owner:
        owner.execute(LOOSE)
        owner.execute("ALTER TABLE ledger_entry DISABLE TRIGGER ledger_entry_append_only")
        owner.execute("ALTER TABLE ledger_entry NO FORCE ROW LEVEL SECURITY")
        owner.execute(f"UPDATE ledger_entry SET {BLANKS[blank]} WHERE seq = %s", [k])
        owner.execute("ALTER TABLE ledger_entry ENABLE ALWAYS TRIGGER ledger_entry_append_only")
        owner.execute("ALTER TABLE ledger_entry FORCE ROW LEVEL SECURITY")
    for arguments in ((), tuple(signed)):
        code, text = run_verify(*arguments)
        assert code == 1
        assert f"n° {k} (le contenu" in text
        assert "table ledger_entry (modifié)" in text


def test_a_signed_entry_with_a_blank_hash_is_a_fault(console, pg, chain, signed):
    with tampering(pg, console) as hand:
        hand.execute(f"{LOOSE}; UPDATE ledger_entry SET hash = NULL WHERE seq = {chain}")
    code, text = run_verify(*signed)
    assert code == 1
    assert f"n° {chain} (" in text


def test_a_head_with_a_blank_hash_is_a_fault(console, pg, chain):
    with tampering(pg, console) as hand:
        hand.execute("ALTER TABLE ledger_head ALTER hash DROP NOT NULL")
        hand.execute("UPDATE ledger_head SET hash = NULL")
    code, text = run_verify()
    assert code == 1
    assert f"n° {chain} (" in text


def test_an_entry_without_a_number_is_a_fault(console, pg, chain):
    with tampering(pg, console) as hand:
        hand.execute("ALTER TABLE ledger_entry DROP CONSTRAINT ledger_entry_pkey")
        hand.execute("ALTER TABLE ledger_entry ALTER seq DROP NOT NULL")
        hand.execute(
            "INSERT INTO ledger_entry (at, actor, role, subject_type, subject_id, action, hash, prev_hash)"
            " SELECT at, actor, role, subject_type, 'forged', action, hash, prev_hash FROM ledger_entry"
            " WHERE seq = 2"
        )
    code, text = run_verify()
    assert code == 1
    assert f"n° {chain + 1} (cette entrée manque" in text


def test_time_never_falls(console, pg, chain, auditor, offline):
    """Whole in every hash: an owner who opens the ledger's door himself chooses the instant."""
    k = chain - 10
    with tampering(pg, console) as hand:
        hand.execute(
            "UPDATE ledger_entry SET at = (SELECT at - interval '1 second' FROM ledger_entry WHERE seq = %s)"
            " WHERE seq = %s",
            [k - 1, k],
        )
        hand.execute(RECOMPUTE)
    code, text = run_verify()
    assert code == 1
    assert f"n° {k} (l’entrée est plus ancienne" in text
    code, text = offline(exported(auditor))
    assert code == 1
    assert f"entrée n° {k} (ligne" in text
    assert "plus ancienne" in text

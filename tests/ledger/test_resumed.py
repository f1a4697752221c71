"""A verification that goes on where an earlier one ended: what it reads, what it sees, and what it says."""

import pytest
from django.test import Client

from governance.core.identity.acting import acting_as_system
from governance.core.ledger.queries import last_verification
from governance.core.ledger.verification.verify import TooLong, ledger_verify
from tests.ledger.conftest import run_verify, tampering
from tests.ledger.write import append

CHANGE = "UPDATE ledger_entry SET after = '{\"step\": 1000}' WHERE seq = %s"


@pytest.fixture
def read(chain, tmp_path, settings):
    """The number of the last entry of a chain that was verified from its beginning."""
    settings.LEDGER_MEMORY_DIR = str(tmp_path / "memory")
    assert run_verify()[0] == 0
    with acting_as_system("test"):
        found = last_verification()
    assert found
    assert (found.last_seq, found.read_after) == (chain, 0)
    return chain


def grow(entries):
    with acting_as_system("scan"):
        for number in range(entries):
            append({"after": {"step": number}, "subject_id": f"later-{number}"})


def test_only_what_came_since_is_read_and_it_says_so(read):
    grow(3)
    found = ledger_verify(at_most=5)
    # The verification that went before is an entry of its own.
    assert (found.is_whole, found.read_after, found.entries) == (True, read, 4)
    assert found.last_seq == read + 4
    with acting_as_system("test"):
        last = last_verification()
    assert last
    assert last.read_after == read
    again = ledger_verify(at_most=5)
    assert (again.read_after, again.entries) == (read + 4, 1)


def test_a_short_chain_is_read_whole(read):
    assert ledger_verify(at_most=1_000).read_after == 0


def test_what_was_changed_since_is_seen(read, console, pg):
    grow(3)
    with tampering(pg, console) as hand:
        hand.execute(CHANGE, [read + 3])
    found = ledger_verify(at_most=5)
    assert (found.first_bad, found.fault) == (read + 3, "CONTENT")


def test_what_was_changed_before_is_for_the_reading_of_all(read, console, pg):
    with tampering(pg, console) as hand:
        hand.execute(CHANGE, [read - 5])
    assert ledger_verify(at_most=5).is_whole
    found = ledger_verify()
    assert (found.first_bad, found.fault) == (read - 5, "CONTENT")


def test_another_chain_under_what_is_known_is_read_from_its_beginning(read, console, pg):
    with tampering(pg, console) as hand:
        hand.execute("UPDATE ledger_entry SET hash = sha256('forged') WHERE seq = %s", [read])
    found = ledger_verify(at_most=5)
    assert (found.read_after, found.first_bad, found.fault) == (0, read, "CONTENT")


def test_an_end_that_is_gone_is_a_break(read, console, pg):
    with tampering(pg, console) as hand:
        hand.execute("DELETE FROM ledger_entry WHERE seq > %s", [read])
    found = ledger_verify(at_most=5)
    assert (found.first_bad, found.fault) == (read + 1, "MISSING")


def test_more_than_that_is_not_waited_for(read):
    grow(6)
    with pytest.raises(TooLong):
        ledger_verify(at_most=5)


def test_the_page_says_from_where_and_when_all_was_read(read, auditor, monkeypatch):
    monkeypatch.setattr("governance.history.ledger_views.AT_ONCE", 5)
    client = Client()
    client.force_login(auditor)
    text = client.post("/governance/ledger/verify", follow=True).content.decode()
    assert f"Elle a lu la suite de l’entrée n° {read}," in text
    assert "Tout a été relu le" in text
    history = client.get("/governance/history?action=ledger.verify").content.decode()
    assert f"a fait vérifier la suite de l’entrée n° {read} du registre" in history
    assert "Lues à la suite de l’entrée" in text
    grow(6)
    assert "Vérifier le registre" not in client.get("/governance/ledger").content.decode()

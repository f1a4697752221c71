"""Going back never drops the record by chance, and the ledger gives the alerts back."""

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from alerts.services import comment_add
from governance.core.identity.acting import acting_as_system, acting_as_user
from governance.core.identity.roles import Role
from governance.core.ledger.verification.verify import ledger_verify
from tests.alerts.make import alert, alert_rows, assert_tally, finding, ledger, take_in
from tests.conftest import make_user
from tests.history.test_replay import last_seq, replayed


def back(app, to="zero"):
    call_command("migrate", app, to, verbosity=0)


def comments():
    with acting_as_system("test"), connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, alert_id, source, concerns, author, body FROM alert_comment ORDER BY id"
        )
        return cursor.fetchall()


@pytest.fixture
def recorded(fresh_console):
    """Alerts in several states, and a comment."""
    person = make_user("directeur", {"depot": Role.DIRECTEUR})
    take_in([finding("bac-1"), finding("bac-2"), finding("bac-3")])
    with acting_as_user(person.pk):
        comment_add(alert_id=alert(entity_id="bac-1").pk, body="vu")
    take_in([finding("bac-1"), finding("bac-2", message="autre")])
    return alert_rows()


@pytest.mark.parametrize(
    ("app", "to"),
    [
        ("alerts", "zero"),
        ("alerts", "0001"),
        ("ledger", "zero"),
        ("identity", "zero"),
        ("auth", "zero"),
    ],
)
def test_the_way_back_is_closed_and_nothing_happens_before_it_is(app, to, recorded):
    with pytest.raises(CommandError, match=r"system_alerts.*GOVERNANCE_DROP_THE_RECORD"):
        back(app, to)
    call_command("migrate", check_unapplied=True, verbosity=0)
    assert alert_rows() == recorded


def test_an_empty_console_goes_back_and_forth(fresh_console):
    back("alerts")
    call_command("migrate", verbosity=0)
    assert alert_rows() == []


def test_what_was_dropped_on_purpose_the_ledger_gives_back(recorded, settings):
    said, before = comments(), ledger()
    settings.DROP_THE_RECORD = True
    back("alerts")
    call_command("migrate", verbosity=0)
    settings.DROP_THE_RECORD = False
    assert alert_rows() == replayed(last_seq()) == recorded
    assert comments() == said
    assert_tally()
    assert ledger()[: len(before)] == before
    assert ledger()[len(before) :] == [("ledger.replay", "system:migrate")]
    assert ledger_verify().is_whole
    # and life goes on, with all its triggers
    take_in([finding("bac-1"), finding("bac-3")])
    assert alert_rows() == replayed(last_seq())
    call_command("migrate", verbosity=0)
    assert ledger()[-1][0] != "ledger.replay"

"""What is kept per state of the ledger is never older than the ledger, and never somebody else's."""

import pytest
from django.db import transaction

from governance.core.cache.per_state import KEPT, ledger_state, once_per_state
from governance.core.identity.acting import acting_as_system, acting_as_user
from governance.core.identity.roles import Role
from governance.core.ledger.models import LedgerHead
from tests.alerts.make import NOW, alert, finding, take_in
from tests.conftest import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def somebody_acts(db):
    with acting_as_system("scan"):
        yield


@pytest.fixture
def counted():
    calls = []

    @once_per_state
    def compute(*args):
        calls.append(args)
        return len(calls)

    return compute, calls


def test_a_state_is_computed_once_and_a_new_one_anew(counted):
    compute, calls = counted
    assert [compute("depot"), compute("depot")] == [1, 1]
    take_in([finding()])
    assert [compute("depot"), compute("depot")] == [2, 2]
    take_in([finding()], taken_at=NOW.replace(minute=NOW.minute + 1))  # merely seen again
    assert compute("depot") == 3
    assert len(calls) == 3


def test_other_arguments_are_other_figures(counted):
    compute, calls = counted
    assert compute(frozenset({"depot"})) != compute(frozenset({"depot", "second"}))
    assert calls == [(frozenset({"depot"}),), (frozenset({"depot", "second"}),)]


def test_what_was_read_in_a_transaction_that_is_undone_is_never_asked_for_again(counted):
    compute, _calls = counted
    before = compute()
    with transaction.atomic():
        take_in([finding()])
        alert()
        inside, head = compute(), ledger_state()
        transaction.set_rollback(True)
    assert head != ledger_state()
    assert compute() == before != inside


def test_only_so_many_results_are_kept(counted):
    compute, calls = counted
    for n in range(KEPT + 1):
        compute(n)
    compute(KEPT)
    assert len(calls) == KEPT + 1
    compute(0)  # the oldest had to go
    assert len(calls) == KEPT + 2


def test_the_state_names_itself_to_whoever_acts_and_says_nothing_else():
    person = make_user("gerant", {"depot": Role.GERANT})  # who may not read the history
    with acting_as_user(person.pk):
        seen = ledger_state()
        assert not LedgerHead.objects.exists()
    assert seen == ledger_state() is not None
    assert seen != bytes(LedgerHead.objects.get().hash)
    with acting_as_system(""):
        assert ledger_state() is None

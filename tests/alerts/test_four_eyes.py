"""Accepting a critical anomaly takes two people: every corner of the proposal between them."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from alerts.models import Cause, Decision
from alerts.services import NotAllowed, Resolution, alert_acknowledge, alert_resolve
from governance.core.identity.acting import acting_as_user
from governance.core.identity.models import Delegation
from governance.core.identity.roles import Role
from tests.alerts.make import NOW, alert, finding, ledger, take_in
from tests.conftest import make_user

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(minutes=1)
UNTIL = date.today() + timedelta(days=30)
FIXED = Resolution(note="corrigé", cause=Cause.AUTRE, decision=Decision.CORRIGE)


@pytest.fixture
def people(db):
    return {
        "first": make_user("first", {"depot": Role.DIRECTEUR}),
        "second": make_user("second", {"depot": Role.ADMIN}),
        "gerant": make_user("gerant", {"depot": Role.GERANT}),
    }


def accept(user, version, until=UNTIL, note="connu du conseil"):
    accepted = Resolution(
        note=note, cause=Cause.AUTRE, decision=Decision.ACCEPTE, accepted_until=until
    )
    with acting_as_user(user.pk):
        return alert_resolve(alert_id=alert().pk, version=version, resolution=accepted)


def proposal(one):
    return one.acceptance_proposed_by, one.accepted_until


def test_a_proposal_acknowledges_and_waits(people):
    take_in([finding()])
    one = accept(people["first"], 1)
    assert (one.status, one.version, one.resolved_at) == ("ACK", 2, None)
    assert (one.acknowledged_by, one.acknowledged_severity) == (people["first"].pk, "CRITICAL")
    assert proposal(one) == (people["first"].pk, UNTIL)
    assert [action for action, _ in ledger(one.pk)] == ["alert.open", "alert.propose"]


def test_the_same_person_twice_is_one_person(people):
    take_in([finding()])
    accept(people["first"], 1)
    one = accept(people["first"], 2)
    assert (one.status, one.version) == ("ACK", 3)


def test_the_second_person_resolves_and_the_first_stays_named(people):
    take_in([finding()])
    accept(people["first"], 1)
    one = accept(people["second"], 2)
    assert (one.status, one.version, one.resolved_by) == ("RESOLVED", 3, people["second"].pk)
    assert proposal(one) == (people["first"].pk, UNTIL)
    assert [action for action, _ in ledger(one.pk)][1:] == ["alert.propose", "alert.resolve"]


def test_another_end_date_is_another_proposal_which_the_first_may_confirm(people):
    take_in([finding()])
    accept(people["first"], 1)
    later = UNTIL + timedelta(days=1)
    one = accept(people["second"], 2, until=later)
    assert (one.status, proposal(one)) == ("ACK", (people["second"].pk, later))
    one = accept(people["first"], 3, until=later)
    assert (one.status, one.resolved_by) == ("RESOLVED", people["first"].pk)


def test_after_an_acknowledgement_by_one_the_proposal_of_another_keeps_the_acknowledgement(people):
    take_in([finding()])
    with acting_as_user(people["second"].pk):
        alert_acknowledge(alert_id=alert().pk, version=1)
    one = accept(people["first"], 2)
    assert (one.acknowledged_by, proposal(one)[0]) == (people["second"].pk, people["first"].pk)
    # who acknowledged may be the second signature: acknowledging is not accepting
    assert accept(people["second"], 3).status == "RESOLVED"


@pytest.mark.parametrize("change", [{"payload": {"citerne": "TANK1", "stock": -900}}, None])
def test_a_lapse_or_the_end_of_the_anomaly_clears_the_proposal(people, change):
    material = {"STOCK_NEGATIF": ["stock"]}
    take_in([finding()], material=material)
    accept(people["first"], 1)
    take_in([finding(**change)] if change else [], taken_at=LATER, material=material)
    one = alert()
    assert one.status == ("OPEN" if change else "RESOLVED")
    assert (proposal(one), one.acceptance_proposed_at, one.resolution_note) == (
        (None, None),
        None,
        None,
    )
    if change:  # what was signed is no longer what is there: both signatures again
        assert accept(people["second"], one.version).status == "ACK"


def test_resolved_otherwise_leaves_no_proposal_behind(people):
    take_in([finding()])
    accept(people["first"], 1)
    with acting_as_user(people["second"].pk):
        one = alert_resolve(alert_id=alert().pk, version=2, resolution=FIXED)
    assert (one.status, proposal(one)) == ("RESOLVED", (None, None))
    assert one.acceptance_proposed_at is None


def test_a_refresh_that_changes_nothing_material_keeps_the_proposal(people):
    take_in([finding()])
    accept(people["first"], 1)
    take_in([finding(message="Le bac est toujours sous zéro.")], taken_at=LATER)
    assert proposal(alert()) == (people["first"].pk, UNTIL)
    assert accept(people["second"], 3).status == "RESOLVED"


def test_less_than_critical_takes_one_person_also_after_a_proposal(people):
    take_in([finding()])
    accept(people["first"], 1)
    take_in([finding(severity="WARN")], taken_at=LATER)
    one = accept(people["first"], 3)
    assert (one.status, one.resolved_by, proposal(one)[0]) == (
        "RESOLVED",
        people["first"].pk,
        None,
    )


def test_a_delegation_makes_a_second_person(people):
    take_in([finding()])
    accept(people["first"], 1)
    with pytest.raises(NotAllowed):
        accept(people["gerant"], 2)
    with acting_as_user(people["second"].pk):
        Delegation.objects.create(
            reason="congé",
            holder=people["gerant"],
            source="depot",
            ends_at=timezone.now() + timedelta(days=1),
            granted_by=people["second"].pk,
        )
    assert accept(people["gerant"], 2).resolved_by == people["gerant"].pk


def test_the_consoles_own_findings_need_two_admins(people):
    take_in([finding("depot", check_code="SCAN_FAILED", entity_type="SOURCE")], source="console")
    with pytest.raises(NotAllowed):
        accept(people["first"], 1)  # a director sees it and may not act on the console
    assert accept(people["second"], 1).status == "ACK"
    third = make_user("third", {"autre": Role.ADMIN, "depot": Role.PCA})
    assert accept(third, 2).status == "RESOLVED"


def test_a_proposal_says_nothing_to_the_next_episode(people):
    take_in([finding()])
    accept(people["first"], 1)
    take_in([], taken_at=LATER)
    take_in([finding()], taken_at=LATER + timedelta(minutes=1))
    assert (alert().episode, proposal(alert())) == (2, (None, None))
    assert accept(people["second"], alert().version).status == "ACK"


def test_an_endless_acceptance_is_refused_by_the_database(people):
    from tests.alerts.test_workflow import INVALID, refused

    take_in([finding(severity="WARN")])
    for until in ("infinity", "-infinity", "2020-01-01"):
        with acting_as_user(people["first"].pk):
            statement = (
                "UPDATE system_alerts SET status = 'RESOLVED', resolution_note = 'x',"
                " resolution_cause = 'AUTRE', resolution_decision = 'ACCEPTE', accepted_until = %s"
            )
            assert refused(statement, until) is INVALID


def test_each_change_counts_the_version_once_and_no_change_counts_none(people):
    take_in([finding()])
    with acting_as_user(people["first"].pk), connection.cursor() as cursor:
        cursor.execute("UPDATE system_alerts SET status = status, version = 99, updated_at = now()")
        assert alert().version == 1
        cursor.execute("UPDATE system_alerts SET status = 'ACK', version = version + 5")
        assert alert().version == 2
    take_in([finding(message="autre")], taken_at=LATER)
    assert alert().version == 3
    take_in([finding(message="autre")], taken_at=LATER + timedelta(minutes=1))
    assert alert().version == 3
    assert len(ledger(alert().pk)) == 3

"""What follows a decision: contradicted with its age, confirmed once, or taken back by whoever may act."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import psycopg
import pytest
from django.db import IntegrityError, connection
from django.utils import timezone

from alerts.decisions import came_back
from alerts.intake import Eyes, Scope, Snapshot
from alerts.models import DISPUTE_DAYS, Alert, Cause, Decision
from alerts.related import alert_episodes
from alerts.services import (
    Conflict,
    DisputeTooLong,
    NotAllowed,
    Resolution,
    alert_acknowledge,
    alert_reopen,
    alert_resolve,
)
from governance.core.identity.acting import acting_as_system, acting_as_user
from governance.core.identity.roles import Role
from tests.alerts.make import NOW, alert, alert_rows, assert_tally, finding, ledger, take_in
from tests.conftest import make_user

BEGAN = NOW - timedelta(days=9)
MINUTE = timedelta(minutes=1)
UNTIL = date.today() + timedelta(days=10)


def old(name="bac-1", **values):
    return finding(name, **({"detected_at": BEGAN} | values))


@pytest.fixture
def directeur(db):
    return make_user("directeur", {"depot": Role.DIRECTEUR})


def acknowledge(user):
    with acting_as_user(user.pk):
        return alert_acknowledge(alert_id=alert().pk, version=alert().version)


def resolve(user, decision=Decision.CORRIGE, until=None, one=None):
    one = one or alert()
    said = Resolution(note="vu", cause=Cause.AUTRE, decision=decision, accepted_until=until)
    with acting_as_user(user.pk):
        return alert_resolve(alert_id=one.pk, version=one.version, resolution=said)


def reopen(user, note="trop vite", version=None):
    one = alert()
    with acting_as_user(user.pk):
        return alert_reopen(alert_id=one.pk, version=version or one.version, note=note)


def assert_replay():
    with acting_as_system("test"), connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT jsonb_agg(a ORDER BY id)::text FROM system_alerts a),"
            " (SELECT jsonb_agg(s ORDER BY id)::text FROM alert_state_at("
            "   (SELECT max(seq) FROM ledger_entry)) s)"
        )
        stored, replayed = cursor.fetchone()
        cursor.execute(
            "SELECT (SELECT jsonb_agg(a ORDER BY id)::text FROM system_alerts a WHERE status <> 'RESOLVED'),"
            " (SELECT jsonb_agg(s ORDER BY id)::text FROM alert_active_at("
            "   (SELECT max(seq) FROM ledger_entry)) s)"
        )
        assert stored == replayed
        standing, put_together = cursor.fetchone()
        assert standing == put_together


def actions():
    return [action for action, _actor in ledger(alert().pk)]


@pytest.mark.parametrize("decision", [Decision.CORRIGE, Decision.AJUSTEMENT])
def test_a_decision_that_the_next_scan_contradicts_keeps_the_age(directeur, decision):
    take_in([old()])
    resolve(directeur, decision)
    take_in([old()], taken_at=NOW + MINUTE)
    one = alert()
    assert (one.status, one.episode, one.first_detected_at) == ("OPEN", 1, BEGAN)
    assert (one.contradicted_by, one.contradicted_decision) == (directeur.pk, decision)
    assert (one.resolved_by, one.resolution_note, one.contradicted_until) == (None, None, None)
    assert one.contradicted_resolved_at
    assert one.contradicted_at
    assert one.contradicted_resolved_at <= one.contradicted_at
    assert actions() == ["alert.open", "alert.resolve", "alert.contradict"]
    with acting_as_system("test"):
        (episode,) = alert_episodes(one.pk)
    assert (episode.resolved_at, episode.resolved_by) == (None, None)
    assert_replay()
    assert_tally()


def test_seen_absent_in_between_is_confirmed_once_and_then_the_next_episode(directeur):
    take_in([old()])
    resolve(directeur)
    take_in([], taken_at=NOW + MINUTE)
    assert (alert().status, alert().absent_at) == ("RESOLVED", NOW + MINUTE)
    written = len(ledger())
    take_in([], taken_at=NOW + 2 * MINUTE)
    assert len(ledger()) == written  # it says so once
    take_in([old(detected_at=NOW + 3 * MINUTE)], taken_at=NOW + 5 * MINUTE)
    one = alert()
    assert (one.episode, one.first_detected_at, one.absent_at) == (2, NOW + 3 * MINUTE, None)
    assert one.contradicted_at is None
    assert actions()[1:] == ["alert.resolve", "alert.confirm", "alert.reopen"]
    assert_replay()


def test_a_new_episode_is_never_older_than_the_absence_before_it(directeur):
    take_in([old()])
    resolve(directeur)
    take_in([], taken_at=NOW + MINUTE)
    take_in([old()], taken_at=NOW + timedelta(days=30))
    assert alert().first_detected_at == NOW + timedelta(days=30)
    assert alert().dated_by_data is False


@pytest.mark.parametrize(
    ("scope", "rows", "closes"),
    [
        (Scope(codes=["AUTRE"]), [], True),
        (Scope(entities=["autre"]), [], True),
        (None, [finding("x", severity="FATAL")], True),  # a row of its code was set aside
        (None, [], False),  # a snapshot that is not believed
    ],
)
def test_only_a_complete_scan_of_it_confirms(directeur, scope, rows, closes):
    take_in([old()])
    resolve(directeur)
    take_in(rows, taken_at=NOW + MINUTE, scope=scope, closes=closes)
    assert alert(entity_id="bac-1").absent_at is None


@pytest.mark.parametrize("holds", [True, False])
def test_a_scan_with_other_eyes_confirms_nothing(directeur, holds):
    take_in([old()])
    resolve(directeur)
    eyes = Eyes(alike=[], holds=holds, by_version=False)
    take_in([], taken_at=NOW + MINUTE, eyes=eyes)
    assert alert().absent_at is None


def test_a_dispute_waits_until_its_day_and_comes_back_with_its_age(directeur):
    today = datetime.now(UTC)
    began = today - timedelta(days=9)
    take_in([finding(detected_at=began)], taken_at=today)
    resolve(directeur, Decision.LITIGE, UNTIL)
    done = take_in([finding(detected_at=began)], taken_at=today + timedelta(days=1))
    assert (done.accepted, alert().status) == (1, "RESOLVED")
    take_in([finding(detected_at=began)], taken_at=today + timedelta(days=12))
    one = alert()
    assert (one.status, one.episode, one.first_detected_at) == ("OPEN", 1, began)
    assert (one.contradicted_decision, one.contradicted_until) == ("LITIGE", UNTIL)
    assert actions()[-1] == "alert.resume"
    assert_replay()


@pytest.fixture
def zone(settings):
    """Put the console into another time zone."""

    def put(name):
        settings.TIME_ZONE = name
        timezone.get_default_timezone.cache_clear()  # type: ignore[attr-defined]

    yield put
    timezone.get_default_timezone.cache_clear()  # type: ignore[attr-defined]


@pytest.mark.parametrize("place", ["America/New_York", "Asia/Kathmandu", "Africa/Lubumbashi"])
def test_the_last_day_of_a_decision_ends_where_the_console_stands(directeur, zone, place):
    zone(place)
    take_in([old()])
    resolve(directeur, Decision.LITIGE, UNTIL)
    midnight = datetime.combine(UNTIL + timedelta(days=1), time(), tzinfo=ZoneInfo(place))
    take_in([old()], taken_at=midnight - MINUTE)
    assert alert().status == "RESOLVED"
    take_in([old()], taken_at=midnight + MINUTE)
    assert (alert().status, actions()[-1]) == ("OPEN", "alert.resume")
    one = alert()
    one.contradicted_at = midnight + MINUTE
    assert "à l’échéance" in came_back(one, {})
    one.contradicted_at = midnight - MINUTE
    assert "à l’échéance" not in came_back(one, {})


def test_today_is_a_day_to_come_wherever_it_is_not_over(directeur):
    take_in([old()])
    far_west = datetime.now(ZoneInfo("Etc/GMT+12")).date()
    resolve(directeur, Decision.LITIGE, far_west)
    assert alert().status == "RESOLVED"
    take_in([old(), old("bac-2")], taken_at=NOW + MINUTE)
    with pytest.raises(IntegrityError):
        resolve(directeur, Decision.LITIGE, far_west - timedelta(days=1), alert(entity_id="bac-2"))


def test_a_dispute_about_a_critical_alert_has_a_longest_date(directeur):
    take_in([old(), old("bac-2"), old("bac-3", severity="WARN")])
    longest = date.today() + timedelta(days=DISPUTE_DAYS)
    with pytest.raises(DisputeTooLong):
        resolve(directeur, Decision.LITIGE, longest + timedelta(days=3), alert(entity_id="bac-1"))
    resolve(directeur, Decision.LITIGE, longest - timedelta(days=1), alert(entity_id="bac-2"))
    resolve(directeur, Decision.LITIGE, date(9999, 12, 31), alert(entity_id="bac-3"))
    said = {name: alert(entity_id=name).status for name in ("bac-1", "bac-2", "bac-3")}
    assert said == {"bac-1": "OPEN", "bac-2": "RESOLVED", "bac-3": "RESOLVED"}


def test_what_worsens_does_not_wait(directeur):
    take_in([old(severity="WARN")])
    resolve(directeur, Decision.LITIGE, UNTIL)
    take_in([old()], taken_at=NOW + MINUTE)
    assert (alert().status, actions()[-1]) == ("OPEN", "alert.contradict")


@pytest.mark.parametrize(
    ("decision", "until"), [("LITIGE", None), ("CORRIGE", UNTIL), ("LITIGE", "2020-01-01")]
)
def test_a_dispute_has_a_day_to_come(directeur, decision, until):
    from tests.alerts.test_workflow import INVALID, refused

    take_in([old()])
    with acting_as_user(directeur.pk):
        statement = (
            "UPDATE system_alerts SET status = 'RESOLVED', resolution_note = 'x',"
            " resolution_cause = 'AUTRE', resolution_decision = %s, accepted_until = %s"
        )
        assert refused(statement, decision, until) is INVALID


def test_a_reading_older_than_the_resolution_says_nothing_against_it(directeur):
    take_in([old()])
    with acting_as_system("scan"):
        late = Snapshot(source="depot", taken_at=NOW + MINUTE)
        late.add([old()])
    resolve(directeur)
    with acting_as_system("scan"):
        done = late.compare()
        late.apply(closes=True)
    assert (done.accepted, alert().status, alert().absent_at) == (1, "RESOLVED", None)


def test_an_older_reading_without_it_confirms_nothing(directeur):
    take_in([old()])
    with acting_as_system("scan"):
        late = Snapshot(source="depot", taken_at=NOW + MINUTE)
    resolve(directeur)
    with acting_as_system("scan"):
        late.compare()
        late.apply(closes=True)
    assert (alert().status, alert().absent_at) == ("RESOLVED", None)


def test_resolved_between_the_comparison_and_the_writing_stays_resolved(directeur):
    take_in([old()])
    with acting_as_system("scan"):
        late = Snapshot(source="depot", taken_at=NOW + MINUTE)
        late.add([old(message="autrement")])
        late.compare()
    resolve(directeur)
    before = alert_rows()
    with acting_as_system("scan"):
        late.apply(closes=True)
    assert alert_rows() == before


# --- taken back -------------------------------------------------------------------------------------


def test_an_acknowledgement_is_withdrawn_and_both_stay_in_the_ledger(directeur):
    take_in([old()])
    acknowledge(directeur)
    one = reopen(directeur)
    assert (one.status, one.episode, one.first_detected_at) == ("OPEN", 1, BEGAN)
    assert (one.acknowledged_by, one.acknowledged_at, one.reopening_note) == (
        None,
        None,
        "trop vite",
    )
    assert actions() == ["alert.open", "alert.ack", "alert.withdraw.ack"]
    assert acknowledge(directeur).reopening_note is None
    assert_replay()


def test_a_resolution_is_reopened_in_its_episode(directeur):
    take_in([old(), finding("autre")])
    one = alert(entity_id="bac-1")
    resolve(directeur, one=one)
    with acting_as_user(directeur.pk):
        one = alert_reopen(alert_id=one.pk, version=2, note="erreur de bac")
    assert (one.status, one.episode, one.first_detected_at) == ("OPEN", 1, BEGAN)
    assert (one.resolved_at, one.resolved_by, one.resolution_decision) == (None, None, None)
    assert [action for action, _ in ledger(one.pk)][1:] == [
        "alert.resolve",
        "alert.withdraw.resolve",
    ]
    assert_replay()
    take_in([finding("autre")], taken_at=NOW + MINUTE)
    assert alert(entity_id="bac-1").resolution_cause == "DATA_FIXED"


def test_sightings_of_others_while_it_was_resolved_are_not_its_own(directeur):
    take_in([old(), finding("autre")])
    one = alert(entity_id="bac-1")
    resolve(directeur, one=one)
    take_in([finding("autre")], taken_at=NOW + MINUTE)
    with acting_as_user(directeur.pk):
        one = alert_reopen(alert_id=one.pk, version=3, note="pas fini")
    assert (one.last_detected_at, one.absent_at) == (NOW, None)
    assert_replay()


def test_reopening_a_proposal_clears_it(directeur):
    take_in([old()])
    resolve(directeur, Decision.ACCEPTE, UNTIL)
    assert alert().acceptance_proposed_by == directeur.pk
    one = reopen(directeur)
    assert (one.status, one.acceptance_proposed_by, one.accepted_until) == ("OPEN", None, None)


def test_what_a_scan_closed_is_not_taken_back(directeur):
    take_in([old()])
    take_in([], taken_at=NOW + MINUTE)
    with pytest.raises(Conflict):
        reopen(directeur)


def test_a_stale_version_and_an_open_alert_are_conflicts(directeur):
    take_in([old()])
    with pytest.raises(Conflict):
        reopen(directeur)
    acknowledge(directeur)
    with pytest.raises(Conflict):
        reopen(directeur, version=1)
    assert alert().status == "ACK"


@pytest.mark.parametrize("role", [Role.GERANT, Role.PCA, Role.AUDITEUR])
def test_only_who_may_act_takes_back(directeur, role):
    take_in([old()])
    acknowledge(directeur)
    with pytest.raises(NotAllowed):
        reopen(make_user("autre", {"depot": role}))


def test_information_is_not_reopened(directeur):
    take_in([old()])
    acknowledge(directeur)
    take_in([old(severity="INFO")], taken_at=NOW + MINUTE)
    with pytest.raises(NotAllowed):
        reopen(directeur)


def test_postgresql_holds_it_for_the_runtime_role(fresh_console, pg):
    directeur = make_user("directeur", {"depot": Role.DIRECTEUR})
    gerant = make_user("gerant", {"depot": Role.GERANT})
    take_in([old(), old("b")])
    resolve(directeur, one=alert(entity_id="b"))
    take_in([old(), old("b")], taken_at=NOW + MINUTE)  # contradicted
    take_in([old()], taken_at=NOW + 2 * MINUTE)  # closed by the scan
    with acting_as_user(directeur.pk):
        alert_acknowledge(alert_id=alert(entity_id="bac-1").pk, version=1)
    back = "UPDATE system_alerts SET status = 'OPEN', reopening_note = %s WHERE entity_id = %s"

    def tried(user, statement, *values):
        with psycopg.connect(pg.dsn(fresh_console, "console_app")) as session:
            session.execute("SELECT set_config('governance.user_id', %s, true)", [str(user.pk)])
            session.execute(statement, values)

    with pytest.raises(psycopg.errors.CheckViolation, match="note"):
        tried(directeur, back, " ", "bac-1")
    with pytest.raises(psycopg.errors.CheckViolation, match="scan closed"):
        tried(directeur, back, "pourquoi", "b")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        tried(gerant, back, "pourquoi", "bac-1")
    was = alert(entity_id="bac-1")
    tried(
        directeur,
        "UPDATE system_alerts SET status = 'OPEN', reopening_note = 'x', absent_at = now(),"
        " contradicted_by = governance_user_id(), episode_at = now(), episode = 7,"
        " first_acknowledged_at = NULL WHERE entity_id = 'bac-1'",
    )
    one = alert(entity_id="bac-1")
    assert (one.absent_at, one.contradicted_by, one.episode_at) == (None, None, None)
    # The first acknowledgement is the one that this withdraws.
    assert was.first_acknowledged_at == was.acknowledged_at
    assert (one.episode, one.first_acknowledged_at) == (1, None)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        tried(directeur, "UPDATE system_alerts SET dated_by_data = NOT dated_by_data")


# --- since when -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "dated", "first"),
    [
        (NOW, False, NOW),
        (NOW - timedelta(seconds=20), False, NOW),  # a clock that is a little behind
        (NOW + timedelta(hours=1), False, NOW),
        (BEGAN, True, BEGAN),
    ],
)
@pytest.mark.django_db
def test_the_instant_of_reading_is_no_word_of_the_data(said, dated, first):
    take_in([finding(detected_at=said)])
    assert (alert().dated_by_data, alert().first_detected_at) == (dated, first)


@pytest.mark.django_db
def test_an_instant_that_moves_with_each_reading_is_no_word_of_the_data():
    hour = timedelta(hours=1)
    take_in([finding(detected_at=NOW - hour)])
    assert alert().dated_by_data
    for minute in (1, 2, 3):
        at = NOW + minute * MINUTE
        take_in([finding(detected_at=at - hour)], taken_at=at)
    one = alert()
    assert (one.dated_by_data, one.first_detected_at) == (False, NOW - hour)
    assert actions() == ["alert.open", "alert.change"]  # said once
    assert_replay()


@pytest.mark.django_db
def test_a_scan_without_a_change_writes_nothing(directeur):
    found = [old(f"e{n}") for n in range(5)]
    take_in([*found, old()])
    resolve(directeur, one=alert(entity_id="bac-1"))
    take_in(found, taken_at=NOW + MINUTE)
    before = [row | {"last_detected_at": ""} for row in alert_rows()]
    written = len(ledger())
    take_in(found, taken_at=NOW + 2 * MINUTE)
    assert [row | {"last_detected_at": ""} for row in alert_rows()] == before
    assert len(ledger()) == written + 1  # one sighting for all


def test_alerts_of_a_console_that_never_asked_are_told_by_their_age(directeur):
    from alerts.presentation import is_dated_by_data

    one = Alert(created_at=NOW, first_detected_at=NOW)
    assert not is_dated_by_data(one)
    one.first_detected_at = BEGAN
    assert is_dated_by_data(one)

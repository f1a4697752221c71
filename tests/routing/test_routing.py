"""Who is told, by rows of the routing, by quiet hours and by who has the telephone."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from django.db import ProgrammingError, transaction
from django.utils import timezone

from alerts.calendars.reading import shipped
from alerts.calendars.services import calendar_set
from alerts.models import Alert
from governance.core.identity.acting import acting_as_system, acting_as_user
from governance.core.ledger.models import LedgerEntry
from governance.notifications.routing.changes import NotAllowed, route_add, turn_say
from governance.notifications.routing.models import NotificationRoute, OnCallTurn, Target
from governance.notifications.routing.services import on_call, recipients
from integrity.scans.kinds import ViewRead
from tests.alerts.make import finding, take_in
from tests.conftest import make_user
from tests.pages.dom import elements

ROUTING, ON_CALL = "/governance/notifications/routing", "/governance/notifications/on-call"
# Lubumbashi is two hours ahead of UTC.
NOON, NIGHT = datetime(2026, 3, 4, 10, tzinfo=UTC), datetime(2026, 3, 4, 1, tzinfo=UTC)


@pytest.fixture
def alerts(db, monkeypatch):
    """One critical, one warning."""
    view = ViewRead("h", {"STOCK_NEGATIF": "1.0.0"}, was_read=True)
    monkeypatch.setattr("integrity.scans.kinds.view_read", lambda source: view)
    with acting_as_system("calendar"):
        calendar_set(source="depot", **shipped("lubumbashi"))
    take_in([
        finding("bac-1"),
        finding("cdr-1", check_code="CDR_ARRIVE_STALE", severity="WARN", entity_type="CDR"),
    ])  # fmt: skip
    with acting_as_system("test"):
        return {one.severity: one for one in Alert.objects.all()}


def told(alert, at=NOON, step=0):
    """Names, why, and until when they are left in peace."""
    with acting_as_system("notify"):
        return [
            (one.person_id, one.reason, one.not_before)
            for one in recipients(alert, at=at, step=step)
        ]


def add(people, **values):
    with acting_as_user(people["admin"].pk):
        route_add(**values)


def test_without_a_row_the_owner_of_the_rule_is_told(people, alerts, monkeypatch):
    assert told(alerts["CRITICAL"]) == [(people["directeur"].pk, "owner", None)]


def test_all_rows_that_an_alert_fits_count(people, alerts):
    add(people, source="depot", severity="CRITICAL", target=Target.ROLE, role="gerant")
    add(
        people,
        source="depot",
        check_code="STOCK_NEGATIF",
        target=Target.PERSON,
        person_id=people["pca"].pk,
    )
    add(people, source="depot", check_code="CDR_ARRIVE_STALE", target=Target.ROLE, role="auditeur")
    assert told(alerts["CRITICAL"]) == [
        (people["gerant"].pk, "routed", None),
        (people["pca"].pk, "routed", None),
    ]
    assert told(alerts["WARN"]) == [(people["auditeur"].pk, "routed", None)]


def test_quiet_hours_keep_back_all_but_what_is_critical(people, alerts):
    quiet = {"quiet_from": time(20), "quiet_until": time(6, 30)}
    add(people, source="depot", target=Target.ROLE, role="gerant", **quiet)
    gerant = people["gerant"].pk
    morning = datetime(2026, 3, 4, 4, 30, tzinfo=UTC)
    assert told(alerts["CRITICAL"], NIGHT) == [(gerant, "routed", None)]
    assert told(alerts["WARN"], NIGHT) == [(gerant, "routed", morning)]
    evening = datetime(2026, 3, 3, 18, tzinfo=UTC)  # exactly eight there
    assert told(alerts["WARN"], evening) == [(gerant, "routed", morning)]
    assert told(alerts["WARN"], morning) == [(gerant, "routed", None)]
    # Told by a second row as well, somebody is told by the one that does not wait.
    add(people, source="depot", severity="WARN", target=Target.PERSON, person_id=gerant)
    assert told(alerts["WARN"], NIGHT) == [(gerant, "routed", None)]


def test_the_telephone_goes_from_week_to_week_and_to_a_substitute(people, alerts):
    add(people, source="depot", target=Target.ON_CALL)
    week: dict[str, Any] = {"source": "depot", "note": ""}
    monday = datetime(2026, 3, 2, 5, tzinfo=UTC)
    with acting_as_user(people["admin"].pk):
        turn_say(person=people["gerant"].pk, starts=monday, ends=monday + timedelta(days=7), **week)
        turn_say(
            person=people["directeur"].pk,
            starts=monday + timedelta(days=7),
            ends=monday + timedelta(days=14),
            **week,
        )
    assert told(alerts["WARN"]) == [(people["gerant"].pk, "on_call", None)]
    assert told(alerts["WARN"], NOON + timedelta(days=7)) == [
        (people["directeur"].pk, "on_call", None)
    ]
    # Whoever has it hands a day over; nobody else does, and not what is another's.
    day: dict[str, Any] = {"starts": NOON - timedelta(hours=1), "ends": NOON + timedelta(hours=1)}
    with acting_as_user(people["pca"].pk), pytest.raises(NotAllowed):
        turn_say(person=people["pca"].pk, **week, **day)
    with acting_as_user(people["gerant"].pk):
        with pytest.raises(NotAllowed):
            later = {name: at + timedelta(days=7) for name, at in day.items()}
            turn_say(person=people["auditeur"].pk, **week, **later)
        turn_say(person=people["auditeur"].pk, **week | {"note": "en congé"}, **day)
    assert told(alerts["WARN"]) == [(people["auditeur"].pk, "on_call", None)]
    with acting_as_system("notify"):
        assert on_call("depot", NOON + timedelta(hours=1)) == people["gerant"].pk
        assert on_call("depot", NOON - timedelta(days=7)) is None
    # What was handed over is not handed over once more.
    with acting_as_user(people["gerant"].pk), pytest.raises(NotAllowed):
        turn_say(person=people["pca"].pk, **week, **day)
    # Nobody has it: the owner is told.
    assert told(alerts["CRITICAL"], NOON + timedelta(days=30)) == [
        (people["directeur"].pk, "owner", None)
    ]


def test_each_step_has_its_own_people(people, alerts):
    assert told(alerts["CRITICAL"], step=1) == [(people["directeur"].pk, "director", None)]
    assert told(alerts["CRITICAL"], step=2) == [(people["pca"].pk, "pca", None)]


def test_a_finding_about_the_console_reaches_administrators(people):
    take_in([finding("depot/stale", check_code="SCAN_STALE")], source="console")
    take_in([finding("tidy", check_code="JOB_FAILED")], source="console", closes=False)
    with acting_as_system("test"):
        found = {one.check_code: one for one in Alert.objects.filter(source="console")}
    for one in found.values():
        assert told(one) == [(people["admin"].pk, "owner", None)]


def test_only_its_administrators_decide_and_the_ledger_tells(people):
    make_user("elsewhere", {"autre": "admin"})
    add(people, source="depot", target=Target.ROLE, role="gerant")
    with acting_as_user(people["directeur"].pk), pytest.raises(NotAllowed):
        route_add(source="depot", target=Target.ROLE, role="pca")
    with acting_as_user(people["admin"].pk), pytest.raises(NotAllowed):
        route_add(source="autre", target=Target.ROLE, role="pca")
    with (
        pytest.raises(ProgrammingError),
        transaction.atomic(),
        acting_as_user(people["admin"].pk),
    ):
        NotificationRoute.objects.update(role="pca")
    with pytest.raises(ProgrammingError), transaction.atomic(), acting_as_user(people["admin"].pk):
        OnCallTurn.objects.all().delete()
    with acting_as_system("test"):
        entry = LedgerEntry.objects.filter(action="route.add").get()
        assert (entry.source, entry.actor) == ("depot", str(people["admin"].pk))
        assert entry.after == {"target": "ROLE", "role": "gerant"}


def test_the_page_shows_adds_removes_and_says_who_would_be_told(as_, people, alerts):
    said = {"source": "depot", "severity": "WARN", "who": "ROLE:gerant", "quiet_from": "20:00"}
    wrong = as_("admin").post(ROUTING, said)
    assert wrong.status_code == 422
    assert "Dites le début et la fin du silence" in wrong.content.decode()
    page = as_("admin").post(ROUTING, said | {"quiet_until": "06:30"}, follow=True)
    (row,) = elements(page, "data-route")
    text = page.content.decode()
    assert "20:00–06:30" in text
    assert "Gérant" in text
    night = as_("admin").get(ROUTING, {"of": "depot:STOCK_NEGATIF", "severity": "CRITICAL"})
    assert elements(night, "data-preview")
    gone = as_("admin").post(f"{ROUTING}/{row['data-route']}/remove", follow=True)
    assert not elements(gone, "data-route")
    with acting_as_system("test"):
        assert LedgerEntry.objects.filter(action="route.remove").count() == 1


def test_the_preview_says_now_and_at_three(people, alerts, monkeypatch):
    from governance.notifications.routing.queries import would_be_told

    monkeypatch.setattr(timezone, "now", lambda: NOON)
    quiet = {"quiet_from": time(20), "quiet_until": time(6, 30)}
    add(people, source="depot", target=Target.ROLE, role="gerant", **quiet)
    with acting_as_user(people["admin"].pk):
        shown = would_be_told("depot", "CDR_ARRIVE_STALE", "WARN")
    assert [(one.label, [(who.who, who.why) for who in one.told]) for one in shown] == [
        ("Maintenant", [("gerant", "désigné par une ligne")]),
        ("À 3 h du matin", [("gerant", "désigné par une ligne")]),
    ]
    assert [one.told[0].not_before for one in shown[:2]] == [
        None,
        datetime(2026, 3, 5, 4, 30, tzinfo=UTC),
    ]
    with acting_as_user(people["admin"].pk):
        grave = would_be_told("depot", "STOCK_NEGATIF", "CRITICAL")
    assert [(one.label, [who.who for who in one.told]) for one in grave[1:]] == [
        ("À 3 h du matin", ["gerant"]),
        ("Sans acquittement à l’échéance", ["directeur"]),
        ("Après une échéance de plus", ["pca"]),
    ]
    assert grave[1].told[0].not_before is None


def test_the_holder_hands_over_on_the_page_by_the_clock_of_the_source(as_, people, alerts):
    now = timezone.now()
    with acting_as_user(people["admin"].pk):
        turn_say(
            source="depot",
            person=people["gerant"].pk,
            starts=now - timedelta(days=1),
            ends=now + timedelta(days=6),
            note="",
        )
    starts = (now + timedelta(hours=3)).replace(minute=0, second=0, microsecond=0)
    here = starts + timedelta(hours=2)
    said = {
        "source": "depot",
        "person": str(people["directeur"].pk),
        "starts": here.strftime("%Y-%m-%dT%H:%M"),
        "ends": (here + timedelta(hours=4)).strftime("%Y-%m-%dT%H:%M"),
        "note": "en congé",
    }
    page = as_("gerant").post(ON_CALL, said, follow=True).content.decode()
    assert "Tour enregistré et inscrit au registre." in page
    with acting_as_system("test"):
        turn = OnCallTurn.objects.get(note="en congé")
        assert (turn.starts_at, turn.made_by) == (starts, people["gerant"].pk)
    assert as_("pca").post(ON_CALL, said).status_code == 403
    assert as_("gerant").post(ON_CALL, said | {"ends": said["starts"]}).status_code == 422

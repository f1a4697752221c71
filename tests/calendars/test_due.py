"""Due times on pages, in lists and in counts follow the source's calendar, and its changes."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import call_command
from django.db import ProgrammingError, connection, transaction
from django.utils import timezone

from alerts.calendars import queries
from alerts.calendars.models import SourceCalendar
from alerts.calendars.reading import shipped
from alerts.calendars.services import NotAllowed, calendar_set
from alerts.kinds import kinds_now
from alerts.kinds.due import due_at, late_count
from alerts.models import Alert
from alerts.queries import AlertFilter, alert_page
from alerts.sorting import DUE, order_by
from governance.core.identity.acting import acting_as_system, acting_as_user
from governance.core.ledger.models import LedgerEntry
from integrity.rules.catalog import pack
from integrity.scans.kinds import ViewRead, kinds_by
from tests.alerts.make import finding, take_in
from tests.pages.dom import elements

URL = "/governance/sources/depot/calendar"
# Friday afternoon at Lubumbashi, which is two hours ahead of UTC.
FRIDAY = datetime(2026, 3, 6, 14, tzinfo=UTC)


def at(day, hour, minute=0):
    """An instant of March 2026 by the clock of Lubumbashi."""
    return datetime(2026, 3, day, hour, minute, tzinfo=UTC) - timedelta(hours=2)


@pytest.fixture
def compiled(monkeypatch):
    """The depot's view is ours: its kinds are in force."""
    view = ViewRead("h", {"STOCK_NEGATIF": "1.0.0"}, was_read=True)
    monkeypatch.setattr("integrity.scans.kinds.view_read", lambda source: view)


def lubumbashi():
    with acting_as_system("calendar"):
        calendar_set(source="depot", **shipped("lubumbashi"))


def truck(entity_id="cdr-1", **values):
    return finding(
        entity_id,
        **{
            "check_code": "CDR_ARRIVE_STALE",
            "severity": "WARN",
            "entity_type": "CDR",
            "payload": {},
        }
        | {"detected_at": FRIDAY}
        | values,
    )


def due_of_all():
    kinds = kinds_now()
    return {
        one.entity_id: due_at(
            one, kind := kinds(one.check_code, one.source), kinds.calendar(kind, one.source)
        )
        for one in Alert.objects.all()
    }


def test_a_rule_in_working_time_waits_for_monday_and_a_critical_one_does_not(db, compiled):
    take_in([truck(), finding("bac-1", detected_at=FRIDAY)], taken_at=FRIDAY)
    with acting_as_system("test"):
        assert due_of_all() == {
            "cdr-1": FRIDAY + timedelta(hours=24),
            "bac-1": FRIDAY + timedelta(hours=4),
        }
    lubumbashi()
    with acting_as_system("test"):
        # 24 hours of work: 0,5 on Friday, 4,5 on Saturday, then 8 a day.
        assert due_of_all() == {"cdr-1": at(11, 10, 30), "bac-1": FRIDAY + timedelta(hours=4)}


def test_a_change_of_calendar_or_rule_moves_what_runs(db, compiled, monkeypatch):
    take_in([truck()], taken_at=FRIDAY)
    lubumbashi()
    late, early = at(11, 11), at(11, 10)
    with acting_as_system("test"):
        assert (
            late_count(frozenset({"depot"}), early),
            late_count(frozenset({"depot"}), late),
        ) == (0, 1)
    shorter = shipped("lubumbashi") | {"hours": ["07:30-11:30"] * 6 + [""]}
    with acting_as_system("calendar"):
        assert calendar_set(source="depot", **shorter)
        assert not calendar_set(source="depot", **shorter)  # says the same
    with acting_as_system("test"):
        assert due_of_all() == {"cdr-1": at(13, 11, 30)}
        assert late_count(frozenset({"depot"}), late) == 0
        # The month that is over keeps the calendar that it had.
        first, second = SourceCalendar.objects.order_by("at")
        views = {"depot": ViewRead("h", {"STOCK_NEGATIF": "1.0.0"}, was_read=True)}
        then = kinds_by(views, first.at + (second.at - first.at) / 2)
        kind = then("CDR_ARRIVE_STALE", "depot")
        assert due_at(Alert.objects.get(), kind, then.calendar(kind, "depot")) == at(11, 10, 30)
    assert kind
    plain = replace(kind, in_working_time=False)
    monkeypatch.setitem(pack("depot").kinds, "CDR_ARRIVE_STALE", plain)
    with acting_as_system("test"):
        assert due_of_all() == {"cdr-1": FRIDAY + timedelta(hours=24)}


def test_a_list_sorted_by_due_has_the_order_that_its_rows_show(db, compiled, monkeypatch):
    begun = [FRIDAY + timedelta(hours=7 * number, minutes=number) for number in range(60)]
    take_in(
        [truck(f"cdr-{number}", detected_at=at) for number, at in enumerate(begun)]
        + [finding(f"bac-{number}", detected_at=at) for number, at in enumerate(begun)],
        taken_at=begun[-1],
    )
    lubumbashi()
    monkeypatch.setattr(timezone, "now", lambda: at(20, 12))
    with acting_as_system("test"):
        kinds, due = kinds_now(), due_of_all()
        order = order_by(DUE, {"depot"}, kinds)
        listed = alert_page(AlertFilter().apply(), cursor="", order=order).rows
        assert [one.entity_id for one in listed] == sorted(
            due, key=lambda one: (due[one], one[0] != "b", int(one.split("-")[1]))
        )
        shown = [(one.sort_key - due[one.entity_id]) for one in listed]
        assert max(abs(one) for one in shown) < timedelta(milliseconds=1)
        assert len(listed) == 120


def test_an_administrator_sets_it_and_the_ledger_says_what_it_was(as_, people):
    page = as_("admin").get(URL + "?from=lubumbashi")
    zones = [one["value"] for one in elements(page, "name") if one["name"] == "zone"]
    assert zones == ["Africa/Lubumbashi"]
    said = {
        "zone": "Africa/Lubumbashi",
        "day0": "08:00-12:00",
        "holidays": "06-30 Indépendance\n2026-04-03 Deuil national",
        "moved": "before",
    }
    answer = as_("admin").post(URL, said, follow=True).content.decode()
    assert "Calendrier enregistré et inscrit au registre." in answer
    as_("admin").post(URL, said | {"day1": "08:00-12:00"})
    with acting_as_system("test"):
        entry = LedgerEntry.objects.filter(action="calendar.set").latest("seq")
        assert (entry.actor, entry.source) == (str(people["admin"].pk), "depot")
        assert entry.before["hours"] == ["08:00-12:00", *[""] * 6]
        assert entry.after["hours"] == ["08:00-12:00", "08:00-12:00", *[""] * 5]
        assert entry.after["holidays"][0] == {"day": "06-30", "name": "Indépendance"}
    shown = as_("gerant").get("/governance/sources/depot").content.decode()
    assert "08:00-12:00" in shown
    assert "30 juin" in shown or "Deuil" in shown
    wrong = as_("admin").post(URL, said | {"zone": "Africa/Likasi", "day0": "17:00-08:00"})
    assert wrong.status_code == 422
    assert "une fin après son début" in wrong.content.decode()


def test_nobody_else_sets_it_and_nothing_is_rewritten(people):
    with acting_as_user(people["directeur"].pk), pytest.raises(NotAllowed):
        calendar_set(source="depot", **shipped("lubumbashi"))
    lubumbashi()
    for statement in ("UPDATE source_calendar SET zone = 'UTC'", "DELETE FROM source_calendar"):
        with (
            pytest.raises(ProgrammingError),
            transaction.atomic(),
            acting_as_system("calendar"),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)


def test_the_command_sets_and_says_it(db, capsys, settings, tmp_path):
    settings.SOURCES = {"depot": "postgresql://nobody@127.0.0.1:1/nothing"}
    call_command("source_calendar", "depot")
    assert "jour et nuit" in capsys.readouterr().out
    file = tmp_path / "here.toml"
    file.write_text(
        'zone = "Africa/Kinshasa"\nhours = ["08:00-12:00", "", "", "", "", "", ""]\ncountry = "cd"\n'
    )
    call_command("source_calendar", "depot", "--file", str(file))
    said = capsys.readouterr().out
    assert said.startswith("Africa/Kinshasa\n  08:00-12:00\n  -\n")
    assert "06-30 Indépendance" in said
    with acting_as_system("test"):
        assert (
            LedgerEntry.objects.filter(action="calendar.set", actor="system:calendar").count() == 1
        )
        assert queries.calendar_now("depot") is not None

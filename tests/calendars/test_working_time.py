"""Hours of work across weekends, holidays, nights and the changes of summer time."""

from datetime import UTC, date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest

from alerts.calendars.reading import CalendarError, calendar_read, shipped, shipped_names

WEEK = ["08:00-12:00 13:00-17:00"] * 5 + ["", ""]
LUBUMBASHI = {"zone": "Africa/Lubumbashi", "hours": WEEK, "holidays": []}


def calendar(**values):
    return calendar_read(**(LUBUMBASHI | values))


def at(text, zone="Africa/Lubumbashi"):
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


def hours(number):
    return timedelta(hours=number)


def test_a_deadline_waits_for_the_weekend_the_night_and_the_meal():
    here = calendar()
    assert here.after(at("2026-03-05T16:00"), hours(2)) == at("2026-03-06T09:00")  # a Thursday
    assert here.after(at("2026-03-06T16:00"), hours(1)) == at("2026-03-06T17:00")  # not Monday
    assert here.after(at("2026-03-06T16:30"), hours(1)) == at("2026-03-09T08:30")
    assert here.after(at("2026-03-07T03:00"), hours(4)) == at("2026-03-09T12:00")
    assert here.after(at("2026-03-09T11:30"), hours(1)) == at("2026-03-09T13:30")
    assert here.after(at("2026-03-09T08:00"), hours(40)) == at("2026-03-13T17:00")


def test_a_holiday_is_no_day_of_work_nor_the_saturday_that_stands_for_a_sunday():
    six = ["08:00-12:00"] * 6 + [""]
    fixed = [{"day": "06-30", "name": "Indépendance"}]
    here = calendar(hours=six, holidays=fixed)
    assert here.after(at("2026-06-29T11:00"), hours(2)) == at("2026-07-01T09:00")  # a Monday
    assert here.after(at("2027-06-29T11:00"), hours(2)) == at("2027-07-01T09:00")
    once = calendar(hours=six, holidays=[{"day": "2026-06-30", "name": "Deuil"}])
    assert once.after(at("2026-06-29T11:00"), hours(2)) == at("2026-07-01T09:00")
    assert once.after(at("2027-06-29T11:00"), hours(2)) == at("2027-06-30T09:00")
    sunday = [{"day": "05-17", "name": "Révolution"}]  # of 2026
    friday = at("2026-05-15T11:00")
    assert calendar(hours=six, holidays=sunday).after(friday, hours(2)) == at("2026-05-16T09:00")
    before = calendar(hours=six, holidays=sunday, moved="before")
    assert before.after(friday, hours(2)) == at("2026-05-18T09:00")
    after = calendar(hours=six, holidays=sunday, moved="after")
    assert after.after(at("2026-05-16T11:00"), hours(2)) == at("2026-05-19T09:00")


def test_the_night_in_which_summer_time_ends_is_an_hour_longer_where_there_is_one():
    night = ["00:00-06:00 22:00-24:00"] * 7
    brussels, lubumbashi = (
        calendar(zone=zone, hours=night) for zone in ("Europe/Brussels", "Africa/Lubumbashi")
    )
    begun = at("2026-10-24T22:00", "Europe/Brussels")
    assert begun.astimezone(UTC) == at("2026-10-24T22:00").astimezone(UTC)  # the same hour there
    assert brussels.after(begun, hours(8)) == at("2026-10-25T05:00", "Europe/Brussels")
    assert lubumbashi.after(begun, hours(8)) == at("2026-10-25T06:00")
    # In spring the night lacks an hour; what begins in it begins an hour later by the clock.
    spring = at("2026-03-28T22:00", "Europe/Brussels")
    assert brussels.after(spring, hours(7)) == at("2026-03-29T06:00", "Europe/Brussels")
    shifted = calendar(zone="Europe/Brussels", hours=["02:15-02:45 09:00-10:00"] * 7)
    sunday = at("2026-03-29T00:00", "Europe/Brussels")
    assert shifted.after(sunday, timedelta(minutes=30)) == at("2026-03-29T03:45", "Europe/Brussels")


def test_a_limit_is_the_deadline_read_backwards_to_the_microsecond():
    random, tick = Random(15), timedelta(microseconds=1)
    calendars = [
        calendar(),
        calendar(zone="Europe/Brussels", hours=["00:00-06:00 22:00-24:00"] * 7),
        calendar(
            zone="America/St_Johns",
            **{k: v for k, v in shipped("lubumbashi").items() if k != "zone"},
        ),
    ]
    since = datetime(2026, 1, 1, tzinfo=UTC)
    edges = [
        at("2026-03-09T08:00"),
        at("2026-03-09T12:00"),
        at("2026-03-07T10:00"),
        at("2026-03-06T17:00"),
    ]
    for here in calendars:
        moments = [since + timedelta(minutes=15 * random.randrange(35_000)) for _ in range(150)]
        for now in [*edges, *moments]:
            within = hours(random.choice([1, 4, 8, 24, 72]))
            limit = here.limit(now, within)
            assert here.after(limit - tick, within) < now
            assert here.after(limit, within) >= now


def test_what_nobody_has_a_calendar_for_runs_day_and_night():
    ancient = datetime(1, 1, 1, tzinfo=UTC)
    assert calendar().after(ancient, hours(4)) == ancient + hours(4)
    only = calendar(hours=["", "", "", "", "", "", "08:00-09:00"])
    assert only.after(at("2026-03-07T00:00"), hours(120)) == at(
        "2028-06-18T09:00"
    )  # a hundred Sundays


@pytest.mark.parametrize(
    ("wrong", "part"),
    [
        ({"zone": "Africa/Likasi"}, "zone"),
        ({"hours": WEEK[:6]}, "hours"),
        ({"hours": [""] * 7}, "hours"),
        ({"hours": ["17:00-08:00", *WEEK[1:]]}, "hours"),
        ({"hours": ["08:00-12:00 11:00-13:00", *WEEK[1:]]}, "hours"),
        ({"hours": ["8h-12h", *WEEK[1:]]}, "hours"),
        ({"holidays": [{"day": "02-30", "name": "jamais"}]}, "holidays"),
        ({"moved": "yesterday"}, "moved"),
    ],
)
def test_what_cannot_be_read_says_which_part(wrong, part):
    with pytest.raises(CalendarError) as refused:
        calendar(**wrong)
    assert refused.value.part == part


def test_the_shipped_calendars_can_be_read():
    assert shipped_names() == ["lubumbashi"]
    here = calendar_read(**shipped("lubumbashi"))
    assert here.zone == "Africa/Lubumbashi"
    assert not here.works_on(date(2026, 6, 30))
    assert not here.works_on(date(2026, 1, 3))  # for the 4th, a Sunday
    assert here.works_on(date(2026, 7, 1))

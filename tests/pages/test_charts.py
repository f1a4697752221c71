"""Figures to coordinates: nothing invented for what is missing, nothing outside of the drawing."""

from datetime import date, timedelta

import pytest

from governance.core.web.charts.calendar import calendar_of
from governance.core.web.charts.lines import lines_of
from governance.core.web.charts.plane import BOTTOM, HEIGHT, LEFT, RIGHT, TOP, WIDTH, ceiling
from governance.core.web.charts.ruler import ruler_of
from governance.core.web.charts.tank import BODY_HEIGHT, BODY_Y, tank_of


def test_a_missing_value_is_a_gap_and_not_a_zero():
    (line,) = lines_of({"a": [1, None, 0, 2]}).lines
    assert len(line.runs) == 2
    assert len(line.dots) == 3
    assert line.end_value == 2
    (line,) = lines_of({"a": [None, None]}).lines
    assert (line.runs, line.end, line.end_value) == ([], None, None)


def test_a_step_holds_its_value_until_the_next_one():
    (line,) = lines_of({"a": [0, 1]}, stepped=True).lines
    floor, top = HEIGHT - BOTTOM, TOP
    assert line.runs == [f"{LEFT},{floor} {WIDTH - RIGHT},{floor} {WIDTH - RIGHT},{top}"]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([], (1, 1)),
        ([0], (1, 1)),
        ([3], (3, 1)),
        ([9], (10, 5)),
        ([101], (150, 50)),
        ([0.2], (1, 1)),
    ],
)
def test_the_axis_ends_on_a_round_figure_above_the_highest(values, expected):
    assert ceiling(values) == expected


def test_a_day_that_nobody_looked_at_has_no_level_unless_something_was_found():
    first = date(2026, 3, 2)
    days = [
        (first, 0, True),
        (first + timedelta(1), 0, False),
        (first + timedelta(2), 3, False),
        (first + timedelta(3), 12, True),
    ]
    assert [cell.level for cell in calendar_of(days).cells] == [0, None, 1, 4]


@pytest.mark.parametrize(
    ("stock", "margin", "state", "height"),
    [
        (-5.0, None, "negative", 0),
        (0.0, 10.0, "inside", 0),
        (50.0, 10.0, "inside", BODY_HEIGHT / 2),
        (95.0, 10.0, "over", BODY_HEIGHT * 0.95),
        (150.0, 10.0, "full", BODY_HEIGHT),
    ],
)
def test_a_tank_shows_its_state_and_never_overflows_its_walls(stock, margin, state, height):
    tank = tank_of(stock=stock, capacity=100, margin=margin)
    assert tank is not None
    assert tank.state == state
    assert float(tank.level_height) == pytest.approx(height, abs=0.1)
    assert float(tank.level_y) >= BODY_Y


def test_a_tank_without_a_capacity_is_not_drawn():
    assert tank_of(stock=1, capacity=0, margin=None) is None


@pytest.mark.parametrize(
    ("value", "passed"), [(8.3, True), (5.0, False), (0.0, False), (900.0, True)]
)
def test_a_value_and_its_threshold_both_stand_on_the_ruler(value, passed):
    ruler = ruler_of(value=value, threshold=5)
    assert ruler.passed == passed
    assert all(16 <= float(x) <= 344 for x in (ruler.value_x, ruler.threshold_x))
    assert float(ruler.beyond[1]) > 0 or not passed

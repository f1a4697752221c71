"""Numbers, units and ages read as a French speaker writes them."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone, translation

from governance.core.web.templatetags import ui


@pytest.mark.parametrize(
    ("value", "french", "english"),
    [
        (1234567, "1\u202f234\u202f567", "1,234,567"),
        (-1250.5, "\u22121\u202f250,5", "\u22121,250.5"),
        (12400.256, "12\u202f400,26", "12,400.26"),
        (0.0123, "0,0123", "0.0123"),
        (-0.00001, "0", "0"),
        (500000.0, "500\u202f000", "500,000"),
        (100, "100", "100"),
        (Decimal("837.10"), "837,1", "837.1"),
        (float("inf"), "inf", "inf"),
        (None, "\u2014", "\u2014"),
        ("TANK1", "TANK1", "TANK1"),
    ],
)
def test_a_number_follows_the_language(value: Any, french: str, english: str) -> None:
    with translation.override("fr"):
        assert ui.number(value) == french
    with translation.override("en"):
        assert ui.number(value) == english


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (512400.0, "L", "512\u202f400\u00a0L"),
        ("TANK1", "L", "TANK1"),
        (None, "L", "\u2014"),
        (True, "L", "oui"),
        ([1.5, 2], "L", "1,5\u00a0L, 2\u00a0L"),
        (datetime(2026, 11, 20, 22, 3, tzinfo=UTC), "", "21 novembre 2026 à 00:03"),
    ],
)
def test_only_numbers_carry_a_unit_and_instants_are_local(value: Any, unit: str, text: str) -> None:
    with translation.override("fr"), timezone.override("Africa/Lubumbashi"):
        assert ui.quantity(value, unit) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0 s"), (59, "59 s"), (60, "1 min"), (3599, "59 min"), (3600, "1 h"), (172800, "2 j")],
)
def test_a_duration_keeps_its_largest_unit(seconds: int, text: str) -> None:
    with translation.override("fr"):
        assert ui.duration(timedelta(seconds=seconds)) == text.replace(" ", "\u00a0")


@pytest.mark.parametrize(
    ("language", "form", "text"),
    [
        ("fr", "j F Y", "1er octobre 2026"),
        ("fr", "l j F Y", "jeudi 1er octobre 2026"),
        ("fr", "j N", "1er oct."),
        ("en", "j F Y", "1 October 2026"),
    ],
)
def test_the_first_of_a_month_is_written_as_people_say_it(language, form, text) -> None:
    with translation.override(language):
        assert ui.in_words(date(2026, 10, 1), form) == text


def test_every_way_to_write_an_instant_says_the_first_alike() -> None:
    instant = datetime(2026, 9, 30, 23, 5, tzinfo=UTC)  # already October in Lubumbashi
    assert ui.moment(instant) == "1er octobre 2026 à 01:05"
    assert ui.to_the_second(instant) == "1er octobre 2026 à 01:05:00"
    assert ui.quantity(instant.date()) == "30 septembre 2026"


def test_an_age_is_a_time_element_that_a_script_can_tick() -> None:
    with translation.override("fr"):
        html = ui.age(timezone.now() - timedelta(hours=3, minutes=1))
        assert 'data-age="ago"' in html
        assert ">il y a 3\u00a0h</time>" in html
        assert ">dans 2\u00a0h</time>" in ui.age(
            timezone.now() + timedelta(hours=2, minutes=1), "next"
        )
    assert ui.age(None) == "\u2014"


@pytest.mark.parametrize(
    ("critical", "warn", "text"),
    [
        (2, 1, "2 critiques et 1 avertissement"),
        (1, 0, "1 critique"),
        (0, 6, "6 avertissements"),
        (0, 0, ""),
    ],
)
def test_two_counts_are_one_phrase(critical: int, warn: int, text: str) -> None:
    with translation.override("fr"):
        assert ui.tally(critical, warn) == text

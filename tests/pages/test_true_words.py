"""What pages say of zones, counts, days, codes and identities is what the code computes."""

import ast
import re
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone, translation

from alerts.kinds import kinds_on
from governance.core.identity.roles import CONSOLE_SOURCE
from governance.core.web.templatetags import ui
from governance.env import BASE_DIR
from tests.alerts.make import alert, finding, take_in
from tests.pages.dom import elements, text_of

OURS = ("governance", "alerts", "integrity")


def modules() -> list[tuple[str, ast.Module]]:
    files = [path for app in OURS for path in (BASE_DIR / app).rglob("*.py")]
    return [(path.name, ast.parse(path.read_text(encoding="utf-8"))) for path in files]


@pytest.mark.parametrize(
    ("zone", "fr", "en"),
    [
        (
            "Africa/Lubumbashi",
            "Heures de Lubumbashi (UTC+2)",
            "Times are those of Lubumbashi (UTC+2)",
        ),
        ("Asia/Kolkata", "Heures de Kolkata (UTC+5:30)", "Times are those of Kolkata (UTC+5:30)"),
        ("UTC", "Heures UTC", "Times are UTC"),
    ],
)
def test_the_zone_is_the_configured_one(settings, zone, fr, en):
    settings.TIME_ZONE = zone
    for language, said in (("fr", fr), ("en", en)):
        with translation.override(language):
            assert ui.zone() == said


@pytest.mark.parametrize(("month", "offset"), [(1, "UTC+1"), (7, "UTC+2")])
def test_summer_time_moves_the_offset(settings, monkeypatch, month, offset):
    settings.TIME_ZONE = "Europe/Paris"
    at = datetime(2026, month, 10, tzinfo=ZoneInfo("UTC"))
    monkeypatch.setattr(timezone, "now", lambda: at)
    with translation.override("fr"):
        assert ui.zone() == f"Heures de Paris (en ce moment {offset})"


def test_a_day_that_is_included_is_named_and_not_the_next_midnight():
    end = timezone.make_aware(datetime.combine(date(2026, 12, 2), time.min))
    with translation.override("fr"):
        assert ui.until(end) == "1er décembre 2026 inclus"
        assert ui.until(end + timedelta(hours=9)) == "2 décembre 2026 à 09:00"


@pytest.mark.django_db
def test_a_filtered_count_says_of_how_many(as_):
    take_in([finding(f"w{n}", severity="WARN") for n in range(3)])
    client = as_("directeur")
    page = client.get("/governance/integrity?severity=CRITICAL")
    counters = {one["data-counter"]: one["value"] for one in elements(page, "data-counter")}
    assert counters == {"critical": "0", "warn": "0", "total": "0"}
    assert "0 sur 3 avertissements" in re.sub(r"\s+", " ", text_of(page))
    assert 'class="of"' not in client.get("/governance/integrity").content.decode()


@pytest.mark.django_db
def test_every_code_of_our_own_can_be_looked_for(as_):
    client = as_("directeur")
    for url in ("/governance/integrity", "/governance/history"):
        page = client.get(url).content.decode()
        for code in kinds_on(CONSOLE_SOURCE):
            assert f'<option value="{code}"' in page
    page = text_of(client.get("/governance/integrity?check_code=SCAN_STALE"))
    assert "ne connaît pas la valeur" not in page


def test_every_code_of_the_consoles_own_has_a_kind():
    """Written or named by the code, with the payload that its kind describes."""
    raised = {
        node.value.value
        for _name, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        if ast.unparse(node.targets[0]) == str(node.value.value) and "_" in str(node.value.value)
    }
    assert {"SCAN_STALE", "VIEW_DRIFT"} <= raised
    assert raised <= set(kinds_on(CONSOLE_SOURCE))


@pytest.mark.django_db
def test_tanks_say_of_how_many(as_, ours):
    tank = {"stock_total": -5, "capacite_totale": 100}
    take_in([finding(f"t{n}", payload=tank | {"citerne": f"T{n}"}) for n in range(9)])
    reader, stranger = as_("directeur"), as_("ailleurs")
    page = reader.get("/governance")
    assert page.content.decode().count("<li>") >= 6
    assert "6 sur 9 citernes en alerte" in text_of(page)
    assert "citernes en alerte" not in text_of(stranger.get("/governance"))  # in the same state


@pytest.mark.django_db
def test_a_tank_shows_the_stock_that_is_out_of_bounds(as_, ours):
    payload = {
        "citerne": "TANK1",
        "stock_ambiant": 5.0,
        "stock_15c": -3.0,
        "capacite_totale": 100,
    }
    take_in([finding("t", payload=payload)])
    page = text_of(as_("directeur").get(f"/governance/alerts/{alert(entity_id='t').pk}"))
    assert "Dans les limites" not in page
    assert "Sous zéro de 3 L Stock à 15 °C −3 L" in page.replace("\u00a0", " ")

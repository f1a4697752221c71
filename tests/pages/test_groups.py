"""`/governance/integrity?group=`: the same alerts gathered by rule or by entity, the gravest group first."""

from datetime import timedelta

import pytest

from alerts import groups
from governance.core.identity.roles import Role
from tests.alerts.make import NOW, finding, take_in
from tests.conftest import make_user
from tests.pages.dom import counters, elements, rows, text_of

pytestmark = pytest.mark.django_db
URL = "/governance/integrity"
RULES, ENTITIES = {"group": "rule"}, {"group": "entity"}


def since(days):
    return NOW - timedelta(days=days)


def names(response):
    return [one["data-group"] for one in elements(response, "data-group")]


@pytest.fixture
def seven():
    take_in(
        [
            finding("bac-1", severity="CRITICAL", detected_at=since(1)),
            finding("bac-2", severity="CRITICAL", detected_at=since(9), message="Le plus ancien."),
            finding(
                "bac-2", check_code="STOCK_OVER_CAPACITY", severity="WARN", detected_at=since(50)
            ),
            finding(
                "t-1",
                check_code="CDR_BLOQUE",
                entity_type="CDR",
                severity="WARN",
                detected_at=since(60),
            ),
            finding(
                "t-2",
                check_code="CDR_BLOQUE",
                entity_type="CDR",
                severity="WARN",
                detected_at=since(2),
            ),
            finding("x", check_code="NOT_OURS", severity="INFO", detected_at=since(99)),
            finding("y", check_code="NOT_OURS", severity="INFO", detected_at=since(99)),
        ]
    )


@pytest.mark.usefixtures("ours")
def test_rules_come_with_their_gravest_and_oldest_first(as_, seven):
    page = as_("directeur").get(URL, RULES)
    assert names(page) == [
        "depot STOCK_NEGATIF",
        "depot CDR_BLOQUE",
        "depot STOCK_OVER_CAPACITY",
        "depot NOT_OURS",
    ]
    said = text_of(page)
    assert "Stock négatif STOCK_NEGATIF depot 2 alertes la plus ancienne depuis" in said
    assert rows(page) == []
    assert counters(page) == {"total": 7, "critical": 2, "warn": 3}


@pytest.mark.usefixtures("ours")
def test_entities_come_with_what_is_worst_there(as_, seven):
    page = as_("directeur").get(URL, ENTITIES)
    assert names(page)[:3] == [
        "depot CITERNE_STOCK bac-2",
        "depot CITERNE_STOCK bac-1",
        "depot CDR t-1",
    ]
    assert "Stock de citerne TANK1 Le plus ancien. depot 2 alertes, dont 1 critique" in text_of(
        page
    )


@pytest.mark.parametrize("by", [RULES, ENTITIES])
def test_every_group_leads_to_its_alerts_and_together_they_are_all(as_, seven, by):
    client = as_("directeur")
    seen = []
    for group in elements(client.get(URL, by), "data-group"):
        found = rows(client.get(group["hx-get"]))
        assert found, group
        seen += [one["data-alert-id"] for one in found]
    assert sorted(seen) == sorted(one["data-alert-id"] for one in rows(client.get(URL)))


def test_a_filter_and_a_search_hold_for_groups_and_stay_in_their_addresses(as_, seven):
    client = as_("directeur")
    page = client.get(URL, RULES | {"severity": "WARN", "q": "sous zéro"})
    assert names(page) == ["depot CDR_BLOQUE", "depot STOCK_OVER_CAPACITY"]
    (first, *_rest) = elements(page, "data-group")
    assert "severity=WARN" in first["hx-get"]
    assert "group" not in first["hx-get"]
    (kept,) = [one for one in elements(page, "name") if one["name"] == "group"]
    assert kept["value"] == "rule"


def test_who_sees_no_source_sees_no_group_of_it(as_, client, seven):
    assert names(as_("directeur").get(URL, RULES))
    client.force_login(make_user("du nord", {"nord": Role.DIRECTEUR}))
    assert names(client.get(URL, RULES)) == []


@pytest.mark.parametrize("by", [{}, RULES])
def test_what_an_acknowledgement_records_is_told_to_who_may_acknowledge(as_, seven, by):
    assert "Le registre dira" in text_of(as_("directeur").get(URL, by))
    assert "Le registre dira" not in text_of(as_("pca").get(URL, by))


def test_an_unknown_way_to_gather_is_said_and_shows_the_list(as_, seven):
    page = as_("directeur").get(URL, {"group": "lune"})
    assert len(rows(page)) == 7
    assert "« lune »" in text_of(page)


@pytest.mark.parametrize("by", [RULES, ENTITIES])
def test_nothing_to_gather_says_why(as_, by):
    take_in([finding()])
    page = as_("directeur").get(URL, by | {"q": "introuvable"})
    assert names(page) == []
    assert "Aucune alerte ne correspond" in text_of(page)


@pytest.mark.parametrize("by", [RULES, ENTITIES])
def test_groups_cost_the_same_number_of_queries_however_many(
    as_, by, cold, django_assert_num_queries
):
    client = as_("directeur")
    take_in([finding("a")])
    client.get(URL, by)
    take_in([finding("b")], taken_at=NOW + timedelta(minutes=1))
    with django_assert_num_queries(23 + (by == ENTITIES)) as one:
        client.get(URL, by)
    take_in([finding(f"bac-{n}") for n in range(40)], taken_at=NOW + timedelta(minutes=2))
    with django_assert_num_queries(len(one.captured_queries)):
        client.get(URL, by)


def test_pages_of_groups_follow_each_other(as_, monkeypatch):
    monkeypatch.setattr(groups, "GROUPS_SIZE", 3)
    take_in([finding(f"bac-{n}", detected_at=since(9 - n)) for n in range(7)])
    client = as_("directeur")
    address, seen = f"{URL}?group=entity", []
    for expected in (3, 3, 1):
        page = client.get(address)
        assert len(names(page)) == expected
        seen += names(page)
        following = [one for one in elements(page, "href") if "cursor=" in one["href"]]
        address = following[-1]["href"] if following else ""
    assert address == ""
    assert seen == [f"depot CITERNE_STOCK bac-{n}" for n in range(7)]


@pytest.mark.parametrize("cursor", ["abc", "-1", "1e9", "²", "9" * 30])
def test_a_place_that_is_none_is_the_beginning(as_, seven, cursor):
    assert len(names(as_("directeur").get(URL, RULES | {"cursor": cursor}))) == 4

"""`/governance`: one sentence per source, five answers, and trends that agree with the ledger's episodes."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from alerts import services
from alerts.models import Cause, Decision
from governance.core.identity.acting import acting_as_user
from governance.core.identity.roles import Role
from governance.reports.trends import (
    days_of,
    delays_lately,
    delays_of,
    episodes_by_rule,
    open_by_day,
    window_ending_today,
)
from integrity.rules.catalog import catalog
from tests.alerts.make import NOW, alert, finding, take_in
from tests.conftest import make_user
from tests.pages.dom import text_of
from tests.schedule.make import ours_scanned, proved, scanned

pytestmark = pytest.mark.django_db

URL = "/governance"
RESOLUTION = services.Resolution("relu", Cause.AUTRE, Decision.CORRIGE)
TANK = {
    "citerne": "TANK5",
    "stock_total": 303420,
    "capacite_totale": 300000,
    "capacite_securite": 0,
}


def said(client):
    return text_of(client.get(URL))


def test_the_sentence_says_how_many_since_when_and_whose_turn(as_, people):
    ours_scanned(ago=timedelta(seconds=40))
    since = timezone.now() - timedelta(hours=3, minutes=5)
    found = [finding("a", detected_at=since), finding("b", detected_at=timezone.now())]
    take_in(found, taken_at=timezone.now())
    page = said(as_("pca"))
    assert (
        "2 critiques, la plus ancienne critique depuis 3 h, à la charge de personne pour l’instant"
        in page
    )
    assert "c’est au directeur d’agir" in page
    with acting_as_user(people["directeur"].pk):
        for one in ("a", "b"):
            services.alert_assign(
                alert_id=alert(entity_id=one).pk, version=1, assignee=people["gerant"].pk
            )
    assert "depuis 3 h, à la charge de gerant." in said(as_("pca"))


def test_nothing_is_green_without_evidence(as_):
    page = said(as_("directeur"))
    assert "INCONNU" in page
    assert "Aucune anomalie" not in page
    assert "Tout a été contrôlé" not in page
    ours_scanned(ago=timedelta(seconds=5))
    page = said(as_("directeur"))
    assert "Aucune anomalie trouvée, mais rien ne prouve que toutes seraient vues." in page
    assert "Tout a été contrôlé" not in page
    for code in catalog():
        proved(code)
    page = said(as_("directeur"))
    assert "Aucune anomalie." in page
    assert "Non. Tout a été contrôlé et rien n’a été trouvé." in page


def test_a_source_that_failed_is_unknown_also_when_another_is_well():
    user = make_user("deux", {"depot": Role.DIRECTEUR, "autre": Role.DIRECTEUR})
    scanned(ago=timedelta(seconds=5))
    scanned("autre", ago=timedelta(seconds=5), outcome="FAILED")
    client = Client()
    client.force_login(user)
    page = said(client)
    assert "La source autre n’a pas d’état prouvé." in page
    assert "Tout a été contrôlé" not in page


def test_trends_are_for_readers_of_history(as_):
    take_in([finding()])
    assert "Les 90 derniers jours" in said(as_("auditeur"))
    assert "Les 90 derniers jours" not in said(as_("gerant"))


def test_curves_wait_for_two_weeks_of_scans_and_say_until_when(as_):
    scanned(ago=timedelta(days=13))
    page = as_("auditeur").get(URL)
    assert "Les courbes paraîtront le" in text_of(page)
    assert b"c-open" not in page.content
    scanned(ago=timedelta(days=14))
    page = as_("auditeur").get(URL)
    assert "Les courbes paraîtront" not in text_of(page)
    assert b"c-open" in page.content


def test_somebody_elses_source_leaves_no_figure(as_):
    take_in([finding(payload=TANK)])
    page = said(as_("ailleurs"))
    assert "TANK5" not in page
    assert "1 critique" not in page


@pytest.mark.usefixtures("ours")
def test_a_tank_of_an_alert_is_drawn_and_told(as_):
    take_in([finding(payload=TANK)])
    assert "TANK5 contient 303 420 L pour une capacité de 300 000 L" in said(as_("pca"))


@pytest.mark.parametrize(
    "payload",
    [
        {},
        {"arrive_le": "hier", "limite": None},
        {"capacite_totale": 0, "stock_total": 1},
        {"capacite_totale": "x"},
    ],
)
def test_a_payload_without_a_picture_is_no_error(as_, payload):
    take_in([finding(payload=payload)])
    assert as_("pca").get(URL).status_code == 200
    assert as_("pca").get(f"/governance/alerts/{alert().pk}").status_code == 200


@pytest.mark.usefixtures("ours")
@pytest.mark.usefixtures("cold")
def test_queries_do_not_grow_with_alerts(as_, django_assert_max_num_queries):
    client = as_("directeur")
    take_in([finding()])
    with django_assert_max_num_queries(52) as one:
        client.get(URL)
    take_in(
        [finding(f"e{n}", payload=TANK) for n in range(100)], taken_at=NOW + timedelta(minutes=1)
    )
    with django_assert_max_num_queries(len(one.captured_queries)):
        client.get(URL)


def test_the_figures_are_those_of_the_episodes(people):
    """Against `alert_episode`, which computes the same from the whole ledger."""
    take_in([finding("a"), finding("b", severity="WARN", check_code="CDR"), finding("c")])
    director = people["directeur"].pk
    with acting_as_user(director):
        services.alert_acknowledge(alert_id=alert(entity_id="a").pk, version=1)
        services.alert_resolve(alert_id=alert(entity_id="c").pk, version=1, resolution=RESOLUTION)
    # b gets worse, a goes away, c is still there in spite of its resolution and goes away then
    take_in(
        [finding("b", severity="CRITICAL", check_code="CDR"), finding("c")],
        taken_at=NOW + timedelta(minutes=1),
    )
    worse = finding("b", severity="CRITICAL", check_code="CDR")
    take_in([worse], taken_at=NOW + timedelta(minutes=2))
    scanned(ago=timedelta(seconds=1))
    today = timezone.localdate()
    with acting_as_user(director):
        window = window_ending_today({"depot"})
        rows = open_by_day(window)
        assert len(rows) == 90
        assert (rows[-1].day, rows[-1].by_severity) == (
            today,
            {"CRITICAL": 1, "WARN": 0, "INFO": 0},
        )
        # Counted back from the present: before the first entry there was nothing.
        assert rows[-2].by_severity == {"CRITICAL": 0, "WARN": 0, "INFO": 0}
        days = days_of(window)
        assert (days[-1].episodes, days[-1].scanned) == (3, 1)
        assert (days[-2].episodes, days[-2].scanned) == (0, 0)
        assert episodes_by_rule(window) == {
            ("depot", "STOCK_NEGATIF"): 2,
            ("depot", "CDR"): 1,
        }
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY time_to_acknowledge),"
                " count(time_to_acknowledge),"
                " percentile_cont(0.5) WITHIN GROUP (ORDER BY time_to_resolve), count(time_to_resolve),"
                " max(time_to_resolve)"
                " FROM alert_episode()"
            )
            acknowledged, acknowledgements, resolved, resolutions, longest = cursor.fetchone()
        totals = {one.kind: one for one in delays_lately(window) if one.week is None}
        assert delays_lately(window) == delays_of(window)  # counted, or told by the ledger
    assert (acknowledgements, resolutions) == (1, 2)
    assert (totals["acknowledge"].count, totals["resolve"].count) == (1, 2)
    assert abs(totals["acknowledge"].median - acknowledged) < timedelta(microseconds=2)
    assert abs(totals["resolve"].median - resolved) < timedelta(microseconds=2)
    assert abs(totals["resolve"].longest - longest) < timedelta(microseconds=2)


def test_the_gravest_alert_is_named_and_led_to(as_):
    take_in(
        [
            finding("old", severity="WARN", message="Un vieil avertissement."),
            finding("new", message="Le bac est vide."),
            finding("info", severity="INFO", message="Pour information."),
        ]
    )
    page = as_("directeur").get(URL)
    assert "D’abord : Le bac est vide." in text_of(page)
    assert f"/governance/alerts/{alert(entity_id='new').pk}" in page.content.decode()


@pytest.mark.usefixtures("ours")
def test_rules_with_something_critical_come_first_however_few(as_):
    take_in(
        [finding(f"t-{n}", check_code="CDR_BLOQUE", severity="WARN") for n in range(3)]
        + [finding("bac", check_code="STOCK_NEGATIF")]
    )
    page = text_of(as_("directeur").get(URL))
    assert page.index("Critique Stock négatif") < page.index("Avertissement Camion bloqué")


def test_the_figures_read_what_was_counted_and_no_entry(people, django_assert_num_queries):
    take_in([finding("a"), finding("b")])
    with acting_as_user(people["directeur"].pk):
        window = window_ending_today({"depot"})
        with django_assert_num_queries(4) as asked:
            for figures in (open_by_day, days_of, delays_lately, episodes_by_rule):
                figures(window)
    for one in asked.captured_queries:
        assert "ledger_entry" not in one["sql"]
        assert "system_alerts" not in one["sql"]

"""`/governance/entities/…`: one thing's alerts, decisions and values; what names the same thing elsewhere."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from alerts import services
from alerts.models import Cause, Decision
from governance.core.identity.acting import acting_as_user
from governance.core.identity.roles import Role
from governance.core.web.charts.moments import Span, steps_of
from governance.desk.entity import axis
from tests.alerts.make import NOW, alert, finding, take_in
from tests.conftest import account, make_user
from tests.pages.dom import elements, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ours")]
TANK = "2eeb9591-3e01-5148-9ad5-8ee5adc00f17"
URL = f"/governance/entities/depot/CITERNE_STOCK/{TANK}"


def tank(stock=-230.0, **more):
    payload = {"citerne": "TANK4", "produit": "Gasoil", "stock_ambiant": stock, "palier": 1000}
    return finding(TANK, payload=payload, message=f"TANK4 : {stock} L.", **more)


def sortie(entity_id, named, **more):
    return finding(
        entity_id,
        check_code="SORTIE_ECART_15C",
        entity_type="SORTIE",
        severity="WARN",
        message=f"Sortie de {named}.",
        payload={"citerne": named, "plaque_camion": "1234AB", "volume_ambiant": 20000},
        **more,
    )


def decide(one, who="directeur", note="Jauge relue : écriture corrigée."):
    with acting_as_user(account(who).pk):
        said = services.Resolution(note, Cause.ERREUR_SAISIE, Decision.CORRIGE)
        services.alert_resolve(alert_id=one.pk, version=one.version, resolution=said)


def test_an_alert_leads_to_its_thing_and_the_thing_to_its_alerts(as_):
    take_in([tank(), sortie("s-1", "TANK4"), sortie("s-2", "TANK9")])
    client = as_("directeur")
    page = client.get(f"/governance/alerts/{alert(entity_id=TANK).pk}")
    (link,) = [one for one in elements(page, "href") if "data-thing" in one]
    assert link["href"] == URL
    said = text_of(client.get(URL))
    assert "Stock de citerne TANK4" in said
    assert "TANK4 : -230.0 L." in said
    assert "Constat Stock négatif ·" in said


def test_alerts_that_name_the_same_tank_link_to_each_other(as_):
    take_in([tank(), sortie("s-1", "TANK4"), sortie("s-2", "TANK9")])
    client = as_("directeur")
    for page in (URL, f"/governance/alerts/{alert(entity_id=TANK).pk}"):
        said = text_of(client.get(page))
        assert "qui nomment TANK4" in said
        assert "Sortie de TANK4." in said
        assert "TANK9" not in said
    back = text_of(client.get(f"/governance/alerts/{alert(entity_id='s-1').pk}"))
    assert "TANK4 : -230.0 L." in back
    assert "nomme TANK4" in back


def test_of_several_occurrences_each_names_a_thing(as_):
    twice = [sortie("s-1", "TANK7"), sortie("s-1", "TANK4")]
    take_in([tank(), *twice])
    assert alert(entity_id="s-1").occurrences == 2
    assert "Sortie de" in text_of(as_("directeur").get(URL))


def test_what_was_decided_stands_there_with_who_and_why(as_, people):
    take_in([tank()])
    decide(alert())
    said = text_of(as_("pca").get(URL))
    assert "par directeur, le" in said
    assert "Jauge relue : écriture corrigée." in said
    assert "Résolution : Corrigé" in said
    assert "aucune alerte ouverte" in said


def test_who_may_not_read_history_sees_the_decision_and_no_story(as_, people):
    take_in([tank()])
    decide(alert())
    said = text_of(as_("gerant").get(URL))
    assert "par directeur" in said
    assert "que votre rôle n’ouvre pas" in said
    assert "Constat" not in said


def test_another_source_and_another_name_do_not_exist(as_, client):
    take_in([tank()])
    assert as_("directeur").get(URL + "x").status_code == 404
    client.force_login(make_user("du nord", {"nord": Role.DIRECTEUR}))
    assert client.get(URL).status_code == 404


def test_a_uuid_is_one_thing_whatever_its_sort_and_a_number_is_not(as_):
    inactive = {"check_code": "CITERNE_INACTIVE_USED", "entity_type": "CITERNE"}
    take_in(
        [
            tank(),
            finding(TANK, message="Inactive.", **inactive),
            finding("7", message="Le stock 7."),
            finding("7", message="La citerne 7.", payload={}, **inactive),
        ]
    )
    client = as_("directeur")
    assert "Inactive." in text_of(client.get(URL))
    said = text_of(client.get("/governance/entities/depot/CITERNE_STOCK/7"))
    assert "Le stock 7." in said
    assert "La citerne 7." not in said


@pytest.mark.parametrize(
    "name", ["a/b", "é &?#%", "..", "x/../y", "a\nb", "<b>", "%2F", "a;b", "~"]
)
def test_whatever_a_source_calls_a_thing_its_link_arrives(as_, name):
    take_in([finding(name, message="Mal nommé.")])
    client = as_("directeur")
    page = client.get(f"/governance/alerts/{alert().pk}")
    (link,) = [one for one in elements(page, "href") if "data-thing" in one]
    assert "Mal nommé." in text_of(client.get(link["href"]))
    assert ("entity_id=" in link["href"]) == (".." in name or "\n" in name)


def test_alerts_and_values_share_an_axis(as_, people, monkeypatch):
    monkeypatch.setattr(axis, "KNOWN_FOR", timedelta(0))
    take_in([tank(-230.0)])
    take_in([tank(-300.0)], taken_at=NOW + timedelta(minutes=1))
    with acting_as_user(account("directeur").pk):
        one = alert()
        services.alert_acknowledge(alert_id=one.pk, version=one.version)
    take_in([tank(-900.0)], taken_at=NOW + timedelta(minutes=2))
    page = as_("directeur").get(URL)
    said = text_of(page)
    assert "Stock réel ambiant : −230 L → −900 L Stock négatif" in said
    assert page.content.decode().count('class="dot"') == 3
    bars = [
        one["class"] for one in elements(page, "width") if one.get("class", "").startswith("bar-")
    ]
    assert bars[-2:] == ["bar-critical", "bar-ack"]


def test_a_value_that_never_moved_is_not_drawn_and_a_young_thing_not_at_all(as_, monkeypatch):
    take_in([tank()])
    client = as_("directeur")
    assert "deux jours après" in text_of(client.get(URL))
    monkeypatch.setattr(axis, "KNOWN_FOR", timedelta(0))
    page = client.get(URL)
    assert "Sur un axe du temps" in text_of(page)
    assert 'class="dot"' not in page.content.decode()


def test_a_decision_that_waits_is_drawn_as_waiting(as_, people, monkeypatch):
    monkeypatch.setattr(axis, "KNOWN_FOR", timedelta(0))
    take_in([sortie("s-1", "TANK4")])
    url = "/governance/entities/depot/SORTIE/s-1"
    with acting_as_user(account("directeur").pk):
        one = alert()
        until = (NOW + timedelta(days=4000)).date()
        said = services.Resolution("Connu.", Cause.AUTRE, Decision.ACCEPTE, until)
        services.alert_resolve(alert_id=one.pk, version=one.version, resolution=said)
    for person in ("directeur", "gerant"):  # from the record, and from the alert alone
        page = as_(person).get(url)
        assert "Acceptée jusqu’au" in text_of(page)
        bars = [
            one["class"]
            for one in elements(page, "width")
            if one.get("class", "").startswith("bar-")
        ]
        assert bars[-1] == "bar-waits"


def test_the_page_costs_the_same_however_much_is_known(as_, cold, django_assert_num_queries):
    client = as_("directeur")
    take_in([tank(), sortie("s-1", "TANK4")])
    client.get(URL)
    with django_assert_num_queries(24) as one:
        client.get(URL)
    more = [sortie(f"s-{n}", "TANK4") for n in range(30)]
    inactive = finding(TANK, check_code="CITERNE_INACTIVE_USED", entity_type="CITERNE")
    take_in([tank(-9.0), inactive, *more], taken_at=NOW + timedelta(minutes=1))
    with django_assert_num_queries(len(one.captured_queries)):
        page = client.get(URL)
    assert "Les plus graves seulement" in text_of(page)


def test_a_decision_that_no_longer_holds_is_still_found_and_told_as_one(as_, people):
    take_in([tank()])
    decide(alert())
    take_in([tank()], taken_at=NOW + timedelta(minutes=1))  # contradicted
    page = as_("directeur").get(URL)
    assert len(elements(page, "data-past")) == 1
    assert "n’est plus en vigueur Corrigé" in text_of(page)
    assert "1 alerte ouverte" in text_of(page)
    decide(alert(), note="Jauge remplacée.")
    page = as_("directeur").get(URL)
    assert len(elements(page, "data-past")) == 1  # the first; the second stands
    assert "Jauge remplacée." in text_of(page)


def test_of_two_signatures_the_past_keeps_what_was_accepted(as_, people, monkeypatch):
    monkeypatch.setattr(axis, "KNOWN_FOR", timedelta(0))
    take_in([tank()])
    until = timezone.localdate() + timedelta(days=9)
    for who in ("directeur", "admin"):
        with acting_as_user(account(who).pk):
            one = alert()
            said = services.Resolution("Connu.", Cause.AUTRE, Decision.ACCEPTE, until)
            services.alert_resolve(alert_id=one.pk, version=one.version, resolution=said)
    page = as_("directeur").get(URL)
    assert "acceptation confirmée" in text_of(page)
    bars = [
        one["class"] for one in elements(page, "width") if one.get("class", "").startswith("bar-")
    ]
    assert bars[-2:] == ["bar-ack", "bar-waits"]
    with acting_as_user(account("admin").pk):
        one = alert()
        services.alert_reopen(alert_id=one.pk, version=one.version, note="Trop long.")
    page = as_("directeur").get(URL)
    assert len(elements(page, "data-past")) == 1
    assert "Acceptée jusqu’au" in text_of(page)
    assert "par admin, le" in text_of(page)


def test_between_two_lives_of_an_anomaly_nothing_was_measured():
    """A line ends where a scan no longer found it, and begins anew with what was found then."""
    first = datetime(2026, 10, 1, tzinfo=UTC)
    span = Span(first, first + timedelta(days=100))
    days = [first + timedelta(days=n) for n in range(101)]
    values = [(days[0], 10.0), (days[20], 30.0), (days[80], 20.0)]
    steps = steps_of(span, values, [(days[0], days[40]), (days[80], days[100])])
    assert steps.lines == ["0,38 200,38 200,6 400,6", "800,22 1000,22"]
    assert (len(steps.dots), steps.zero) == (3, "54")

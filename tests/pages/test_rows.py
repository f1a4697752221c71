"""Rows are kept as HTML: whatever a row shows must be part of what it is kept under."""

from datetime import timedelta

import pytest
from django.utils import timezone, translation

from alerts import services
from alerts.models import Alert
from alerts.queries import alert_page
from governance.core.identity.acting import acting_as_user
from governance.core.identity.models import Account
from governance.core.web.http import access_of_actor
from governance.desk.alerts import rows as kept_rows
from tests.alerts.make import alert, finding, take_in
from tests.pages.dom import actions, elements, rows, text_of

pytestmark = pytest.mark.django_db
URL = "/governance/integrity"


@pytest.fixture(autouse=True)
def one_alert():
    take_in([finding(detected_at=timezone.now() - timedelta(hours=2))], taken_at=timezone.now())


def test_who_may_act_does_not_lend_the_buttons_to_who_may_not(as_):
    assert actions(as_("directeur").get(URL)) == ["ack", "resolve"]
    assert actions(as_("pca").get(URL)) == []
    assert actions(as_("directeur").get(URL)) == ["ack", "resolve"]


def test_a_row_follows_its_alert(as_, people):
    client = as_("directeur")
    assert "à la charge de" not in text_of(client.get(URL))
    with acting_as_user(people["directeur"].pk):
        services.alert_assign(alert_id=alert().pk, version=1, assignee=people["gerant"].pk)
    assert "à la charge de gerant" in text_of(client.get(URL))
    assert client.post(f"{URL.replace('integrity', 'alerts')}/{alert().pk}/ack", {"version": 2})
    assert "par directeur" in text_of(client.get(URL))
    assert rows(client.get(URL))[0]["data-status"] == "ACK"


def test_a_person_who_changes_name_changes_it_in_every_row(as_, people):
    with acting_as_user(people["directeur"].pk):
        services.alert_assign(alert_id=alert().pk, version=1, assignee=people["gerant"].pk)
    client = as_("directeur")
    assert "à la charge de gerant" in text_of(client.get(URL))
    with acting_as_user(people["admin"].pk):
        Account.objects.filter(username="gerant").update(first_name="Gérant")
    assert "à la charge de Gérant" in text_of(client.get(URL))


@pytest.mark.usefixtures("ours")
def test_a_row_grows_old_and_late(as_, monkeypatch):
    client = as_("directeur")
    page = text_of(client.get(URL))
    assert "dure depuis 2 h" in page
    assert "à acquitter : dans 1 h" in page  # the rule of negative stocks wants it within 4 hours
    later = timezone.now() + timedelta(hours=5)
    monkeypatch.setattr(timezone, "now", lambda: later)
    page = text_of(client.get(URL))
    assert "dure depuis 7 h" in page
    assert "à acquitter : en retard de 3 h" in page


def test_a_kept_row_is_not_made_again_and_another_language_is_another_row(monkeypatch, people):
    with acting_as_user(people["directeur"].pk):
        access, listed = access_of_actor(), alert_page(Alert.objects.all()).rows
    first = kept_rows.rows_html(listed, access, {})
    monkeypatch.setattr(kept_rows, "row_html", None)  # to make a row now would fail
    assert kept_rows.rows_html(listed, access, {}) == first
    with translation.override("en"), pytest.raises(TypeError):
        kept_rows.rows_html(listed, access, {})


def test_the_page_has_one_token_whatever_the_number_of_rows(as_):
    def tokens():
        return len(elements_named(client.get(URL), "csrfmiddlewaretoken"))

    client = as_("directeur")
    one = tokens()
    take_in([finding(f"e{n}") for n in range(20)], taken_at=timezone.now())
    assert tokens() == one


def elements_named(page, name):
    return [one for one in elements(page, "name") if one["name"] == name]


def test_an_alert_of_an_unknown_rule_has_no_due_time(as_):
    take_in([finding(check_code="AILLEURS")], taken_at=timezone.now())
    found = [one for one in elements(as_("pca").get(URL), "data-age") if one["data-age"] == "due"]
    assert found == []


@pytest.mark.usefixtures("ours")
def test_a_row_says_whose_turn_it_is_until_somebody_takes_it(as_, people):
    client = as_("gerant")
    assert "Stock négatif CITERNE_STOCK bac-1 depot au directeur d’agir" in text_of(client.get(URL))
    with acting_as_user(people["directeur"].pk):
        services.alert_assign(alert_id=alert().pk, version=1, assignee=people["gerant"].pk)
    page = text_of(client.get(URL))
    assert "au directeur d’agir" not in page
    assert "à la charge de gerant" in page


@pytest.mark.usefixtures("ours")
@pytest.mark.parametrize(("role", "told"), [("directeur", False), ("gerant", True), ("pca", True)])
def test_who_may_not_act_is_told_who_does(as_, role, told):
    page = text_of(as_(role).get(f"/governance/alerts/{alert().pk}"))
    assert ("reviennent à ces rôles : Administrateur, Directeur." in page) == told
    assert ("Acquitter dit que vous l’avez vue" in page) != told
    assert "D’après la règle, c’est au directeur d’agir." in page

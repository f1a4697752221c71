"""Ticking rows and acting on them together, without a line of JavaScript."""

import gzip
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from alerts.models import Alert
from governance.core.identity.acting import acting_as_system
from governance.core.identity.roles import Role
from tests.alerts.make import NOW, alert, finding, ledger, take_in
from tests.conftest import make_user
from tests.pages.dom import counters, elements

pytestmark = pytest.mark.django_db
LIST = "/governance/integrity"
URL = LIST + "/bulk"
WORDS = {"note": "tournée", "cause": "ERREUR_SAISIE", "decision": "CORRIGE"}


def boxes(page):
    return [one for one in elements(page, "name") if one["name"] == "selected"]


def tick(*names):
    return [f"{alert(entity_id=name).pk}:{alert(entity_id=name).version}" for name in names]


def statuses():
    with acting_as_system("scan"):
        return dict(Alert.objects.values_list("entity_id", "status"))


def test_only_rows_that_the_person_may_act_on_have_a_box(db, client, as_):
    take_in([finding("a"), finding("i", severity="INFO")])
    take_in([finding("b")], source="autre")
    client.force_login(make_user("mixte", {"depot": Role.DIRECTEUR, "autre": Role.PCA}))
    page = client.get(LIST)
    assert [one["value"] for one in boxes(page)] == tick("a")
    assert {one["form"] for one in boxes(page)} == {"lot"}
    assert [one["action"] for one in elements(page, "action") if one.get("id") == "lot"] == [URL]
    page = as_("pca").get(LIST)
    assert boxes(page) == []
    assert 'id="lot"' not in page.content.decode()


def test_no_form_is_inside_another(as_):
    take_in([finding("a"), finding("b")])
    depth = 0
    text = as_("directeur").get(LIST).content.decode()
    for part in text.split("<")[1:]:
        depth += part.startswith("form") - part.startswith("/form")
        assert depth in (0, 1)


def test_acknowledging_two_hundred_with_one_note(as_, people):
    take_in([finding(f"e{n}") for n in range(200)])
    client = as_("directeur")
    ticked = [one["value"] for one in boxes(client.get(LIST))]
    assert len(ticked) == 200
    words = {"action": "ack", "note": "tournée", "selected": ticked}
    page = client.post(URL + "?severity=CRITICAL", words, follow=True)
    assert page.redirect_chain == [(LIST + "?severity=CRITICAL", 303)]
    assert "200 alertes acquittées." in page.content.decode()
    assert set(statuses().values()) == {"ACK"}
    acks = [entry for entry in ledger() if entry[0] == "alert.ack"]
    assert acks == [("alert.ack", str(people["directeur"].pk))] * 200


def test_resolving_together(as_):
    take_in([finding("a"), finding("b")])
    page = as_("directeur").post(
        URL, {"action": "resolve", "selected": tick("a", "b")} | WORDS, follow=True
    )
    assert "2 alertes résolues." in page.content.decode()
    assert counters(page)["total"] == 0
    assert alert(entity_id="a").resolution_note == "tournée"


def test_what_somebody_else_changed_is_left_and_named(as_):
    take_in([finding("a", message="Le bac A"), finding("b", message="Le bac B")])
    ticked = tick("a", "b")
    as_("admin").post(f"/governance/alerts/{alert(entity_id='b').pk}/ack", {"version": 1})
    page = as_("directeur").post(URL, {"action": "ack", "selected": ticked})
    assert page.status_code == 200
    text = page.content.decode()
    assert "1 alerte acquittée." in text
    (left,) = elements(page, "data-skipped")
    assert left["data-skipped"] == str(alert(entity_id="b").pk)
    assert "Le bac B" in text
    assert "Le bac A" not in text
    assert "admin l’a acquittée le" in text


def test_nothing_done_because_outdated_is_409_and_says_so(as_):
    take_in([finding("a")])
    ticked = tick("a")
    assert as_("admin").post(URL, {"action": "ack", "selected": ticked}).status_code == 303
    page = as_("directeur").post(URL, {"action": "ack", "selected": ticked})
    assert page.status_code == 409
    text = page.content.decode()
    assert "<h1>Rien n’a été enregistré</h1>" in text
    assert "Une partie de la sélection" not in text


def test_acknowledging_together_again_is_no_error(as_):
    """Whose answer was lost presses again."""
    take_in([finding("a"), finding("b")])
    ticked, client = tick("a", "b"), as_("directeur")
    assert client.post(URL, {"action": "ack", "selected": ticked}).status_code == 303
    written = len(ledger())
    page = client.post(URL, {"action": "ack", "selected": ticked}, follow=True)
    assert page.redirect_chain == [(LIST, 303)]
    assert "Vous aviez déjà acquitté 2 alertes." in page.content.decode()
    assert len(ledger()) == written


def test_a_source_where_one_only_looks_is_left_and_an_unseen_one_is_counted(db, client):
    take_in([finding("a")])
    take_in([finding("b")], source="autre")
    take_in([finding("c")], source="tiers")
    client.force_login(make_user("mixte", {"depot": Role.DIRECTEUR, "autre": Role.PCA}))
    page = client.post(URL, {"action": "ack", "selected": tick("a", "b", "c")})
    text = page.content.decode()
    assert "Votre rôle ne permet pas d’agir sur cette source." in text
    assert "1 alerte cochée n’existe pas ou n’est pas visible pour vous." in text
    assert statuses() == {"a": "ACK", "b": "OPEN", "c": "OPEN"}
    page = client.post(URL, {"action": "ack", "selected": tick("b")})
    assert page.status_code == 403
    assert client.post(URL, {"action": "ack", "selected": tick("c")}).status_code == 404


def test_a_dispute_that_is_too_long_leaves_the_critical_ones_and_says_why(as_):
    take_in([finding("a"), finding("b", severity="WARN")])
    late = (timezone.localdate() + timedelta(days=91)).isoformat()
    words = WORDS | {"decision": "LITIGE", "accepted_until": late}
    page = as_("directeur").post(URL, words | {"action": "resolve", "selected": tick("a", "b")})
    assert page.status_code == 200
    assert statuses() == {"a": "OPEN", "b": "RESOLVED"}
    assert "attend 90 jours au plus" in page.content.decode()


def test_critical_acceptances_say_that_a_second_person_is_awaited(as_):
    take_in([finding("a"), finding("b", severity="WARN")])
    until = (date.today() + timedelta(days=3)).isoformat()
    words = WORDS | {"decision": "ACCEPTE", "accepted_until": until, "action": "resolve"}
    page = as_("directeur").post(URL, words | {"selected": tick("a", "b")}, follow=True)
    text = page.content.decode()
    assert "1 alerte résolue." in text
    assert "1 acceptation proposée : une deuxième personne doit la confirmer." in text


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"selected": []}, "Cochez au moins une alerte."),
        ({"selected": ["x"]}, "La sélection est illisible"),
        ({"selected": [f"{uuid4()}"]}, "La sélection est illisible"),
        ({"selected": [f"{uuid4()}:0"]}, "La sélection est illisible"),
        ({"selected": [f"{uuid4()}:99999999999"]}, "La sélection est illisible"),
        ({"selected": [f"{uuid4()}:1' OR 1"]}, "La sélection est illisible"),
        ({"selected": [f"{uuid4()}:1" for _ in range(201)]}, "201 alertes sont cochées"),
        ({"action": ""}, "Ce champ est obligatoire."),
        ({"action": "delete"}, "Sélectionnez un choix valide"),
        ({"note": ""}, "lot_note_error"),
        ({"note": "a\x00"}, "lot_note_error"),
        ({"cause": ""}, "lot_cause_error"),
        ({"decision": "ACCEPTE"}, "lot_accepted_until_error"),
    ],
)
def test_a_bad_request_is_422_and_keeps_ticks_and_text(as_, change, said):
    take_in([finding("a"), finding("b")])
    words = {"action": "resolve", "selected": tick("b")} | WORDS | change
    page = as_("directeur").post(URL + "?severity=CRITICAL", words)
    assert page.status_code == 422
    text = page.content.decode()
    assert said in text
    assert {one["name"] for one in elements(page, "checked")} <= {"selected"}
    ticked = [one["value"] for one in elements(page, "checked")]
    assert ticked == ([] if "selected" in change else tick("b"))
    if "note" not in change:
        assert "tournée" in text
    # the filter stays, so that the same rows are there
    assert URL + "?severity=CRITICAL" in {one["action"] for one in elements(page, "action")}
    assert set(statuses().values()) == {"OPEN"}


def test_ticked_alerts_that_left_the_page_are_counted(as_):
    """The list moved between the page and its form: a tick that cannot be shown is not lost in silence."""
    take_in([finding("a"), finding("b"), finding("c")])
    ticked = tick("a", "b", "c")
    take_in([finding("c")], taken_at=NOW + timedelta(minutes=1))
    page = as_("directeur").post(
        URL, {"action": "resolve", "selected": ticked} | WORDS | {"note": ""}
    )
    assert page.status_code == 422
    assert "2 alertes que vous aviez cochées ne sont plus sur cette page." in page.content.decode()


def test_one_alert_at_two_versions_is_refused_and_twice_the_same_is_once(as_):
    take_in([finding("a")])
    pk, client = alert().pk, as_("directeur")
    words = {"action": "ack", "selected": [f"{pk}:1", f"{pk}:2"]}
    assert client.post(URL, words).status_code == 422
    words = {"action": "ack", "selected": [f"{pk}:1", f"{pk}:1"]}
    assert "1 alerte acquittée." in client.post(URL, words, follow=True).content.decode()


def test_a_full_page_stays_light(as_):
    take_in([finding(f"e{n}", message=f"Le bac {n} est sous zéro de {n} L.") for n in range(200)])
    page = as_("directeur").get(LIST)
    assert len(boxes(page)) == 200
    assert len(gzip.compress(page.content)) < 40_000
    assert len(page.content) < 600_000

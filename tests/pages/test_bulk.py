"""Ticking rows and acting on them together, in two steps, without a line of JavaScript."""

import gzip
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from alerts.models import Alert
from governance.core.identity.acting import acting_as_system
from governance.core.identity.roles import Role
from tests.alerts.make import alert, finding, ledger, take_in
from tests.conftest import make_user
from tests.pages.dom import counters, elements

pytestmark = pytest.mark.django_db
LIST = "/governance/integrity"
URL = LIST + "/bulk"
CONFIRMED = {"confirmed": "all"}
WORDS = {"note": "tournée", "cause": "ERREUR_SAISIE", "decision": "CORRIGE"} | CONFIRMED


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
    words = {"action": "ack", "note": "tournée", "selected": ticked} | CONFIRMED
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
    page = as_("directeur").post(URL, {"action": "ack", "selected": ticked} | CONFIRMED)
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
    acted = {"action": "ack", "selected": ticked} | CONFIRMED
    assert as_("admin").post(URL, acted).status_code == 303
    page = as_("directeur").post(URL, acted)
    assert page.status_code == 409
    text = page.content.decode()
    assert "<h1>Rien n’a été enregistré</h1>" in text
    assert "Une partie de la sélection" not in text


def test_acknowledging_together_again_is_no_error(as_):
    """Whose answer was lost presses again."""
    take_in([finding("a"), finding("b")])
    ticked, client = tick("a", "b"), as_("directeur")
    acted = {"action": "ack", "selected": ticked} | CONFIRMED
    assert client.post(URL, acted).status_code == 303
    written = len(ledger())
    page = client.post(URL, acted, follow=True)
    assert page.redirect_chain == [(LIST, 303)]
    assert "Vous aviez déjà acquitté 2 alertes." in page.content.decode()
    assert len(ledger()) == written


def test_a_source_where_one_only_looks_is_left_and_an_unseen_one_is_counted(db, client):
    take_in([finding("a")])
    take_in([finding("b")], source="autre")
    take_in([finding("c")], source="tiers")
    client.force_login(make_user("mixte", {"depot": Role.DIRECTEUR, "autre": Role.PCA}))
    page = client.post(URL, {"action": "ack", "selected": tick("a", "b", "c")} | CONFIRMED)
    text = page.content.decode()
    assert "Votre rôle ne permet pas d’agir sur cette source." in text
    assert "1 alerte cochée n’existe pas ou n’est pas visible pour vous." in text
    assert statuses() == {"a": "ACK", "b": "OPEN", "c": "OPEN"}
    page = client.post(URL, {"action": "ack", "selected": tick("b")} | CONFIRMED)
    assert page.status_code == 403
    assert client.post(URL, {"action": "ack", "selected": tick("c")} | CONFIRMED).status_code == 404


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


def summary(page):
    """The rules of the summary with their counts, as text; what its form would send again."""
    rows = [one.text.strip() for one in elements(page, "data-label")]
    hidden = {
        one["name"]: one["value"] for one in elements(page, "type") if one["type"] == "hidden"
    }
    return [rows[n : n + 3] for n in range(0, len(rows), 3)], hidden


def test_the_first_step_says_what_the_second_would_do_and_does_nothing(as_):
    take_in([finding("a"), finding("b"), finding("c", severity="WARN", check_code="ECART")])
    client = as_("directeur")
    ticked = tick("a", "b", "c")
    page = client.post(URL + "?q=bac", {"action": "ack", "selected": ticked})
    assert page.status_code == 200
    rules, hidden = summary(page)
    assert rules == [["STOCK_NEGATIF", "2", "2"], ["ECART", "0", "1"]]
    assert "Acquitter 3 alertes ?" in page.content.decode()
    assert set(statuses().values()) == {"OPEN"}
    del hidden["csrfmiddlewaretoken"], hidden["next"]
    page = client.post(URL + "?q=bac", hidden | {"confirmed": "others"}, follow=True)
    assert "1 alerte acquittée." in page.content.decode()
    assert statuses() == {"a": "OPEN", "b": "OPEN", "c": "ACK"}


def test_every_alert_that_matches_and_nothing_else(as_):
    """More than the page shows, of those whom this means something to: no information, none acknowledged."""
    take_in([finding(f"e{n}", message="Le bac est plein.") for n in range(230)])
    take_in([finding("i", severity="INFO", message="plein")], closes=False)
    take_in([finding("x", message="Le bac est vide.")], closes=False)
    client = as_("directeur")
    client.post(f"/governance/alerts/{alert(entity_id='e0').pk}/ack", {"version": 1})
    page = client.get(LIST + "?q=plein")
    assert "Les 231 qui correspondent" in " ".join(page.content.decode().split())
    page = client.post(URL + "?q=plein", {"action": "ack", "every": "1"})
    rules, hidden = summary(page)
    assert rules == [["STOCK_NEGATIF", "229", "229"]]
    words = {"action": "ack", "selected": hidden["selected"]} | CONFIRMED
    assert "229 alertes acquittées." in client.post(URL, words, follow=True).content.decode()
    assert statuses()["x"] == "OPEN"


def test_assigning_together_to_whom_all_of_them_may_be_given(as_, people):
    take_in([finding("a"), finding("b")])
    client = as_("directeur")
    page = client.post(URL, {"action": "assign", "selected": tick("a", "b")})
    offered = {one["value"] for one in elements(page, "value") if one.tag == "option"}
    assert offered == {"", *(str(people[name].pk) for name in ("admin", "directeur", "gerant"))}
    words = {"action": "assign", "selected": tick("a", "b"), "assignee": people["gerant"].pk}
    page = client.post(URL, words | CONFIRMED, follow=True)
    assert "2 alertes attribuées." in page.content.decode()
    assert alert(entity_id="b").assignee == people["gerant"].pk
    words |= {"selected": tick("a"), "assignee": people["pca"].pk}  # who may not take care of it
    assert client.post(URL, words | CONFIRMED).status_code == 422


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"selected": []}, "Cochez au moins une alerte."),
        ({"selected": [f"{uuid4()}"]}, "La sélection est illisible"),
        ({"selected": [f"{uuid4()}:99999999999"]}, "La sélection est illisible"),
        ({"selected": [f"{uuid4()}:1' OR 1"]}, "La sélection est illisible"),
        (
            {"selected": [" ".join(f"{uuid4()}:1" for _ in range(1001))]},
            "1001 alertes sont cochées",
        ),
        ({"action": "delete"}, "Sélectionnez un choix valide"),
        ({"note": ""}, "id_note_error"),
        ({"note": "a\x00"}, "id_note_error"),
        ({"cause": ""}, "id_cause_error"),
        ({"decision": "ACCEPTE"}, "id_accepted_until_error"),
    ],
)
def test_a_bad_request_is_422_and_keeps_ticks_and_text(as_, change, said):
    take_in([finding("a"), finding("b")])
    words = {"action": "resolve", "selected": tick("b")} | WORDS | change
    page = as_("directeur").post(URL + "?severity=CRITICAL", words)
    assert page.status_code == 422
    text = page.content.decode()
    assert said in text
    if not {"selected", "action"} & set(change):
        assert summary(page)[1]["selected"] == tick("b")[0]
        assert "note" in change or "tournée" in text
        # the filter stays, so that the way back shows the same rows
        assert URL + "?severity=CRITICAL" in {one["action"] for one in elements(page, "action")}
    assert set(statuses().values()) == {"OPEN"}


def test_one_alert_at_two_versions_is_refused_and_twice_the_same_is_once(as_):
    take_in([finding("a")])
    pk, client = alert().pk, as_("directeur")
    words = {"action": "ack", "selected": [f"{pk}:1", f"{pk}:2"]} | CONFIRMED
    assert client.post(URL, words).status_code == 422
    words |= {"selected": [f"{pk}:1", f"{pk}:1"]}
    assert "1 alerte acquittée." in client.post(URL, words, follow=True).content.decode()


def test_a_full_page_stays_light(as_):
    take_in([finding(f"e{n}", message=f"Le bac {n} est sous zéro de {n} L.") for n in range(200)])
    page = as_("directeur").get(LIST)
    assert len(boxes(page)) == 200
    assert len(gzip.compress(page.content)) < 40_000
    assert len(page.content) < 600_000

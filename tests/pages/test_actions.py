"""Acknowledge and resolve through pages: what the person is told, with and without JavaScript."""

import uuid
from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from governance.core.identity.acting import acting_as_system
from governance.core.identity.roles import Role
from governance.core.ledger.models import LedgerEntry
from tests.alerts.make import NOW, alert, finding, take_in
from tests.conftest import make_user
from tests.pages.dom import actions, counters, elements, rows

pytestmark = pytest.mark.django_db
HTMX = {"HTTP_HX_REQUEST": "true", "HTTP_HX_CURRENT_URL": "http://testserver/governance/integrity"}
WORDS = {"note": "compteur relu", "cause": "ERREUR_SAISIE", "decision": "CORRIGE"}


def url(one, action=""):
    return f"/governance/alerts/{one.pk}" + (f"/{action}" if action else "")


def test_acknowledge_then_resolve_lasts(as_):
    take_in([finding()])
    client, one = as_("directeur"), alert()
    page = client.post(url(one, "ack"), {"version": 1}, follow=True)
    assert page.redirect_chain == [(url(one), 303)]
    assert "Alerte acquittée." in page.content.decode()
    assert actions(page) == ["resolve", "reopen"]
    page = client.post(url(one, "resolve"), {"version": 2} | WORDS, follow=True)
    assert "Alerte résolue." in page.content.decode()
    assert actions(page) == ["reopen"]
    assert "compteur relu" in page.content.decode()
    assert alert().status == "RESOLVED"


def test_from_the_list_the_way_back_is_the_list_as_it_was_filtered(as_):
    take_in([finding()])
    referer = "http://testserver/governance/integrity?severity=CRITICAL"
    page = as_("directeur").post(url(alert(), "ack"), {"version": 1}, HTTP_REFERER=referer)
    assert page["Location"] == f"/governance/integrity?severity=CRITICAL#a-{alert().pk}"


@pytest.mark.parametrize(
    "referer", ["https://evil.test/governance/integrity", "javascript:alert(1)", "http://["]
)
def test_no_other_site_decides_where_the_person_lands(as_, referer):
    take_in([finding()])
    page = as_("directeur").post(url(alert(), "ack"), {"version": 1}, HTTP_REFERER=referer)
    assert page["Location"] == url(alert())


def test_htmx_gets_the_row_without_its_button_and_the_counters(as_):
    take_in([finding(), finding("b", severity="WARN")])
    page = as_("directeur").post(url(alert(entity_id="bac-1"), "ack"), {"version": 1}, **HTMX)
    (row,) = rows(page)
    assert row["data-status"] == "ACK"
    assert actions(page) == ["resolve"]
    assert counters(page) == {"total": 2, "critical": 1, "warn": 1}
    done = as_("directeur").post(
        url(alert(entity_id="bac-1"), "resolve"), {"version": 2} | WORDS, **HTMX
    )
    assert actions(done) == []
    assert counters(done) == {"total": 1, "critical": 0, "warn": 1}


def test_htmx_counters_follow_the_filter_of_the_page(as_):
    take_in([finding(), finding("b", severity="WARN")])
    address = HTMX | {"HTTP_HX_CURRENT_URL": "http://testserver/governance/integrity?severity=WARN"}
    page = as_("directeur").post(url(alert(entity_id="bac-1"), "ack"), {"version": 1}, **address)
    assert counters(page) == {"total": 1, "critical": 0, "warn": 1}


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
def test_who_was_second_gets_409_and_the_current_state(as_, headers):
    take_in([finding()])
    one = alert()
    as_("admin").post(url(one, "ack"), {"version": 1})
    page = as_("directeur").post(url(one, "ack"), {"version": 1}, **headers)
    assert page.status_code == 409
    text = page.content.decode()
    assert "Quelqu’un a été plus rapide" in text
    assert "admin l’a acquittée le" in text
    assert 'data-status="ACK"' in text


def test_a_stale_resolution_keeps_what_was_typed(as_):
    take_in([finding()])
    one = alert()
    as_("admin").post(url(one, "ack"), {"version": 1})
    page = as_("directeur").post(url(one, "resolve"), {"version": 1} | WORDS)
    assert page.status_code == 409
    text = page.content.decode()
    assert "compteur relu" in text
    assert 'name="version" value="2"' in text
    assert alert().status == "ACK"


def test_double_submission_is_told_not_repeated(as_):
    take_in([finding()])
    one, client = alert(), as_("directeur")
    assert client.post(url(one, "resolve"), {"version": 1} | WORDS).status_code == 303
    for headers in ({}, HTMX):
        page = client.post(url(one, "resolve"), {"version": 1} | WORDS, **headers)
        assert page.status_code == 409
        assert "Vous aviez déjà résolu cette alerte" in page.content.decode()
        assert "Quelqu’un a été plus rapide" not in page.content.decode()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"note": ""}, "id_note_error"),
        ({"note": "   "}, "id_note_error"),
        ({"note": "a\x00b"}, "id_note_error"),
        ({"note": "x" * 4001}, "id_note_error"),
        ({"decision": ""}, "id_decision_error"),
        ({"decision": "PEUT_ETRE"}, "id_decision_error"),
        ({"cause": ""}, "id_cause_error"),
        ({"cause": "DATA_FIXED"}, "id_cause_error"),
        ({"decision": "ACCEPTE"}, "id_accepted_until_error"),
        ({"decision": "ACCEPTE", "accepted_until": "hier"}, "id_accepted_until_error"),
        ({"decision": "ACCEPTE", "accepted_until": "2020-01-01"}, "id_accepted_until_error"),
        ({"version": ""}, "Rechargez la page"),
        ({"version": "abc"}, "Rechargez la page"),
    ],
)
@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
def test_a_bad_form_comes_back_with_the_message_and_the_text(as_, change, said, headers):
    take_in([finding(severity="WARN")])
    one = alert()
    words = {"version": 1, "note": "ce que j’ai écrit"} | WORDS | change
    page = as_("directeur").post(url(one, "resolve"), words, **headers)
    assert page.status_code == 422
    text = page.content.decode()
    assert said in text
    if "note" not in change:
        assert "compteur relu" in text
    assert alert().status == "OPEN"


def test_accepting_until_a_day(as_):
    take_in([finding(severity="WARN")])
    until = date.today() + timedelta(days=30)
    words = {"version": 1} | WORDS | {"decision": "ACCEPTE", "accepted_until": until.isoformat()}
    as_("directeur").post(url(alert(), "resolve"), words)
    assert (alert().status, alert().accepted_until) == ("RESOLVED", until)


def test_accepting_a_critical_one_says_that_a_second_person_is_awaited(as_):
    take_in([finding()])
    until = date.today() + timedelta(days=30)
    words = {"version": 1} | WORDS | {"decision": "ACCEPTE", "accepted_until": until.isoformat()}
    page = as_("directeur").post(url(alert(), "resolve"), words, follow=True)
    assert "une deuxième personne" in page.content.decode()
    assert alert().status == "ACK"
    as_("admin").post(url(alert(), "resolve"), words | {"version": 2})
    assert alert().status == "RESOLVED"


@pytest.mark.parametrize("action", ["ack", "resolve"])
def test_get_on_an_action_is_405(as_, action):
    take_in([finding()])
    page = as_("directeur").get(url(alert(), action))
    assert (page.status_code, page["Allow"]) == (405, "POST")


@pytest.mark.parametrize("path", ["", "/ack", "/resolve"])
def test_an_unknown_alert_is_404_with_the_way_back(as_, path):
    client = as_("directeur")
    address = f"/governance/alerts/{uuid.uuid4()}{path}"
    page = client.post(address, {"version": 1}) if path else client.get(address)
    assert page.status_code == 404
    assert "/governance/integrity" in {one["href"] for one in elements(page, "href")}


@pytest.mark.parametrize("bad", ["not-a-uuid", "1", "%00", "..%2f.."])
def test_a_malformed_uuid_is_404(as_, bad):
    assert as_("directeur").get(f"/governance/alerts/{bad}").status_code == 404


def test_a_missing_csrf_token_is_a_403_page_that_explains(people):
    take_in([finding()])
    client = Client(enforce_csrf_checks=True)
    client.force_login(people["directeur"])
    page = client.post(url(alert(), "ack"), {"version": 1})
    assert page.status_code == 403
    assert "Rechargez" in page.content.decode() or "rechargez" in page.content.decode()
    assert alert().status == "OPEN"


@pytest.mark.parametrize("role", ["pca", "auditeur", "gerant"])
@pytest.mark.parametrize("action", ["ack", "resolve"])
def test_a_handmade_post_by_a_role_that_may_not_is_403_and_says_who_may(as_, role, action):
    take_in([finding()])
    page = as_(role).post(url(alert(), action), {"version": 1} | WORDS)
    assert page.status_code == 403
    text = page.content.decode()
    assert "Administrateur" in text
    assert "Directeur" in text
    assert alert().status == "OPEN"


def test_acting_on_a_source_where_one_only_looks_is_403(db, client):
    take_in([finding()])
    client.force_login(make_user("mixte", {"depot": Role.PCA, "autre": Role.DIRECTEUR}))
    assert client.post(url(alert(), "ack"), {"version": 1}).status_code == 403


def test_the_alert_page_shows_every_value_with_label_and_unit(as_):
    payload = {"citerne_nom": "TANK1", "stock_ambiant": -1234.5, "inconnu_de_nous": "x<y"}
    take_in([finding(payload=payload, detected_at=NOW)])
    text = as_("auditeur").get(url(alert())).content.decode()
    assert "x&lt;y" in text
    assert "inconnu de nous" in text
    assert "&quot;stock_ambiant&quot;: -1234.5" in text


def test_a_stranger_is_sent_to_the_sign_in_page_and_back(people):
    take_in([finding()])
    client, address = Client(), url(alert())
    page = client.get(address)
    assert page.status_code == 302
    assert page["Location"] == f"/accounts/login/?next={address}"
    page = client.post(page["Location"], {"login": "directeur", "password": "directeur"})
    assert (page.status_code, page["Location"]) == (302, address)


def test_sign_in_with_the_e_mail_address(db):
    make_user("par-mail", {"depot": Role.PCA}, email="pca@example.test")
    page = Client().post("/accounts/login/", {"login": "pca@example.test", "password": "par-mail"})
    assert page.status_code == 302


def test_nobody_signs_up_by_themselves(db):
    page = Client().post(
        "/accounts/signup/",
        {"username": "x", "email": "x@example.test", "password1": "pa55-pa55-x"},
    )
    assert "x" not in [user.username for user in type(make_user("y")).objects.all()]
    assert page.status_code == 404


def test_an_acknowledgement_is_withdrawn_from_its_page(as_):
    take_in([finding()])
    client, one = as_("directeur"), alert()
    client.post(url(one, "ack"), {"version": 1})
    page = client.post(url(one, "reopen"), {"version": 2, "note": " "})
    assert page.status_code == 422
    assert (alert().status, actions(page)) == ("ACK", ["resolve", "reopen"])
    page = client.post(url(one, "reopen"), {"version": 2, "note": "vue trop vite"}, follow=True)
    text = page.content.decode()
    assert page.redirect_chain == [(url(one), 303)]
    assert "Acquittement retiré." in text
    assert "une décision a été reprise" in text
    assert "personne ne l’a encore acquittée" not in text
    assert text.count("vue trop vite") == 2  # a fact of the alert, and its record
    assert (alert().status, actions(page)) == ("OPEN", ["ack", "resolve"])


def test_a_resolution_is_reopened_from_its_page_and_a_stale_one_is_told(as_):
    take_in([finding()])
    client, one = as_("directeur"), alert()
    client.post(url(one, "resolve"), {"version": 1} | WORDS)
    page = client.post(url(one, "reopen"), {"version": 1, "note": "pas fini"})
    assert page.status_code == 409
    assert "pas fini" in page.content.decode()  # what was typed stays
    assert alert().status == "RESOLVED"
    page = client.post(url(one, "reopen"), {"version": 2, "note": "pas fini"}, follow=True)
    assert "Alerte résolue rouverte." in page.content.decode()
    assert "a rouvert «\u00a0Le bac est sous zéro.\u00a0»" in (
        client.get(f"/governance/history?alert={one.pk}").content.decode()
    )


def test_who_may_not_act_has_no_button_to_take_back(as_):
    take_in([finding()])
    as_("directeur").post(url(alert(), "ack"), {"version": 1})
    for name in ("gerant", "pca", "auditeur"):
        assert "reopen" not in actions(as_(name).get(url(alert())))
        assert (
            as_(name).post(url(alert(), "reopen"), {"version": 2, "note": "n"}).status_code == 403
        )


@pytest.mark.parametrize(("language", "words"), [("fr", "revenue "), ("en", "back ")])
def test_a_contradicted_decision_is_said_on_row_page_and_history(as_, language, words):
    take_in([finding(detected_at=NOW - timedelta(days=9))])
    client, one = as_("directeur"), alert()
    client.post(url(one, "resolve"), {"version": 1} | WORDS)
    take_in([finding(detected_at=NOW - timedelta(days=9))], taken_at=NOW + timedelta(minutes=1))
    client.cookies["language"] = language
    client.post("/governance/language", {"language": language})
    for address in ("/governance/integrity", url(one), f"/governance/history?alert={one.pk}"):
        text = client.get(address).content.decode()
        assert words in text.lower(), address
        assert "directeur" in text
    page = client.get(url(one)).content.decode()
    assert "data-came-back" in page


def test_a_contradicted_decision_is_as_late_as_before(as_, ours):
    since = NOW - timedelta(days=9)
    take_in([finding(detected_at=since)])
    client, one, late = as_("directeur"), alert(), "/governance/integrity?due=overdue"
    assert [row["data-alert-id"] for row in rows(client.get(late))] == [str(one.pk)]
    client.post(url(one, "resolve"), {"version": 1} | WORDS)
    assert rows(client.get(late)) == []
    take_in([finding(detected_at=since)], taken_at=NOW + timedelta(minutes=1))
    assert [row["data-alert-id"] for row in rows(client.get(late))] == [str(one.pk)]


def test_only_what_the_data_say_is_said_to_come_from_the_data(as_):
    take_in([finding("dite", detected_at=NOW - timedelta(days=9)), finding("lue")])
    client = as_("directeur")
    said = client.get(url(alert(entity_id="dite"))).content.decode()
    read = client.get(url(alert(entity_id="lue"))).content.decode()
    assert "d’après les données" in said
    assert "d’après les données" not in read
    assert "Vue pour la première fois" in read


def test_a_dispute_needs_its_day(as_):
    take_in([finding()])
    client, one = as_("directeur"), alert()
    dispute = {"version": 1} | WORDS | {"decision": "LITIGE"}
    assert client.post(url(one, "resolve"), dispute).status_code == 422
    late = (timezone.localdate() + timedelta(days=91)).isoformat()
    page = client.post(url(one, "resolve"), dispute | {"accepted_until": late})
    assert page.status_code == 422
    assert "attend 90 jours au plus" in page.content.decode()
    until = (timezone.localdate() + timedelta(days=90)).isoformat()
    assert client.post(url(one, "resolve"), dispute | {"accepted_until": until}).status_code == 303
    assert (alert().status, str(alert().accepted_until)) == ("RESOLVED", until)


def entries():
    with acting_as_system("test"):
        return LedgerEntry.objects.count()


@pytest.mark.parametrize("version", [1, 2])
def test_acknowledging_again_what_is_already_mine_is_no_error(as_, version):
    take_in([finding()])
    client, one = as_("directeur"), alert()
    client.post(url(one, "ack"), {"version": 1})
    before = entries()
    page = client.post(url(one, "ack"), {"version": version}, follow=True)
    assert page.redirect_chain == [(url(one), 303)]
    assert "Vous aviez déjà acquitté cette alerte." in page.content.decode()
    row = client.post(url(one, "ack"), {"version": version}, **HTMX)
    assert row.status_code == 200
    assert rows(row)[0]["data-announce"] == "Vous aviez déjà acquitté cette alerte."
    assert entries() == before
    assert as_("admin").post(url(one, "ack"), {"version": version}).status_code == 409


def test_the_row_as_it_is_now(as_):
    take_in([finding()])
    page = as_("directeur").get(url(alert()) + "?row", **HTMX)
    (row,) = rows(page)
    assert row["data-status"] == "OPEN"
    assert counters(page)["total"] == 1
    assert "<html" not in page.content.decode()
    # Without the script it is the alert's page.
    assert "<html" in as_("directeur").get(url(alert()) + "?row").content.decode()

"""Decisions that show: on rows and heads, before they are signed, and by the second person."""

from datetime import timedelta

import pytest
from django.utils import timezone

from governance.core.identity.acting import acting_as_system
from governance.core.identity.models import Delegation
from governance.core.identity.roles import Role
from tests.alerts.make import NOW, alert, finding, take_in
from tests.conftest import account, make_user
from tests.pages.dom import actions, elements, rows, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("people")]
LIST = "/governance/integrity"
UNTIL = (timezone.localdate() + timedelta(days=30)).isoformat()
FIXED = {"note": "compteur relu", "cause": "ERREUR_SAISIE", "decision": "CORRIGE"}
ACCEPTED = {"note": "connu", "cause": "AUTRE", "decision": "ACCEPTE", "accepted_until": UNTIL}
HTMX = {"HTTP_HX_REQUEST": "true", "HTTP_HX_CURRENT_URL": f"http://testserver{LIST}"}


def url(one, action=""):
    return f"/governance/alerts/{one.pk}" + (f"/{action}" if action else "")


def act(client, action, **words):
    one = alert()
    return client.post(url(one, action), {"version": one.version} | words, follow=True)


def history(client):
    return text_of(client.get("/governance/history"))


def marked(page, name):
    return [" ".join(one.text.split()) for one in elements(page, f"data-{name}")]


@pytest.mark.parametrize("compact", ["", "compact"])
def test_a_resolved_row_and_head_say_what_until_when_and_who(as_, compact):
    take_in([finding(severity="WARN")])
    client = as_("directeur")
    act(client, "resolve", **ACCEPTED)
    if compact:
        client.post(f"{LIST}/density", {"density": compact})
    said = text_of(client.get(LIST, {"status": "RESOLVED"}))
    head = text_of(client.get(url(alert())))
    for page in (said, head):
        assert "Acceptée jusqu’au" in page
        assert "par directeur le" in page
        assert "En attente d’une date" in page  # and not "Résolue"


def test_what_is_corrected_is_over_and_not_amber(as_):
    take_in([finding(severity="WARN")])
    client = as_("directeur")
    act(client, "resolve", **FIXED)
    page = client.get(LIST, {"status": "RESOLVED"})
    assert "Corrigé, par directeur le" in text_of(page)
    assert "status-waits" not in page.content.decode()


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
@pytest.mark.parametrize("words", [FIXED, ACCEPTED], ids=["corrected", "accepted"])
@pytest.mark.parametrize("severity", ["WARN", "CRITICAL"])
def test_the_rehearsed_line_is_the_line_that_the_ledger_gets(as_, headers, words, severity):
    take_in([finding(severity=severity)])
    client, one = as_("directeur"), alert()
    page = client.post(url(one, "resolve"), {"version": 1, "rehearse": "1"} | words, **headers)
    assert page.status_code == 200
    (line,) = marked(page, "line")
    assert words["note"] in page.content.decode()  # what was typed is still there
    assert (alert().status, alert().version) == ("OPEN", 1)
    act(client, "resolve", **words)
    assert line in history(client)


def test_a_delegate_rehearses_with_the_lender(as_):
    lender, holder = account("directeur"), account("gerant")
    with acting_as_system("install"):
        ends = timezone.now() + timedelta(days=2)
        Delegation.objects.create(holder=holder, source="depot", ends_at=ends, granted_by=lender.pk)
    take_in([finding(severity="WARN")])
    client = as_("gerant")
    (line,) = marked(act(client, "resolve", rehearse="1", **FIXED), "line")
    assert "par délégation de directeur" in line
    act(client, "resolve", **FIXED)
    assert line in history(as_("directeur"))


def test_the_rehearsal_names_who_may_sign_second_and_never_the_lender(as_):
    make_user("adjoint", {"depot": Role.DIRECTEUR}, first_name="Adjointe", last_name="du dépôt")
    lender, holder = account("directeur"), account("gerant")
    with acting_as_system("install"):
        ends = timezone.now() + timedelta(days=2)
        Delegation.objects.create(holder=holder, source="depot", ends_at=ends, granted_by=lender.pk)
    take_in([finding()])
    (second,) = marked(act(as_("directeur"), "resolve", rehearse="1", **ACCEPTED), "second")
    assert "Adjointe du dépôt" in second
    assert "admin" in second
    assert "gerant" not in second
    (second,) = marked(act(as_("gerant"), "resolve", rehearse="1", **ACCEPTED), "second")
    assert "directeur" not in second.replace("Adjointe du dépôt", "")
    (second,) = marked(act(as_("admin"), "resolve", rehearse="1", **ACCEPTED), "second")
    assert "directeur" in second
    assert "gerant" in second


def test_nobody_to_sign_second_is_said_before_and_not_after(client):
    alone = make_user("seul", {"sud": Role.ADMIN})
    client.force_login(alone)
    take_in([finding()], source="sud")
    (second,) = marked(act(client, "resolve", rehearse="1", **ACCEPTED), "second")
    assert "personne d’autre ne peut la donner" in second


def test_a_rehearsal_of_what_somebody_changed_is_a_conflict(as_):
    take_in([finding()])
    act(as_("admin"), "ack")
    page = as_("directeur").post(url(alert(), "resolve"), {"version": 1, "rehearse": "1"} | FIXED)
    assert page.status_code == 409


def test_the_second_person_confirms(as_):
    take_in([finding()])
    act(as_("directeur"), "resolve", **ACCEPTED)
    client = as_("admin")
    page = client.get(url(alert()))
    assert {"confirm", "refuse"} <= set(actions(page))
    said = text_of(page)
    assert "Acceptation proposée jusqu’au" in said
    hidden = {
        one["name"]: one["value"]
        for one in elements(page, "value")
        if one.get("name") in ("cause", "decision", "accepted_until", "confirm")
    }
    page = act(client, "resolve", **hidden, note="")
    assert page.status_code == 422
    assert "confirmer_note_error" in page.content.decode()
    page = act(client, "resolve", **hidden, note="vu avec le conseil")
    assert "Acceptation confirmée" in text_of(page)
    assert alert().status == "RESOLVED"
    assert "admin a confirmé l’acceptation" in history(client)


def test_the_second_person_refuses_and_the_record_says_whose_proposal(as_):
    take_in([finding()])
    act(as_("directeur"), "resolve", **ACCEPTED)
    client = as_("admin")
    page = act(client, "reopen", note="le stock se mesure")
    assert "Acceptation refusée" in text_of(page)
    assert (alert().status, alert().acceptance_proposed_by) == ("OPEN", None)
    said = history(client)
    assert "admin a refusé d’accepter" in said
    assert "comme directeur le proposait" in said


def test_who_proposed_may_take_it_back_and_not_confirm(as_):
    take_in([finding()])
    client = as_("directeur")
    act(client, "resolve", **ACCEPTED)
    page = client.get(url(alert()))
    assert "confirm" not in actions(page)
    assert "Retirer ma proposition" in text_of(page)
    assert "Proposition retirée." in text_of(act(client, "reopen", note="trop tôt"))
    assert "directeur a retiré sa proposition d’accepter" in history(client)


def test_a_proposal_while_the_form_is_open_is_told_as_one(as_):
    take_in([finding()])
    act(as_("directeur"), "resolve", **ACCEPTED)
    page = as_("admin").post(url(alert(), "resolve"), {"version": 1} | FIXED)
    assert page.status_code == 409
    said = text_of(page)
    assert "directeur a proposé le" in said
    assert "de confirmer ou de refuser" in said
    assert "compteur relu" in page.content.decode()


def waiting(client):
    return [one["data-alert-id"] for one in rows(client.get(LIST, {"waits": "signature"}))]


def test_the_queue_of_signatures_is_what_each_may_sign(as_):
    lender, holder = account("directeur"), account("gerant")
    take_in([finding()])
    act(as_("directeur"), "resolve", **ACCEPTED)
    assert waiting(as_("directeur")) == []  # one's own
    assert waiting(as_("admin")) == [str(alert().pk)]
    assert waiting(as_("gerant")) == []  # may not act
    assert waiting(as_("pca")) == []
    with acting_as_system("install"):
        ends = timezone.now() + timedelta(days=2)
        Delegation.objects.create(holder=holder, source="depot", ends_at=ends, granted_by=lender.pk)
    assert waiting(as_("gerant")) == []  # by the right of who proposed
    act(as_("admin"), "reopen", note="non")
    act(as_("admin"), "resolve", **ACCEPTED)
    assert waiting(as_("gerant")) == [str(alert().pk)]
    act(as_("directeur"), "resolve", confirm="1", **ACCEPTED)
    assert alert().status == "RESOLVED"
    assert waiting(as_("gerant")) == []


def test_undo_is_within_reach(as_):
    take_in([finding(severity="WARN")])
    client = as_("directeur")
    act(client, "ack")
    for page in (client.get(LIST), client.get(url(alert()))):
        assert [one for one in elements(page, "href") if one["href"].endswith("#rouvrir")]
    assert "Retirer…" in text_of(client.get(LIST))
    act(client, "resolve", **FIXED)
    page = client.get(LIST, {"status": "RESOLVED"})
    assert "Rouvrir…" in text_of(page)
    assert "Rouvrir…" not in text_of(as_("pca").get(LIST, {"status": "RESOLVED"}))
    take_in([finding("b", severity="WARN")], taken_at=NOW + timedelta(minutes=1))
    take_in([], taken_at=NOW + timedelta(minutes=2))
    assert len(rows(client.get(LIST, {"status": "RESOLVED"}))) == 2
    assert text_of(client.get(LIST, {"status": "RESOLVED"})).count("Rouvrir…") == 1

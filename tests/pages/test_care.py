"""Comments, assignment, episodes and the awaited second signature, as people meet them on pages."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from alerts.models import Comment
from alerts.services import comment_add
from governance.core.identity.acting import acting_as_system, acting_as_user
from governance.core.identity.roles import Role
from tests.alerts.make import NOW, alert, finding, ledger, take_in
from tests.conftest import make_user
from tests.pages.dom import elements, rows

pytestmark = pytest.mark.django_db
LIST = "/governance/integrity"
ACCEPT = {
    "note": "connu du conseil",
    "cause": "AUTRE",
    "decision": "ACCEPTE",
    "accepted_until": (date.today() + timedelta(days=30)).isoformat(),
}


def url(action=""):
    return f"/governance/alerts/{alert().pk}" + (f"/{action}" if action else "")


def stored():
    with acting_as_system("scan"):
        return [one.body for one in Comment.objects.order_by("at")]


def text_of(page):
    return page.content.decode()


def test_a_comment_is_seen_by_the_others_with_name_lines_and_a_link(as_):
    take_in([finding()])
    said = "Jauge relue.\r\nVoir https://example.test/photo?a=1&b=2"
    page = as_("gerant").post(url("comment"), {"body": said})
    assert (page.status_code, page["Location"]) == (303, url() + "#commentaires")
    assert stored() == ["Jauge relue.\nVoir https://example.test/photo?a=1&b=2"]
    text = text_of(as_("pca").get(url()))
    assert "Jauge relue.<br>Voir <a href=" in text
    (link,) = [
        one for one in elements(as_("pca").get(url()), "href") if "example.test" in one["href"]
    ]
    assert (link["href"], link["rel"]) == ("https://example.test/photo?a=1&b=2", "nofollow")


@pytest.mark.parametrize(
    "body",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "javascript:alert(1)",
        'http://example.test/"onmouseover="alert(1)',
        "http://example.test/<script>alert(1)</script>",
        "{{ settings.SECRET_KEY }}{% include 'x' %}",
        "data:text/html,<script>alert(1)</script>",
    ],
)
def test_nothing_in_a_comment_becomes_markup(as_, body):
    take_in([finding()])
    as_("gerant").post(url("comment"), {"body": body})
    page = as_("directeur").get(url())
    every = elements(page, "href")
    assert {one["href"].partition(":")[0] for one in every if ":" in one["href"]} <= {"http"}
    assert "<script>alert" not in text_of(page)
    assert elements(page, "onerror") == elements(page, "onmouseover") == []
    assert stored() == [body]


@pytest.mark.parametrize("body", ["", "  \r\n ", "x" * 4001, "a\x00b"])
def test_a_comment_that_is_none_comes_back_with_the_message_and_the_text(as_, body):
    take_in([finding()])
    page = as_("gerant").post(url("comment"), {"body": body})
    assert page.status_code == 422
    assert "id_body_error" in text_of(page)
    if body.strip():
        assert body.replace("\x00", "") in text_of(page).replace("\x00", "")
    assert stored() == []


def test_four_thousand_characters_of_many_lines_are_four_thousand(as_):
    take_in([finding()])
    body = "x\r\n" * 2000  # a browser counts 4 000 and sends 6 000
    assert as_("gerant").post(url("comment"), {"body": body}).status_code == 303


@pytest.mark.parametrize(("who", "may"), [("gerant", True), ("pca", False), ("auditeur", False)])
def test_only_who_may_sees_the_forms(as_, who, may):
    take_in([finding()])
    forms = {one["action"] for one in elements(as_(who).get(url()), "action")}
    assert (url("comment") + "#commentaires" in forms) is may
    assert (url("assign") in forms) is may


@pytest.mark.usefixtures("cold")
def test_the_alert_page_asks_as_much_whatever_was_said_and_however_often_it_came_back(as_):
    take_in([finding()])
    client = as_("directeur")
    client.get(url())
    with CaptureQueriesContext(connection) as few:
        client.get(url())
    authors = [make_user(f"g{n}", {"depot": Role.GERANT}) for n in range(5)]
    for number in range(12):
        with acting_as_user(authors[number % 5].pk):
            comment_add(alert_id=alert().pk, body=str(number))
        take_in([], taken_at=NOW + timedelta(minutes=2 * number + 1))
        take_in([finding()], taken_at=NOW + timedelta(minutes=2 * number + 2))
    with CaptureQueriesContext(connection) as many:
        page = client.get(url())
    assert len(elements(page, "data-episode")) == 13
    # two more: the names of people, of whom there were none, and the message that an opening says by itself
    assert len(many) <= len(few) + 2


# --- Assignment ------------------------------------------------------------------------------------


def assign(client, person, version=1):
    return client.post(url("assign"), {"version": version, "assignee": person and person.pk})


def test_taking_charge_shows_on_the_page_the_row_and_in_the_filter(as_, people):
    take_in([finding(), finding("b")])
    one = alert(entity_id="bac-1")
    address = f"/governance/alerts/{one.pk}"
    page = as_("directeur").post(
        address + "/assign", {"version": 1, "assignee": people["gerant"].pk}, follow=True
    )
    assert "Alerte à la charge de gerant." in text_of(page)
    assert len(elements(as_("pca").get(address), "data-assignee")) == 1
    assert "à la charge de gerant" in text_of(as_("pca").get(LIST))
    assert [row["data-alert-id"] for row in rows(as_("gerant").get(LIST, {"assignee": "me"}))] == [
        str(one.pk)
    ]
    assert rows(as_("directeur").get(LIST, {"assignee": "me"})) == []
    assert len(rows(as_("gerant").get(LIST, {"assignee": "nobody"}))) == 1
    assert "a été ignorée" in text_of(as_("gerant").get(LIST, {"assignee": "lui"}))
    assert ledger(one.pk)[-1] == ("alert.assign", str(people["directeur"].pk))


def test_the_choice_offers_exactly_who_may(as_, people):
    take_in([finding()])
    options = [
        one["value"] for one in elements(as_("gerant").get(url()), "value") if one.tag == "option"
    ]
    may = {str(people[name].pk) for name in ("admin", "directeur", "gerant")}
    assert may == {value for value in options if len(value) == 36}


@pytest.mark.parametrize("who", ["pca", "ailleurs", "sans-role"])
def test_a_handmade_choice_of_somebody_who_may_not_is_refused(as_, people, who):
    take_in([finding()])
    page = assign(as_("directeur"), people[who])
    assert page.status_code == 422
    assert "ne peut pas prendre cette alerte en charge" in text_of(page)
    assert alert().assignee is None


def test_an_outdated_version_is_told(as_, people):
    take_in([finding()])
    assign(as_("gerant"), people["gerant"])
    page = assign(as_("directeur"), people["directeur"])
    assert page.status_code == 409
    assert "rien n’a été enregistré" in text_of(page)
    assert alert().assignee == people["gerant"].pk


@pytest.mark.parametrize("words", [{}, {"version": "x"}, {"version": 1, "assignee": "x' OR 1"}])
def test_a_malformed_assignment_is_422(as_, words):
    take_in([finding()])
    assert as_("gerant").post(url("assign"), words).status_code == 422


def test_taking_back(as_, people):
    take_in([finding()])
    assign(as_("gerant"), people["gerant"])
    page = as_("gerant").post(url("assign"), {"version": 2, "assignee": ""}, follow=True)
    assert "Plus personne n’a cette alerte à sa charge." in text_of(page)
    assert alert().assignee is None


# --- Four eyes ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "told"),
    [
        ("directeur", "C’est votre proposition"),
        ("admin", "Confirmer"),
        ("pca", "Votre rôle ne permet pas de la confirmer"),
    ],
)
def test_a_proposal_says_who_when_and_what_the_reader_can_do(as_, who, told):
    take_in([finding()])
    as_("directeur").post(url("resolve"), {"version": 1} | ACCEPT)
    page = as_(who).get(url())
    assert len(elements(page, "data-proposal")) == 1
    text = text_of(page)
    assert "Proposée par directeur le" in text
    assert "connu du conseil" in text
    assert told in text
    # what is only proposed does not read like a decision
    assert "Acceptée jusqu’au" not in text
    assert "proposée par directeur\u00a0: à confirmer" in text_of(as_(who).get(LIST))


def test_the_second_person_finds_decision_and_date_filled_in(as_):
    take_in([finding()])
    as_("directeur").post(url("resolve"), {"version": 1} | ACCEPT)
    page = as_("admin").get(url())
    values = {one.get("name"): one["value"] for one in elements(page, "value") if "name" in one}
    assert values["accepted_until"] == ACCEPT["accepted_until"]
    chosen = {one["value"] for one in elements(page, "selected")}
    assert {"ACCEPTE", "AUTRE"} <= chosen
    page = as_("admin").post(url("resolve"), {"version": 2} | ACCEPT, follow=True)
    assert "Alerte résolue." in text_of(page)
    assert "Proposée d’abord par" in text_of(page)
    assert elements(page, "data-proposal") == []


def test_an_acknowledgement_may_say_something(as_):
    take_in([finding()])
    as_("directeur").post(url("ack"), {"version": 1, "note": "j’y vais"})
    assert "j’y vais" in text_of(as_("pca").get(url()))
    assert alert().acknowledgement_note == "j’y vais"


def test_episodes_say_how_long_and_who_and_only_to_who_reads_history(as_):
    take_in([finding()])
    as_("directeur").post(url("ack"), {"version": 1})
    page = as_("pca").get(url())
    (first,) = elements(page, "data-episode")
    assert first["data-episode"] == "1"
    assert "en cours" in text_of(page)
    assert elements(as_("gerant").get(url()), "data-episode") == []

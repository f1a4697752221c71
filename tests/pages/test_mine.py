"""The home page of whoever acts: what waits for them, and what changed since they last looked."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.alerts.make import NOW, alert, finding, take_in
from tests.pages.dom import elements, rows, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("people", "ours")]
HOME = "/governance"
UNTIL = (timezone.localdate() + timedelta(days=30)).isoformat()
ACCEPTED = {"note": "connu", "cause": "AUTRE", "decision": "ACCEPTE", "accepted_until": UNTIL}
FIXED = {"note": "compteur relu", "cause": "ERREUR_SAISIE", "decision": "CORRIGE"}


def queues(page):
    """By name how many, and where that leads."""
    names = [one["data-queue"] for one in elements(page, "data-queue")]
    ways = [one for one in elements(page, "class") if one["class"] == "queue-way"]
    counts = [one for one in elements(page, "value") if one.tag == "data"]
    return {
        name: (int(count["value"]), way["href"])
        for name, way, count in zip(names, ways, counts, strict=False)
    }


def act(client, one, action, **words):
    return client.post(f"/governance/alerts/{one.pk}/{action}", {"version": one.version} | words)


def news(page):
    said = text_of(page)
    start = said.index("Ce qui a changé")
    return said[start : said.index("Cinq questions")]


def test_each_queue_counts_what_its_way_shows(as_, people):
    take_in(
        [
            finding("tard", message="Le bac est vide."),
            finding("signer", message="À signer."),
            finding("frais", severity="WARN", message="Tout frais."),
            finding("pour info", severity="INFO"),
        ]
    )
    director = as_("directeur")
    act(director, alert(entity_id="frais"), "assign", assignee=str(people["directeur"].pk))
    act(as_("admin"), alert(entity_id="signer"), "resolve", **ACCEPTED)
    page = director.get(HOME)
    found = queues(page)
    assert {name: count for name, (count, _way) in found.items()} == {
        "mine": 1,
        "signature": 1,
        "late": 3,
        "nobody": 3,
    }
    for count, way in found.values():
        assert len(rows(director.get(way))) == count
    said = text_of(page)
    assert said.index("Le bac est vide.") < said.index("Cinq questions")
    assert "Tout frais." in said
    assert "signature" not in queues(as_("gerant").get(HOME))  # who may not act signs nothing
    assert queues(as_("pca").get(HOME)) == {}


def test_who_never_looked_is_told_of_the_last_day(as_):
    take_in([finding("a", message="Le bac est vide."), finding("b", severity="WARN")])
    page = as_("directeur").get(HOME)
    assert "depuis hier" in text_of(page)
    assert "1 nouvelle critique, 1 nouvel avertissement." in news(page)
    assert "Le bac est vide. nouvelle" in news(page)


def test_what_was_seen_is_put_away_and_only_that(as_):
    take_in([finding("a"), finding("b", severity="WARN"), finding("c", severity="WARN")])
    client = as_("directeur")
    (shown,) = [one for one in elements(client.get(HOME), "name") if one["name"] == "at"]
    act(as_("admin"), alert(entity_id="b"), "resolve", **FIXED)  # after the page was read
    answer = client.post("/governance/looked", {"at": shown["value"]})
    assert (answer.status_code, answer["Location"]) == (303, HOME)
    said = news(client.get(HOME))
    assert "nouvelle critique" not in said
    assert "1 résolue par quelqu’un." in said
    assert "Corrigé, par admin le" in said
    client.post("/governance/looked", {"at": timezone.now().isoformat()})
    assert "Rien n’a changé depuis le" in text_of(client.get(HOME))


def test_one_s_own_doing_is_no_news_and_a_contradiction_is(as_):
    take_in([finding("a"), finding("b")])
    client = as_("directeur")
    client.post("/governance/looked", {"at": timezone.now().isoformat()})
    act(client, alert(entity_id="a"), "resolve", **FIXED)
    assert "Rien n’a changé" in text_of(client.get(HOME))
    take_in([finding("a"), finding("b")], taken_at=NOW + timedelta(minutes=1))
    said = news(client.get(HOME))
    assert "1 revenue après une décision." in said
    assert "après « Corrigé » par directeur" in said


def test_what_a_scan_no_longer_finds_and_a_proposal_are_news(as_):
    take_in([finding("a"), finding("b", message="À signer.")])
    client = as_("directeur")
    client.post("/governance/looked", {"at": timezone.now().isoformat()})
    act(as_("admin"), alert(entity_id="b"), "resolve", **ACCEPTED)
    take_in([finding("b", message="À signer.")], taken_at=NOW + timedelta(minutes=1))
    said = news(client.get(HOME))
    assert "1 acceptation proposée, 1 close : plus constatée." in said
    assert "À signer. acceptation proposée" in said


@pytest.mark.parametrize("at", ["", "hier", "9999-01-01T00:00:00Z", "2026-01-01"])
def test_an_instant_that_means_nothing_or_is_to_come_is_now(as_, at):
    client = as_("directeur")
    client.post("/governance/looked", {"at": at})
    take_in([finding("a")])
    assert "1 nouvelle critique." in news(client.get(HOME))


def test_what_one_person_has_seen_is_new_to_another(as_):
    take_in([finding("a")])
    as_("directeur").post("/governance/looked", {"at": timezone.now().isoformat()})
    assert "1 nouvelle critique." in news(as_("admin").get(HOME))


def test_having_looked_chooses_no_density(as_):
    client = as_("directeur")
    client.post("/governance/looked", {"at": timezone.now().isoformat()})
    take_in([finding(f"bac-{n}") for n in range(60)])
    pressed = {
        one["value"]: one["aria-pressed"]
        for one in elements(client.get("/governance/integrity"), "aria-pressed")
        if one.get("name") == "density"
    }
    assert pressed["compact"] == "true"

"""The history is searched by text, decision and thing; the list of alerts is taken along as a file."""

import csv
import io
import json
from datetime import timedelta

import pytest
from django.utils import timezone

from alerts import services
from alerts.models import Cause, Decision
from governance.core.identity.acting import acting_as_user
from tests.alerts.make import alert, finding, take_in
from tests.history.test_page import acknowledge, entries, resolve

pytestmark = pytest.mark.django_db
URL = "/governance/history"
TANK = {"citerne": "TANK4", "plaque_camion": "9500AB/05"}


def told(page):
    return [one for one in entries(page) if one.startswith("alert.")]


def test_a_word_finds_the_thing_and_what_people_wrote(as_, people):
    take_in([finding("a", payload=TANK), finding("b")])
    acknowledge(people["directeur"], entity_id="a")
    resolve(people["directeur"], note="Jauge relue par le chef de parc", entity_id="b")
    client = as_("auditeur")
    assert told(client.get(URL, {"q": "9500ab"})) == ["alert.ack", "alert.open"]
    assert told(client.get(URL, {"q": "chef de PARC"})) == ["alert.resolve"]
    assert told(client.get(URL, {"q": "chef de parc", "to": "2020-01-01"})) == []
    assert told(client.get(URL, {"entity": "b"})) == ["alert.resolve", "alert.open"]
    assert told(client.get(URL, {"q": "nulle part"})) == []
    assert told(as_("ailleurs").get(URL, {"q": "chef de parc"})) == []


def test_a_decision_finds_what_was_so_decided(as_, people):
    take_in([finding(one, severity="WARN") for one in "ab"])
    resolve(people["directeur"], entity_id="a")
    until = timezone.localdate() + timedelta(days=3)
    words = services.Resolution("connu", Cause.AUTRE, Decision.ACCEPTE, until)
    with acting_as_user(people["directeur"].pk):
        services.alert_resolve(alert_id=alert(entity_id="b").pk, version=1, resolution=words)
    page = as_("auditeur").get(URL, {"decision": "ACCEPTE"})
    assert told(page) == ["alert.resolve"]
    assert "connu" in page.content.decode()


def test_what_a_search_finds_is_what_its_export_holds(as_, people):
    take_in([finding("a", payload=TANK), finding("b")])
    page = as_("auditeur").post(f"{URL}/export.jsonl?q=9500ab", {"q": ""})
    lines = [json.loads(line) for line in b"".join(page.streaming_content).splitlines()]
    assert [one["action"] for one in lines if "action" in one] == ["alert.open"]


def test_the_list_is_taken_along_as_the_filter_shows_it(as_, people):
    take_in([finding("a", severity="WARN", message="=1+1"), finding("b"), finding("c")])
    acknowledge(people["directeur"], entity_id="c")
    client = as_("gerant")
    page = client.post("/governance/integrity/export.csv?status=OPEN")
    text = b"".join(page.streaming_content).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text), delimiter=";"))
    assert [row[6] for row in rows if len(row) > 6][1:] == ["b", "a"]
    assert "'=1+1" in text  # never a formula
    page = client.post("/governance/integrity/export.json?status=ACK")
    found = json.loads(b"".join(page.streaming_content))
    assert [one["entity_id"] for one in found["alerts"]] == ["c"]
    assert found["selection"] == ["État = Acquittée"]
    assert entries(as_("auditeur").get(URL))[:2] == ["export.alerts", "export.alerts"]
    nothing = as_("ailleurs").post("/governance/integrity/export.json")
    assert json.loads(b"".join(nothing.streaming_content))["alerts"] == []

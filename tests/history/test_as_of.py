"""`?as_of=`: the integrity screen as it stood, for who may read history, and marked as the past."""

import re
from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from alerts import services
from alerts.models import Cause, Decision
from governance.core.identity.acting import acting_as_system, acting_as_user
from governance.core.identity.roles import Role
from governance.core.ledger.models import LedgerEntry
from tests.alerts.make import NOW, alert, finding, take_in
from tests.conftest import make_user
from tests.pages.dom import actions, counters, elements, rows
from tests.pages.test_screen import scanned

URL = "/governance/integrity"


def now() -> str:
    """The instant of the newest entry, as an address writes it."""
    with acting_as_system("test"):
        entry = LedgerEntry.objects.order_by("-seq").first()
    assert entry is not None
    return entry.at.isoformat().replace("+00:00", "Z")


def shown(page):
    return [(row["data-alert-id"], row["data-severity"], row["data-status"]) for row in rows(page)]


@pytest.fixture
def director(fresh_console):
    """Entries of one transaction share an instant, so these tests commit."""
    return make_user("directrice", {"depot": Role.DIRECTEUR})


@pytest.fixture
def client(director):
    client = Client()
    client.force_login(director)
    return client


def test_the_screen_of_each_moment_is_what_it_was_then(client, director):
    frames = []

    def keep():
        page = client.get(URL)
        frames.append((now(), shown(page), counters(page)))

    take_in([finding("a"), finding("b", severity="WARN", detected_at=NOW - timedelta(days=3))])
    keep()
    with acting_as_user(director.pk):
        services.alert_acknowledge(alert_id=alert(entity_id="a").pk, version=1)
    keep()
    take_in(
        [finding("a"), finding("b", severity="CRITICAL", detected_at=NOW)],
        taken_at=NOW + timedelta(minutes=1),
    )
    keep()
    words = services.Resolution("relu", Cause.AUTRE, Decision.CORRIGE)
    with acting_as_user(director.pk):
        services.alert_resolve(alert_id=alert(entity_id="a").pk, version=2, resolution=words)
    keep()
    take_in([finding("a")], taken_at=NOW + timedelta(minutes=2))
    keep()
    assert len({str(frame) for frame in frames}) == 5
    for instant, alerts, figures in frames:
        page = client.get(URL, {"as_of": instant})
        assert (shown(page), counters(page)) == (alerts, figures)
        assert actions(page) == []
        assert "reconstruit à partir du registre" in page.content.decode()


def test_filters_order_and_paging_work_on_the_past(client):
    take_in([finding(f"w{n}", severity="WARN") for n in range(201)] + [finding("c")])
    then = now()
    take_in([], taken_at=NOW + timedelta(minutes=1))
    assert rows(client.get(URL)) == []
    page = client.get(URL, {"as_of": then})
    assert len(rows(page)) == 200
    assert rows(page)[0]["data-severity"] == "CRITICAL"
    assert counters(page) == {"total": 202, "critical": 1, "warn": 201}
    (address,) = {one["href"] for one in elements(page, "href") if "cursor=" in one["href"]}
    second = client.get(address)
    assert len(rows(second)) == 2
    assert "reconstruit" in second.content.decode()
    narrowed = client.get(URL, {"as_of": then, "severity": "CRITICAL"})
    assert len(rows(narrowed)) == 1
    searched = client.get(URL, {"as_of": then, "q": "tank1", "status": "OPEN"})
    assert counters(searched)["total"] == 202
    kept = [one for one in elements(narrowed, "name") if one["name"] == "as_of"]
    assert [one["value"] for one in kept] == [then]


def test_what_the_scans_proved_then(client):
    scanned(rules={"A": "1.0.0", "B": "1.0.0"})
    complete = now()
    scanned(outcome="FAILED", error="elle ne répond pas")
    failed = now()
    scanned()
    for instant, state in ((complete, "ok"), (failed, "failed"), (None, "ok")):
        text = client.get(URL, {"as_of": instant} if instant else {}).content.decode()
        assert f'data-source-state="depot:{state}"' in text
    assert "Aucune anomalie" in client.get(URL, {"as_of": complete}).content.decode()
    assert "INCONNU" in client.get(URL, {"as_of": failed}).content.decode()


def test_before_everything_nothing_is_known(client):
    take_in([finding()])
    text = client.get(URL, {"as_of": "2020-01-01"}).content.decode()
    assert "on ne sait rien" in text
    assert 'data-source-state="depot:never"' in text
    assert "data-alert-id" not in text


@pytest.mark.parametrize("text", ["hier", "2026-02-30", "2026-10-31T25:00", "\x00", "x" * 3000])
def test_a_malformed_instant_is_ignored_with_a_note(client, text):
    take_in([finding()])
    page = client.get(URL, {"as_of": text})
    assert len(rows(page)) == 1
    assert actions(page) == ["ack", "resolve"]
    assert "ni un jour ni un instant" in page.content.decode()


def test_the_future_is_the_present_with_a_note(client):
    take_in([finding()])
    page = client.get(URL, {"as_of": (timezone.now() + timedelta(days=1)).date().isoformat()})
    assert actions(page) == ["ack", "resolve"]
    assert "est à venir" in page.content.decode()


@pytest.mark.parametrize("text", ["2026-01-01", "hier"])
def test_only_who_reads_history_reads_the_past(fresh_console, text):
    gerant = Client()
    gerant.force_login(make_user("gerant", {"depot": Role.GERANT}))
    take_in([finding()])
    assert gerant.get(URL, {"as_of": text}).status_code == 403
    assert gerant.get(URL, {"as_of": ""}).status_code == 200


def test_a_source_whose_history_is_not_the_readers_is_left_out_and_named(fresh_console):
    reader = Client()
    reader.force_login(make_user("mixte", {"depot": Role.GERANT, "autre": Role.PCA}))
    take_in([finding()])
    take_in([finding()], source="autre")
    page = reader.get(URL, {"as_of": now()})
    assert {row["data-source"] for row in rows(page)} == {"autre"}
    assert "dont vous ne lisez pas l’historique : depot" in page.content.decode()


def test_queries_do_not_grow_with_alerts(client, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def asked():
        instant = now()
        with CaptureQueriesContext(connection) as queries:
            assert rows(client.get(URL, {"as_of": instant}))
        return len(queries)

    take_in([finding()])
    few = asked()
    take_in([finding(f"e{n}") for n in range(100)], taken_at=NOW + timedelta(minutes=1))
    assert asked() == few


def test_the_past_is_gathered_as_it_was(client):
    take_in([finding("a"), finding("b"), finding("c", check_code="CDR_BLOQUE", severity="WARN")])
    before = now()
    take_in([finding("a")], taken_at=NOW + timedelta(minutes=1))
    groups = elements(client.get(URL, {"group": "rule"}), "data-group")
    assert [one["data-group"] for one in groups] == ["depot STOCK_NEGATIF"]
    groups = elements(client.get(URL, {"group": "rule", "as_of": before}), "data-group")
    assert [one["data-group"] for one in groups] == ["depot STOCK_NEGATIF", "depot CDR_BLOQUE"]
    assert len(rows(client.get(groups[0]["hx-get"]))) == 2


@pytest.mark.parametrize(
    ("address", "asked"),
    [
        ("?", {"alert_active_as_of": 1}),  # a page that shows them all counts its own rows
        ("?group=rule&", {"alert_active_as_of": 2}),
        ("?status=ACK&", {"alert_active_as_of": 1}),
        ("?status=RESOLVED&", {"alert_as_of": 1}),
    ],
)
def test_only_who_asks_for_resolved_alerts_has_them_all_replayed(client, address, asked):
    take_in([finding("a"), finding("b", severity="WARN"), finding("c", severity="INFO")])
    url = f"{URL}{address}as_of={now()}"
    with CaptureQueriesContext(connection) as captured:
        page = client.get(url)
    read = Counter(re.findall(r'FROM "(alert_\w*as_of)"', " ".join(q["sql"] for q in captured)))
    assert read == asked
    if address == "?":
        assert (len(rows(page)), counters(page)) == (3, {"total": 3, "critical": 1, "warn": 1})


def test_where_nothing_stood_what_people_had_decided_is_asked_for_alone(client, director):
    take_in([finding("a", severity="WARN")])
    with acting_as_user(director.pk):
        services.alert_resolve(
            alert_id=alert().pk,
            version=1,
            resolution=services.Resolution(
                "en règle", Cause.AUTRE, Decision.LITIGE, timezone.localdate() + timedelta(days=9)
            ),
        )
    scanned()
    with CaptureQueriesContext(connection) as captured:
        page = client.get(f"{URL}?as_of={now()}")
    read = Counter(re.findall(r'FROM "(alert_\w*as_of)"', " ".join(q["sql"] for q in captured)))
    assert read == {"alert_active_as_of": 2, "alert_decided_as_of": 1}
    assert "1 anomalie acceptée ou en litige" in page.content.decode().lower()

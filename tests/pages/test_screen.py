"""`/governance/integrity`: order, filters, counters, paging, and what it says when there is nothing."""

from datetime import timedelta

import pytest
from django.utils import timezone

from governance.core.identity.acting import acting_as_system
from governance.core.identity.roles import Role
from integrity.scans.models import Scan
from tests.alerts.make import NOW, alert, finding, take_in
from tests.conftest import make_user
from tests.pages.dom import actions, counters, elements, rows, text_of

pytestmark = pytest.mark.django_db
URL = "/governance/integrity"


def scanned(source="depot", outcome="COMPLETE", ago=timedelta(seconds=10), **values):
    at = timezone.now() - ago
    with acting_as_system("scan"):
        return Scan.objects.create(
            source=source, started_at=at, finished_at=at, outcome=outcome, **values
        )


def ids(response):
    return [row["data-alert-id"] for row in rows(response)]


def test_critical_first_then_the_longest_open(as_):
    def since(days):
        return NOW - timedelta(days=days)

    take_in(
        [
            finding("w-old", severity="WARN", detected_at=since(90)),
            finding("c-new", severity="CRITICAL", detected_at=since(1)),
            finding("i-old", severity="INFO", detected_at=since(99)),
            finding("c-old", severity="CRITICAL", detected_at=since(5)),
            finding("w-new", severity="WARN", detected_at=since(2)),
        ]
    )
    page = as_("directeur").get(URL)
    expected = ["c-old", "c-new", "w-old", "w-new", "i-old"]
    assert ids(page) == [str(alert(entity_id=name).pk) for name in expected]


def test_rows_and_counters_carry_the_contracts_attributes(as_):
    take_in([finding(), finding("bac-2", severity="WARN"), finding("bac-3", severity="INFO")])
    page = as_("directeur").get(URL)
    first = rows(page)[0]
    assert {name: first[name] for name in first if name.startswith("data-")} == {
        "data-alert-id": str(alert(entity_id="bac-1").pk),
        "data-severity": "CRITICAL",
        "data-status": "OPEN",
        "data-check-code": "STOCK_NEGATIF",
        "data-source": "depot",
        "data-version": "1",  # what a form that opens in the row decides upon
    }
    assert counters(page) == {"total": 3, "critical": 1, "warn": 1}
    assert actions(page) == ["ack", "resolve"] * 2  # information asks nobody to act


@pytest.mark.parametrize("role", ["pca", "auditeur", "gerant"])
def test_who_may_not_act_sees_no_button(as_, role):
    take_in([finding()])
    page = as_(role).get(URL)
    assert len(rows(page)) == 1
    assert actions(page) == []


def test_the_default_shows_open_and_acknowledged_and_resolved_can_be_asked_for(as_):
    take_in([finding("gone"), finding("here")])
    take_in([finding("here")], taken_at=NOW + timedelta(minutes=1))
    client = as_("directeur")
    assert ids(client.get(URL)) == [str(alert(entity_id="here").pk)]
    assert ids(client.get(URL, {"status": "RESOLVED"})) == [str(alert(entity_id="gone").pk)]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"severity": "CRITICAL"}, ["a"]),
        ({"severity": ["CRITICAL", "WARN"]}, ["a", "b"]),
        ({"check_code": "CDR"}, ["b"]),
        ({"entity_type": "CDR"}, ["b"]),
        ({"source": "depot"}, ["a", "b"]),
        ({"q": "tank1"}, ["a"]),
        ({"q": "AB-1234"}, ["b"]),
        ({"q": "cdr"}, ["b"]),
        ({"q": "plaque"}, []),  # a key of the payload is not a value
        ({"severity": "CRITICAL", "q": "AB-1234"}, []),
    ],
)
def test_filters_select_and_the_counters_count_what_they_select(as_, query, expected):
    take_in(
        [
            finding("a", payload={"citerne": "TANK1"}),
            finding(
                "b",
                severity="WARN",
                check_code="CDR",
                entity_type="CDR",
                message="Camion en attente",
                payload={"plaque": "AB-1234"},
            ),
        ]
    )
    page = as_("directeur").get(URL, query)
    assert ids(page) == [str(alert(entity_id=name).pk) for name in expected]
    assert counters(page)["total"] == len(expected)


@pytest.mark.parametrize(
    "query",
    [
        {"severity": "FATAL"},
        {"status": "DONE"},
        {"source": "autre"},
        {"check_code": "NOT_A_RULE"},
        {"entity_type": "x' OR 1=1 --"},
    ],
)
def test_an_unknown_filter_value_is_ignored_with_a_visible_note(as_, query):
    take_in([finding()])
    page = as_("directeur").get(URL, query)
    assert page.status_code == 200
    assert len(rows(page)) == 1
    assert "a été ignorée" in page.content.decode()


@pytest.mark.parametrize(
    "text",
    [
        "'",
        '"',
        "%",
        "_",
        "\\",
        "\\\\'; --",
        "a\x00b",
        "x" * 10_000,
        "<script>",
        "é'\u2028",
        "{{ 7*7 }}",
    ],
)
def test_any_text_gives_a_normal_page(as_, text):
    take_in([finding(message="100 % de la capacité")])
    page = as_("directeur").get(URL, {"q": text})
    assert page.status_code == 200
    assert len(rows(page)) == (1 if text in ("%", "_") else 0)


@pytest.mark.parametrize("cursor", ["x", "%00", "e30", "WzFd", "\x00", "é" * 500])
def test_a_cursor_that_we_never_wrote_is_page_one(as_, cursor):
    take_in([finding()])
    assert len(rows(as_("directeur").get(URL, {"cursor": cursor}))) == 1


def test_250_warn_and_1_critical(as_):
    take_in(
        [
            finding(f"w{n}", severity="WARN", detected_at=NOW - timedelta(hours=n))
            for n in range(250)
        ]
        + [finding("c", detected_at=NOW)]
    )
    client = as_("directeur")
    page = client.get(URL)
    first = rows(page)
    assert (len(first), first[0]["data-severity"]) == (200, "CRITICAL")
    assert counters(page) == {"total": 251, "critical": 1, "warn": 250}
    assert "200 sur 251" in page.content.decode()
    (address,) = {one["href"] for one in elements(page, "href") if "cursor=" in one["href"]}
    second = client.get(address)
    assert len(rows(second)) == 51
    assert len({*ids(page), *ids(second)}) == 251


def test_paging_keeps_the_filter(as_):
    take_in([finding(f"w{n}", severity="WARN") for n in range(201)] + [finding("c")])
    client = as_("directeur")
    page = client.get(URL, {"severity": "WARN"})
    (address,) = {one["href"] for one in elements(page, "href") if "cursor=" in one["href"]}
    second = client.get(address)
    assert [row["data-severity"] for row in rows(second)] == ["WARN"]


def test_a_director_of_another_source_sees_nothing_of_this_one(as_):
    take_in([finding(message="secret du dépôt")])
    page = as_("ailleurs").get(URL)
    assert rows(page) == []
    assert "secret" not in page.content.decode()
    assert counters(page)["total"] == 0


def test_queries_do_not_grow_with_rows(as_, django_assert_num_queries):
    client = as_("directeur")
    take_in([finding()])
    with django_assert_num_queries(22) as one:
        client.get(URL)
    take_in([finding(f"e{n}") for n in range(100)], taken_at=NOW + timedelta(minutes=1))
    with django_assert_num_queries(len(one.captured_queries)):
        client.get(URL)


SENTENCES = {
    "never": "Aucun contrôle n’a encore eu lieu",
    "fine": "Aucune anomalie",
    "unknown": "l’état est inconnu",
    "no_match": "Aucune alerte ne correspond à ces filtres",
}


@pytest.mark.parametrize(
    ("scans", "query", "said"),
    [
        ([], {}, "never"),
        ([{}], {}, "fine"),
        ([{"ago": timedelta(hours=1)}], {}, "unknown"),
        ([{"ago": timedelta(minutes=1)}, {"outcome": "FAILED"}], {}, "unknown"),
        ([{}], {"q": "rien"}, "no_match"),
    ],
)
def test_an_empty_screen_says_why_and_never_more_than_is_known(as_, scans, query, said):
    for scan in scans:
        scanned(**scan)
    text = as_("directeur").get(URL, query).content.decode()
    assert {name for name, sentence in SENTENCES.items() if sentence in text} == {said}
    assert ("INCONNU" in text) is (said in ("never", "unknown"))


def test_the_screen_says_how_old_its_last_complete_scan_is_when_the_source_is_down(as_):
    scanned(ago=timedelta(hours=3))
    scanned(outcome="FAILED", error="elle ne répond pas", ago=timedelta(seconds=5))
    text = as_("directeur").get(URL).content.decode()
    assert "depot:failed" in text
    assert "il y a 3" in text
    assert "elle ne répond pas" in text


def test_two_sources_stand_beside_each_other(db, client):
    both = make_user("les-deux", {"depot": Role.DIRECTEUR, "autre": Role.PCA})
    take_in([finding("a")])
    take_in([finding("b")], source="autre")
    client.force_login(both)
    page = client.get(URL)
    assert {row["data-source"] for row in rows(page)} == {"depot", "autre"}
    assert actions(page) == ["ack", "resolve"]  # director of one, chair of the other


@pytest.mark.usefixtures("ours")
def test_what_is_late_can_be_asked_for_and_is_counted_on_the_home_page(as_):
    """A negative stock is to be acknowledged within 4 hours and resolved within 24, from its beginning."""

    def began(hours):
        return timezone.now() - timedelta(hours=hours)

    def late():
        return [row["data-alert-id"] for row in rows(client.get(URL, {"due": "overdue"}))]

    client = as_("directeur")
    take_in(
        [
            finding("early", detected_at=began(3)),
            finding("late", detected_at=began(5)),
            finding("unknown rule", check_code="NOT_OURS", detected_at=began(5000)),
            finding("asks nobody", severity="INFO", detected_at=began(5000)),
        ],
        taken_at=timezone.now(),
    )
    one = alert(entity_id="late")
    assert late() == [str(one.pk)]
    home = text_of(client.get("/governance"))
    assert "1 a dépassé son échéance" in home
    client.post(f"/governance/alerts/{one.pk}/ack", {"version": 1})
    assert late() == []  # in time now, until it is to be resolved
    assert "échéance" not in text_of(client.get("/governance"))
    take_in([finding("late", detected_at=began(5)), finding("old", detected_at=began(30))])
    client.post(f"/governance/alerts/{alert(entity_id='old').pk}/ack", {"version": 1})
    assert late() == [str(alert(entity_id="old").pk)]
    page = client.get(URL, {"due": "overdue"})
    assert counters(page)["total"] == 1
    assert "Échéance : Dépassée" in text_of(page)


@pytest.mark.usefixtures("ours")
def test_an_alert_says_by_when_it_asks_for_what(as_):
    take_in([finding(detected_at=timezone.now() - timedelta(hours=30))], taken_at=timezone.now())
    client, address = as_("directeur"), f"/governance/alerts/{alert().pk}"
    assert "encore acquittée ; à acquitter : en retard de 1 j" in text_of(client.get(address))
    client.post(f"{address}/ack", {"version": 1})
    assert "à résoudre : en retard de 6 h" in text_of(client.get(address))


def test_a_search_goes_on_among_what_is_resolved(as_, people):
    take_in([finding("a", message="Bac perdu."), finding("b")])
    client = as_("directeur")
    words = {"version": 1, "note": "relu", "cause": "AUTRE", "decision": "CORRIGE"}
    client.post(f"/governance/alerts/{alert(entity_id='a').pk}/resolve", words)
    for asked in ({"q": "perdu"}, {"severity": "CRITICAL", "due": "overdue"}):
        page = client.get(URL, asked)
        (way,) = [one["href"] for one in elements(page, "data-resolved")]
        assert [one["data-status"] for one in rows(client.get(way))] == ["RESOLVED"]
    assert "Chercher parmi les résolues" in text_of(client.get(URL, {"q": "perdu"}))
    for asked in ({}, {"q": "perdu", "status": "OPEN"}):
        assert elements(client.get(URL, asked), "data-resolved") == []

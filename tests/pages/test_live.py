""" "Vérifier maintenant", of an alert or a source: what the view says this second, and nothing is written."""

import threading
from datetime import timedelta

import psycopg
import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from alerts.models import Cause, Decision
from alerts.services import Resolution, alert_resolve
from governance.core.identity.acting import acting_as_system, acting_as_user
from governance.core.identity.roles import Role
from integrity.scans.live import LOOKS, LookRefused, look_count
from integrity.scans.models import LiveLook, Scan
from integrity.scans.scan import scan_run
from tests.alerts.make import alert, alert_rows
from tests.conftest import make_user
from tests.pages.dom import elements

LIBRARY = """
CREATE TABLE loans (id text PRIMARY KEY, severity text DEFAULT 'WARN', days int, kind text DEFAULT 'PRET');
CREATE VIEW v_integrity_checks AS
SELECT 'RETARD'::text AS check_code, severity, kind AS entity_type, id AS entity_id,
       'Prêt ' || id AS message, jsonb_build_object('jours', days, 'fixe', 1) AS payload,
       timestamptz '2026-01-01' AS detected_at
FROM loans WHERE days > 0;
"""


@pytest.fixture
def library(fresh_source, pg, settings, db):
    """A scanned source with three alerts: p1, p2, p3."""
    name = fresh_source(LIBRARY)
    settings.SOURCES = {"biblio": pg.dsn(name, "depot_reader")}
    with psycopg.connect(pg.dsn(name, "depot_owner"), autocommit=True) as owner:
        owner.execute(
            "INSERT INTO loans (id, days) SELECT 'p' || n, n FROM generate_series(1, 3) n"
        )
        assert scan_run(source="biblio").outcome == "COMPLETE"
        yield owner


@pytest.fixture
def client(library):
    client = Client()
    client.force_login(make_user("gerant", {"biblio": Role.GERANT}))
    return client


def everything():
    """What a look must not move: alerts, scans and the ledger."""
    with acting_as_system("test"), connection.cursor() as cursor:
        cursor.execute("SELECT count(*), max(seq) FROM ledger_entry")
        return alert_rows(), Scan.objects.count(), cursor.fetchone()


def verify(client, entity_id="p1"):
    return client.post(f"/governance/alerts/{alert(entity_id=entity_id).pk}/verify")


def state(page):
    (card,) = [one for one in elements(page, "data-look") if one.tag == "section"]
    return card["data-look"]


def changed(page):
    return [one["data-key"] for one in elements(page, "data-changed") if "data-key" in one]


def test_an_anomaly_that_still_holds_shows_the_same_values_twice(client):
    before = everything()
    page = verify(client)
    assert (page.status_code, state(page), changed(page)) == (200, "same", [])
    assert {one["data-key"] for one in elements(page, "data-key")} >= {"jours", "fixe", "severity"}
    assert everything() == before


def test_other_values_stand_beside_those_that_are_stored_and_are_marked(client, library):
    library.execute("UPDATE loans SET days = 41, severity = 'CRITICAL' WHERE id = 'p1'")
    before = everything()
    page = verify(client)
    assert (state(page), sorted(changed(page))) == ("changed", ["jours", "severity"])
    text = page.content.decode()
    assert "<strong>41</strong>" in text
    assert "Avertissement" in text
    assert everything() == before


def test_an_anomaly_that_is_gone_is_said_to_be_gone_and_stays_open(client, library):
    library.execute("DELETE FROM loans WHERE id = 'p1'")
    before = everything()
    page = verify(client)
    assert state(page) == "gone"
    assert alert(entity_id="p1").status == "OPEN"
    assert everything() == before


def test_only_this_identity_is_compared(client, library):
    library.execute("DELETE FROM loans WHERE id <> 'p1'")
    library.execute("UPDATE loans SET kind = 'AUTRE' WHERE id = 'p1'")
    assert state(verify(client)) == "gone"


def test_a_resolved_alert_can_be_looked_at_again(client, library):
    library.execute("DELETE FROM loans WHERE id = 'p1'")
    scan_run(source="biblio")
    assert state(verify(client)) == "gone"
    library.execute("INSERT INTO loans (id, days) VALUES ('p1', 1)")
    page = verify(client)
    assert state(page) == "same"
    assert "rouvrira" in page.content.decode()
    assert alert(entity_id="p1").status == "RESOLVED"


def test_a_row_that_breaks_the_contract_is_no_proof_that_the_anomaly_is_gone(client, library):
    library.execute("UPDATE loans SET severity = 'FATAL' WHERE id = 'p1'")
    page = verify(client)
    assert state(page) == "faulty"
    assert "severity is unknown" in page.content.decode()


@pytest.mark.parametrize(
    ("harm", "named"),
    [
        ("DROP VIEW v_integrity_checks", "existe pas"),
        ("REVOKE SELECT ON v_integrity_checks FROM depot_reader", "n’a pas le droit de lire"),
        (
            "CREATE OR REPLACE VIEW v_integrity_checks AS SELECT 'RETARD'::text AS check_code,"
            " severity, kind AS entity_type, id AS entity_id, pg_sleep(3)::text AS message,"
            " '{}'::jsonb AS payload, now() AS detected_at FROM loans",
            "répondu en",
        ),
        (
            "CREATE OR REPLACE VIEW v_integrity_checks AS SELECT 'RETARD'::text AS check_code,"
            " severity, kind AS entity_type, id AS entity_id, (1/(days-1))::text AS message,"
            " '{}'::jsonb AS payload, now() AS detected_at FROM loans",
            "division",
        ),
    ],
    ids=["no view", "no right", "too slow", "raises"],
)
@pytest.mark.parametrize("where", ["alert", "source"])
def test_a_source_that_cannot_be_read_is_unknown_and_never_gone(
    client, library, monkeypatch, harm, named, where
):
    monkeypatch.setattr("integrity.scans.live.TIMEOUT_MS", 300)
    library.execute(harm)
    before = everything()
    page = verify(client) if where == "alert" else client.post("/governance/live")
    text = page.content.decode()
    assert page.status_code == 200
    assert "INCONNU" in text
    assert named in text
    assert "data-look" not in text
    assert "data-live=" not in text
    assert everything() == before


def test_a_source_that_is_down_shows_no_password(client, settings):
    settings.SOURCES = {"biblio": "postgresql://reader:hush-hush@127.0.0.1:1/nothing"}
    text = verify(client).content.decode()
    assert "INCONNU" in text
    assert "hush-hush" not in text


def test_the_button_stands_where_a_source_can_be_asked(client, settings):
    address = f"/governance/alerts/{alert(entity_id='p1').pk}"
    assert "Vérifier maintenant" in client.get(address).content.decode()
    settings.SOURCES = {}
    assert "Vérifier maintenant" not in client.get(address).content.decode()
    assert client.post(f"{address}/verify").status_code == 404


def marks(page):
    return {one["data-entity-id"]: one["data-mark"] for one in elements(page, "data-mark")}


def counts(page):
    found = elements(page, "data-mark-count")
    return {one["data-mark-count"]: int(one["value"]) for one in found if int(one["value"])}


def test_the_view_of_this_second_stands_beside_what_is_stored(client, library):
    library.execute("INSERT INTO loans (id, days, severity) VALUES ('neuf', 1, 'CRITICAL')")
    library.execute("UPDATE loans SET days = 9 WHERE id = 'p2'; DELETE FROM loans WHERE id = 'p3'")
    before = everything()
    page = client.post("/governance/live", {"source": "biblio"})
    assert page.status_code == 200
    assert marks(page) == {"neuf": "new", "p3": "gone", "p2": "changed", "p1": "same"}
    assert list(marks(page)) == ["neuf", "p3", "p2", "p1"]  # the differences first
    assert counts(page) == {"new": 1, "gone": 1, "changed": 1, "same": 1}
    assert "2 → <strong>9</strong>" in page.content.decode()
    assert everything() == before


def test_no_difference_is_said_in_words(client):
    page = client.post("/governance/live", {"source": "biblio"})
    assert counts(page) == {"same": 3}
    assert "disent la même chose" in page.content.decode()


def test_an_anomaly_that_came_back_is_marked(client, library):
    library.execute("DELETE FROM loans WHERE id = 'p1'")
    scan_run(source="biblio")
    library.execute("INSERT INTO loans (id, days) VALUES ('p1', 1)")
    assert marks(client.post("/governance/live"))["p1"] == "back"


def test_opening_the_page_reads_nothing(client, library):
    library.execute("DROP VIEW v_integrity_checks")
    page = client.get("/governance/live")
    assert page.status_code == 200
    assert "INCONNU" not in page.content.decode()
    with acting_as_system("test"):
        assert LiveLook.objects.count() == 0


def test_the_screen_leads_to_it(client):
    page = client.get("/governance/integrity")
    assert "/governance/live" in {one["action"] for one in elements(page, "action")}


def test_somebody_elses_source_cannot_be_read(client, settings):
    settings.SOURCES = {**settings.SOURCES, "autre": settings.SOURCES["biblio"]}
    assert client.post("/governance/live", {"source": "autre"}).status_code == 404


def test_a_view_of_more_rows_than_the_limit_is_left_to_the_scan(client, library, monkeypatch):
    monkeypatch.setattr("integrity.scans.live.ROWS_LIMIT", 2)
    page = client.post("/governance/live")
    assert "plus de 2 lignes" in page.content.decode()
    assert "data-live=" not in page.content.decode()


def test_the_page_says_how_many_it_shows(client, library, monkeypatch):
    monkeypatch.setattr("integrity.scans.live.SHOWN", 2)
    page = client.post("/governance/live")
    assert "2 sur 3" in page.content.decode()
    assert len(marks(page)) == 2


@pytest.mark.usefixtures("cold")
def test_queries_do_not_grow_with_the_view(client, library, django_assert_num_queries):
    client.post("/governance/live")  # what a process asks once is not the view's doing
    with django_assert_num_queries(100, exact=False) as one:
        client.post("/governance/live")
    library.execute("INSERT INTO loans (id, days) SELECT 'x' || n, n FROM generate_series(1, 99) n")
    with django_assert_num_queries(len(one.captured_queries)):
        client.post("/governance/live")


def test_a_person_looks_six_times_a_minute_and_is_told_when_again(client, library):
    for number in range(LOOKS):
        page = verify(client) if number % 2 else client.post("/governance/live")
        assert page.status_code == 200
    before = everything()
    library.execute("DROP VIEW v_integrity_checks")  # whoever read now would say so
    for page in (verify(client), client.post("/governance/live")):
        assert page.status_code == 429
        assert 1 <= int(page["Retry-After"]) <= 61
        assert "Recommencez dans" in page.content.decode()
        assert "l’état de cette seconde est INCONNU" not in page.content.decode()
    assert everything() == before


def test_the_limit_is_each_persons_own(client):
    for _ in range(LOOKS):
        client.post("/governance/live")
    other = Client()
    other.force_login(make_user("pca", {"biblio": Role.PCA}))
    assert other.post("/governance/live").status_code == 200


def test_after_a_minute_one_may_look_again_and_old_looks_are_forgotten(db):
    person = make_user("gerant", {"biblio": Role.GERANT})
    with acting_as_user(person.pk):
        for _ in range(LOOKS):
            look_count()
        with pytest.raises(LookRefused) as refused:
            look_count()
        assert 1 <= refused.value.wait_s <= 61
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM live_look")
            assert cursor.fetchone() == (LOOKS,)
    long_ago = timezone.now() - timedelta(seconds=61)
    with acting_as_user(person.pk):
        LiveLook.objects.all().delete()
        LiveLook.objects.bulk_create(LiveLook(at=long_ago) for _ in range(LOOKS))
        look_count()
        LiveLook.objects.all().delete()
        LiveLook.objects.create(at=timezone.now() - timedelta(hours=2))
        look_count()
        assert LiveLook.objects.count() == 1


def test_nobody_looks_or_counts_for_somebody_else(db):
    one, other = (make_user(name, {"biblio": Role.PCA}) for name in ("une", "autre"))
    with acting_as_user(one.pk):
        look_count()
    with acting_as_user(other.pk):
        assert LiveLook.objects.count() == 0


@pytest.mark.usefixtures("fresh_console")
def test_one_look_at_a_time_across_workers():
    person = make_user("gerant", {"biblio": Role.GERANT})
    looking, done = threading.Event(), threading.Event()

    def other_worker():
        try:
            with acting_as_user(person.pk):
                look_count()
                looking.set()
                done.wait(10)
        finally:
            connection.close()

    worker = threading.Thread(target=other_worker)
    worker.start()
    try:
        assert looking.wait(10)
        with acting_as_user(person.pk), pytest.raises(LookRefused):
            look_count()
    finally:
        done.set()
        worker.join()
    with acting_as_user(person.pk):
        look_count()
        assert LiveLook.objects.count() == 2


def test_two_occurrences_are_compared_one_by_one(client, library):
    library.execute(
        "CREATE OR REPLACE VIEW v_integrity_checks AS SELECT 'RETARD'::text AS check_code, severity,"
        " kind AS entity_type, 'p1'::text AS entity_id, 'Prêt p1' AS message,"
        " jsonb_build_object('jours', days, 'fixe', 1) AS payload,"
        " timestamptz '2026-01-01' AS detected_at FROM loans"
    )
    page = verify(client)
    assert state(page) == "changed"
    assert "occurrences" in changed(page)
    assert [one["data-key"] for one in elements(page, "data-key")].count("jours") == 3


def test_an_accepted_anomaly_is_no_difference(client, library):
    director = make_user("directrice", {"biblio": Role.DIRECTEUR})
    until = timezone.localdate() + timedelta(days=9)
    with acting_as_user(director.pk):
        alert_resolve(
            alert_id=alert(entity_id="p1").pk,
            version=1,
            resolution=Resolution("convenu", Cause.AUTRE, Decision.ACCEPTE, until),
        )
    page = client.post("/governance/live")
    assert counts(page) == {"accepted": 1, "same": 2}
    assert "disent la même chose" in page.content.decode()
    text = verify(client).content.decode()
    assert "ne la rouvrira pas" in text

"""A source that never answers costs a thread a bounded time, whatever its server does."""

import socket
import threading
import time

import psycopg
import pytest
from django.core.management import call_command
from django.test import Client

from governance.core.identity.roles import Role
from integrity.proofs.runs import ProvingError, proofs_run
from integrity.scans import live
from integrity.scans.live import AT_ONCE, look_place
from integrity.scans.scan import scan_run
from integrity.source_check.run import source_examine
from integrity.sources import connections as sources
from integrity.sources import deadline
from integrity.sources.connections import SourceError, source_connect, source_transaction
from integrity.sources.deadline import Deadline
from tests.alerts.make import alert
from tests.conftest import make_user
from tests.foundation.process import eventually
from tests.sources.conftest import STUBBORN

pytestmark = pytest.mark.django_db

PATIENCE_S = 5  # of these tests; ours is shorter, the view's is 20 s


@pytest.fixture(autouse=True)
def hasty(monkeypatch, settings):
    monkeypatch.setattr(sources, "REST_S", 0.3)
    monkeypatch.setattr(deadline, "CANCEL_S", 0.1)
    monkeypatch.setattr(live, "TIMEOUT_MS", 300)
    settings.SOURCE_STATEMENT_TIMEOUT_MS = 300


@pytest.fixture
def stubborn(library, pg, settings):
    """The source `biblio`, whose view traps every cancellation."""
    with psycopg.connect(pg.dsn(library, "depot_owner"), autocommit=True) as owner:
        owner.execute(STUBBORN)
    settings.SOURCES = {"biblio": pg.dsn(library, "depot_reader")}
    return library


@pytest.fixture
def frozen(library, relay, settings, monkeypatch):
    """The source `biblio`, which freezes as its view is read."""
    settings.SOURCES = {"biblio": relay.dsn(library, "depot_reader")}
    begin = sources._begin

    def begin_and_freeze(connection, **values):
        begin(connection, **values)
        relay.freeze()

    monkeypatch.setattr(sources, "_begin", begin_and_freeze)
    return relay


def seconds(work):
    began = time.monotonic()
    work()
    return time.monotonic() - began


def scanned():
    scan = scan_run(source="biblio")
    assert (scan.outcome, scan.error) == ("FAILED", "elle n’a pas répondu en 0.6 s")


def looked():
    client = Client()
    client.force_login(make_user("gerant", {"biblio": Role.GERANT}))
    page = client.post("/governance/live", {"source": "biblio"})
    assert page.status_code == 200
    assert "INCONNU" in page.content.decode()
    assert "elle n’a pas répondu" in page.content.decode()


def examined():
    from django.conf import settings

    report = source_examine(dsn=settings.SOURCES["biblio"], timeout_ms=300)
    assert report.exit_code == 1


@pytest.mark.parametrize("use", [scanned, looked, examined], ids=lambda use: use.__name__)
def test_a_view_that_traps_cancellations_does_not_hold_us(stubborn, use):
    assert seconds(use) < PATIENCE_S
    assert alert_of_the_scan() == (["OPEN"] if use is scanned else [])


@pytest.mark.parametrize("use", [scanned, looked, examined], ids=lambda use: use.__name__)
def test_a_source_frozen_in_the_middle_does_not_hold_us(frozen, use):
    assert seconds(use) < PATIENCE_S


def alert_of_the_scan():
    from alerts.models import Alert
    from governance.core.identity.acting import acting_as_system

    with acting_as_system("test"):
        return list(Alert.objects.filter(check_code="SCAN_FAILED").values_list("status", flat=True))


def test_a_source_that_freezes_before_it_answers_at_all(library, relay, settings):
    settings.SOURCES = {"biblio": relay.dsn(library, "depot_reader")}
    settings.SOURCE_CONNECT_TIMEOUT_S = 2  # the least that libpq knows
    relay.freeze()
    began = time.monotonic()
    assert scan_run(source="biblio").outcome == "FAILED"
    assert time.monotonic() - began < PATIENCE_S


def test_a_source_that_thaws_is_read_again(frozen, monkeypatch):
    scanned()
    frozen.thaw()
    monkeypatch.undo()
    assert scan_run(source="biblio").outcome == "COMPLETE"
    assert alert_of_the_scan() == ["RESOLVED"]


def test_proofs_on_a_frozen_source_end_too(library, relay, monkeypatch):
    monkeypatch.setattr("integrity.proofs.runs.LIMIT_S", 0.3)
    from integrity.proofs import judgement as proofs
    from integrity.proofs import runs as proving

    prove = proofs.rules_prove

    def freeze_and_prove(connection, rules):
        relay.freeze()
        return prove(connection, rules)

    monkeypatch.setattr(proving, "rules_prove", freeze_and_prove)
    url = relay.dsn(library, "depot_owner")
    began = time.monotonic()
    with pytest.raises(ProvingError):
        proofs_run(source="biblio", url=url)
    assert time.monotonic() - began < PATIENCE_S


def test_the_server_gives_up_the_query_of_a_client_that_hung_up(stubborn, pg):
    scanned()
    busy = "SELECT FROM pg_stat_activity WHERE datname = %s AND usename = 'depot_reader'"
    with pg.superuser() as server:
        assert eventually(
            lambda: server.execute(busy, [stubborn]).fetchone() is None, within=PATIENCE_S
        )


def test_a_deadline_that_is_kept_changes_nothing(library, pg):
    dsn = pg.dsn(library, "depot_reader")
    with source_connect(dsn) as connection:
        with Deadline(connection, seconds=0.2) as limit:
            connection.execute("SELECT 1")
        time.sleep(0.3)
        assert not limit.passed
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_a_peer_that_vanished_is_looked_for(library, relay):
    with source_connect(relay.dsn(library, "depot_reader")) as connection:
        ours = socket.socket(fileno=connection.fileno())
        try:
            assert ours.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1
            assert ours.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE) == 10
            assert ours.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 20_000
        finally:
            ours.detach()
    with source_connect(relay.dsn(library, "depot_reader") + "&tcp_user_timeout=7000") as chosen:
        assert chosen.info.get_parameters()["tcp_user_timeout"] == "7000"


def test_only_its_own_connection_ends(library, pg, settings):
    settings.SOURCES = {"biblio": pg.dsn(library, "depot_reader")}
    with source_transaction("biblio", timeout_ms=5000) as healthy:
        with pytest.raises(SourceError), source_transaction("biblio", timeout_ms=100) as slow:
            slow.execute("SET LOCAL statement_timeout = 0; SELECT pg_sleep(20)")
        assert healthy.execute("SELECT count(*) FROM loans").fetchone() == (2,)


# --- Those who look, all at once -----------------------------------------------------------------


def test_a_process_gives_few_threads_to_those_who_look(library, pg, settings, monkeypatch):
    monkeypatch.setattr(live, "TIMEOUT_MS", 5000)
    settings.SOURCES = {"biblio": pg.dsn(library, "depot_reader")}
    scan_run(source="biblio")
    client = Client()
    client.force_login(make_user("gerant", {"biblio": Role.GERANT}))
    taken, done = threading.Barrier(AT_ONCE + 1), threading.Event()

    def look():
        with look_place():
            taken.wait(5)
            done.wait(5)

    others = [threading.Thread(target=look) for _ in range(AT_ONCE)]
    for other in others:
        other.start()
    taken.wait(5)
    pages = [client.post("/governance/live", {"source": "biblio"})]
    pages.append(client.post(f"/governance/alerts/{alert(entity_id='p1').pk}/verify"))
    done.set()
    for other in others:
        other.join()
    for page in pages:
        assert (page.status_code, page["Retry-After"]) == (429, "5")
        assert "D’autres personnes regardent en ce moment" in page.content.decode()
    # and it did not count against the person
    for _ in range(live.LOOKS):
        assert client.post("/governance/live", {"source": "biblio"}).status_code == 200


# --- Other encodings -------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["LATIN1", "WIN1252"])
def test_accents_of_another_encoding_arrive(pg, settings, encoding):
    name = f"latin_{encoding.lower()}"
    with pg.superuser() as server:
        server.execute(
            f"CREATE DATABASE {name} TEMPLATE template0 ENCODING '{encoding}'"
            " LOCALE_PROVIDER libc LOCALE 'C' OWNER depot_owner"
        )
    try:
        with psycopg.connect(
            pg.dsn(name, "depot_owner"), autocommit=True, client_encoding="UTF8"
        ) as owner:
            owner.execute(
                "CREATE VIEW v_integrity_checks AS SELECT 'RETARD'::text AS check_code,"
                " 'WARN'::text AS severity, 'PRÊT'::text AS entity_type, 'Éléonore'::text AS entity_id,"
                " 'Prêt « échu » à la forêt'::text AS message, '{\"où\": \"Kolwézi\"}'::jsonb AS payload,"
                " timestamptz '2026-01-01' AS detected_at"
            )
            owner.execute("GRANT USAGE ON SCHEMA public TO depot_reader")
            owner.execute("GRANT SELECT ON v_integrity_checks TO depot_reader")
        settings.SOURCES = {"accents": pg.dsn(name, "depot_reader")}
        settings.SOURCE_STATEMENT_TIMEOUT_MS = 5000
        scan = scan_run(source="accents")
        assert (scan.outcome, scan.error) == ("COMPLETE", "")
        found = alert(source="accents")
        assert (found.entity_type, found.entity_id, found.message, found.payload) == (
            "PRÊT",
            "Éléonore",
            "Prêt « échu » à la forêt",
            {"où": "Kolwézi"},
        )
        call_command(
            "source_check", source="accents"
        )  # leaves with an exit code unless all is well
    finally:
        pg.drop(name)

"""What the on-call engineer reads in two minutes: up or not, why, since when; and who else is told."""

import socket
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from alerts.models import Alert
from governance.core.identity.acting import acting_as_system
from governance.core.identity.roles import Role
from governance.core.jobs.runs import job_run
from governance.core.jobs.timetable import job_find
from integrity.scans.models import Scan
from tests.conftest import make_user
from tests.schedule.make import scanned

TOKEN = "kJ8xq2Lw9Zt4Rb7Vn1Mc6Hd3Fs5Gp0Ya"
WATCHER = {"authorization": f"Bearer {TOKEN}"}


@pytest.fixture
def blackhole(settings: Any) -> Iterator[None]:
    """A source whose address takes connections and never says a word."""
    settings.SOURCE_CONNECT_TIMEOUT_S = 2
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        settings.SOURCES = {"depot": f"postgresql://reader@127.0.0.1:{port}/erp"}
        yield


def test_a_source_in_a_black_hole(fresh_console, blackhole, settings):
    settings.MONITORING_TOKEN = TOKEN
    scanned(ago=timedelta(minutes=1))
    for _ in range(2):
        assert job_run(job_find("scan", "depot")).code == 1
    with acting_as_system("test"):
        first = Scan.objects.filter(outcome="FAILED").order_by("number").first()
        assert list(Alert.objects.values_list("check_code", "entity_id")) == [
            ("SCAN_FAILED", "depot")
        ]
    assert Client().get("/health/ready").status_code == 200
    said = Client().get("/health", headers=WATCHER).json()["sources"]["depot"]
    assert (said["state"], said["since"]) == ("failed", first and first.started_at.isoformat())
    assert said["age_s"] >= 60
    person = Client()
    person.force_login(make_user("direction", {"depot": Role.DIRECTEUR}))
    took = []
    for _ in range(5):
        began = time.perf_counter()
        assert person.get("/governance").status_code == 200
        took.append(time.perf_counter() - began)
    assert min(took) < 0.3


@pytest.mark.django_db
def test_details_are_for_watchers_and_whoever_is_signed_in(depot_db, settings):
    settings.MONITORING_TOKEN = TOKEN
    scanned(ago=timedelta(seconds=5))
    for headers in ({}, {"authorization": f"Bearer {TOKEN}x"}):
        body = Client().get("/health", headers=headers).json()
        told = (body["sources"], body["worker"], body["ledger"], body["files"])
        assert told == ("ok", "none", "unknown", "unknown")
    body = Client().get("/health", headers=WATCHER).json()
    assert body["sources"]["depot"]["state"] == "ok"
    assert body["worker"] == {"alive": 0, "last_sign_age_s": None}
    assert body["ledger"] == {"state": "unknown", "verified_at": None, "age_s": None}
    assert body["files"]["state"] == "unknown"


@pytest.fixture
def monitor(settings: Any) -> Iterator[list[str]]:
    """An outside monitor on the loopback address: the paths that it was asked for."""
    asked: list[str] = []

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *args: Any) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        settings.HEARTBEAT_URL = f"http://127.0.0.1:{server.server_port}/ping/hunter2"
        yield asked
        server.shutdown()


def test_an_outside_monitor_is_told_while_scans_complete_and_not_otherwise(
    fresh_console, depot_db, monitor, settings, caplog
):
    scanned(ago=timedelta(seconds=5))
    call_command("heartbeat")
    assert monitor == ["/ping/hunter2"]
    settings.HEARTBEAT_URL = "http://127.0.0.1:1/ping/hunter2"
    call_command("heartbeat")  # a monitor that is away is no failure of ours
    assert "HEARTBEAT_URL was not told" in caplog.text
    assert "hunter2" not in caplog.text
    settings.SCAN_INTERVAL_S = 1
    with pytest.raises(SystemExit):
        call_command("heartbeat")
    assert len(monitor) == 1

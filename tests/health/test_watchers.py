"""What the on-call engineer reads in two minutes: up or not, why, since when; and who else is told."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from tests.schedule.make import scanned

TOKEN = "kJ8xq2Lw9Zt4Rb7Vn1Mc6Hd3Fs5Gp0Ya"
WATCHER = {"authorization": f"Bearer {TOKEN}"}


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

"""An error reaches the Sentry that SENTRY_DSN names, with its type and place, and without a word of it."""

import gzip
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from governance.env import BASE_DIR
from tests.foundation.process import environment

FAILS = """
import os, django
os.environ["DJANGO_SETTINGS_MODULE"] = "governance.settings"
django.setup()
from django.test import Client
from django.urls import path
import sentry_sdk
from governance.operations import views

def broken_view(request, name, planted="va-Zx9Qk7hunter2"):
    raise ValueError("Madame Kabila, +243 99, wo-Zx9Qk7hunter2")

import governance.urls, governance.operations.probes
governance.urls.urlpatterns.insert(0, path("broken/<str:name>", broken_view))
import logging
from django.core.handlers.wsgi import WSGIHandler
from django.test.utils import override_settings
with override_settings(MIDDLEWARE=["governance.operations.requests.requests_seen"]):
    client = Client(raise_request_exception=False, headers={"cookie": "sessionid=co-Zx9Qk7hunter2"})
    answer = client.post("/broken/pa-Zx9Qk7hunter2?q=qu-Zx9Qk7hunter2", {"note": "no-Zx9Qk7hunter2"})
    assert answer.status_code == 500
logging.getLogger("governance").error("lo-Zx9Qk7hunter2")
sentry_sdk.flush(10)
"""


@pytest.fixture
def receiver() -> Iterator[tuple[str, list[bytes]]]:
    """An address, and the bodies that arrived there."""
    bodies: list[bytes] = []

    class Takes(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            packed = self.headers.get("Content-Encoding") == "gzip"
            bodies.append(gzip.decompress(body) if packed else body)
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *_args: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Takes) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://ke0Zx9Qk7@127.0.0.1:{server.server_port}/4", bodies
        server.shutdown()


def test_an_envelope_has_the_place_and_no_word(receiver):
    address, bodies = receiver
    done = subprocess.run(
        [sys.executable, "-c", FAILS],
        cwd=BASE_DIR,
        env=environment(
            DATABASE_URL=os.environ["DATABASE_URL"],
            SENTRY_DSN=address,
            VAR_DIR=os.environ["VAR_DIR"],
            SECRET_KEY="sk-Zx9Qk7hunter2-of-the-settings",
            APP_RELEASE="v9",
        ),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    sent = b"\n".join(bodies).decode()
    assert sent, done.stderr[-2000:]
    for word in ("Zx9Qk7hunter2", "Kabila", "+243", "127.0.0.1", "sessionid"):
        assert word not in sent, word
    (event,) = [
        json.loads(line)
        for line in sent.splitlines()
        if line.startswith("{") and '"exception"' in line
    ]
    assert (event["environment"], event["release"]) == ("local", "v9")
    (error,) = event["exception"]["values"]
    assert error["type"] == "ValueError"
    assert error["stacktrace"]["frames"][-1]["function"] == "broken_view"
    assert event["tags"]["request_id"]

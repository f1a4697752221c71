"""A request has a name that leads from the answer to the log and the database; no line holds a secret."""

import http.client
import json
import logging
import re
import shutil
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client

from governance.core.identity.acting import acting_as_system
from governance.core.jobs.runs import job_run
from governance.core.jobs.timetable import job_find
from governance.core.logs import OfRequest, TextFormatter
from governance.env import env
from tests.bench.serving import CONSOLE, serving
from tests.conftest import make_user
from tests.web.conftest import addresses

NAME = "0123456789abcdef"
# Each may be guessed nowhere else in a line.
PLANTED = {
    "SECRET_KEY": "sk-Zx9Qk7hunter2-of-the-settings",
    "MONITORING_TOKEN": "mt-Zx9Qk7hunter2-of-the-watcher",
    "EMAIL_URL": "smtp://desk:em-Zx9Qk7hunter2@127.0.0.1:1",
}
COOKIE, BEARER, TYPED, LINK, SOUGHT = (
    "ckZx9Qk7hunter2abcdefghijklmnop",
    "be-Zx9Qk7hunter2",
    "ty-Zx9Qk7hunter2",
    "li-Zx9Qk7hunter2",
    "so-Zx9Qk7hunter2",
)


@pytest.mark.django_db
def test_only_a_trusted_proxy_names_a_request(settings):
    said = {"x-request-id": NAME}
    assert Client().get("/health/live", headers=said)["X-Request-ID"] != NAME
    settings.TRUSTED_PROXIES = 1
    assert Client().get("/health/live", headers=said)["X-Request-ID"] == NAME
    for bad in ("short", "with space in it", "x" * 65, "line\nbreak-line"):
        given = Client().get("/health/live", headers={"x-request-id": bad})["X-Request-ID"]
        assert re.fullmatch("[0-9a-f]{16}", given)


@pytest.mark.django_db
def test_a_line_says_who_asked_what_and_how_long_it_took(caplog):
    caplog.set_level(logging.INFO, "governance.operations.requests")
    user = make_user("direction")
    client = Client()
    client.force_login(user)
    answer = client.get("/governance/aide?q=secret", REMOTE_ADDR="10.9.8.7")
    (line,) = [one for one in caplog.records if one.name == "governance.operations.requests"]
    assert line.getMessage() == "GET /governance/aide 200"
    assert vars(line)["client"] == "10.9.8.7"
    assert vars(line)["person"] == str(user.pk)
    assert 0 <= vars(line)["ms"] < 10_000
    assert answer["X-Request-ID"]
    client.get("/health/live")
    assert len(caplog.records) == 1  # a probe that is well has no line


def test_the_database_and_a_job_carry_the_name(fresh_console, caplog, settings):
    caplog.set_level(logging.INFO)
    settings.TRUSTED_PROXIES = 1
    seen: list[str] = []

    def connected() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('application_name')")
            seen.append(cursor.fetchone()[0])

    from governance.core.capability import registry

    registry().health["seen"] = lambda _reader: connected()
    try:
        Client().get("/health", headers={"x-request-id": NAME})
    finally:
        del registry().health["seen"]
    assert seen == [f"governance {NAME}"]
    with acting_as_system("test"):
        connected()
    assert seen[1] != seen[0]  # gone with the transaction
    caplog.clear()
    caplog.handler.addFilter(OfRequest())
    assert job_run(job_find("tidy")).went_well
    assert job_run(job_find("tidy")).went_well
    first, second = [vars(one)["request_id"] for one in caplog.records]
    assert re.fullmatch("[0-9a-f]{16}", first)
    assert first != second


def test_no_secret_is_in_any_line(fresh_console, pg, tmp_path, settings):
    log = tmp_path / "log"
    shutil.copytree(settings.STATIC_ROOT, tmp_path / "static")
    environment = addresses(pg, fresh_console, **PLANTED, LOG_LEVEL="DEBUG", VAR_DIR=str(tmp_path))
    with serving(CONSOLE, environment=environment, log=log) as served:

        def ask(method: str, path: str, body: str = "") -> int:
            headers = {
                "Cookie": f"sessionid={COOKIE}; csrftoken={'c' * 32}",
                "Authorization": f"Bearer {BEARER}",
                "Content-Type": "application/x-www-form-urlencoded",
            }
            with closing(http.client.HTTPConnection("127.0.0.1", served.port, timeout=20)) as one:
                one.request(method, path, body, headers)
                return one.getresponse().status

        form = urlencode({"csrfmiddlewaretoken": "c" * 32, "login": "direction", "password": TYPED})
        assert ask("POST", "/accounts/login/", form) == 200
        assert ask("GET", f"/accounts/password/reset/key/1-{LINK}/") == 200
        assert ask("GET", f"/nowhere?q={SOUGHT}") == 404
        assert ask("GET", f"/metrics?{SOUGHT}") == 200
        with pg.superuser(fresh_console) as hand:
            hand.execute("REVOKE EXECUTE ON FUNCTION session_read(text) FROM console_app")
        assert ask("GET", f"/governance?q={SOUGHT}") == 500
    lines = _lines(log)
    of_requests = [one for one in lines if one["logger"] == "governance.operations.requests"]
    assert [one["status"] for one in of_requests] == [200, 200, 404, 500]
    assert {one["request_id"] for one in lines if one["logger"] == "django.request"} == {
        of_requests[-1]["request_id"]
    }
    text = log.read_text()
    secrets = [*PLANTED.values(), "em-Zx9Qk7hunter2", COOKIE, BEARER, TYPED, LINK, SOUGHT]
    assert [secret for secret in secrets if secret in text] == []
    assert "/accounts/password/reset/key/…" in text


def _lines(log: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.read_text().splitlines()]


def test_a_line_for_reading(monkeypatch):
    monkeypatch.setattr(env, "names_read", {"SECRET_KEY"})
    monkeypatch.setenv("SECRET_KEY", "sk-Zx9Qk7hunter2")
    record = logging.LogRecord("governance.x", logging.INFO, "", 0, "read %s", ("depot",), None)
    record.seconds, record.words = 1.5, "sk-Zx9Qk7hunter2"
    line = TextFormatter("{levelname} {name}: {message}", style="{").format(record)
    assert line == "INFO governance.x: read depot seconds=1.5 words=…"

"""A console database that stops answering, or that is gone: pages say so in time, and it ends with it."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import psycopg
import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from governance.core.database import base
from governance.core.database.deadline import DeadlineConnection
from governance.core.identity.roles import Role
from tests.bench.serving import CONSOLE, Served, serving
from tests.conftest import Postgres, make_user
from tests.foundation.process import eventually
from tests.web.conftest import addresses
from tests.web.frozen import Proxy, proxied


@pytest.fixture
def proxy(pg: Postgres) -> Iterator[Proxy]:
    parts = urlsplit(pg.dsn("console"))
    host, port = parts.netloc.partition("@")[2].rsplit(":", 1)
    with proxied(Path(unquote(host)) / f".s.PGSQL.{port}") as proxy:
        yield proxy


def through(proxy: Proxy, name: str) -> str:
    return (
        f"postgresql://console_app@127.0.0.1:{proxy.port}/{name}?connect_timeout=2&sslmode=disable"
    )


@pytest.fixture
def behind(proxy: Proxy, fresh_console: str, pg: Postgres, tmp_path: Path) -> Iterator[Any]:
    """A served console whose database is behind the proxy, its log, and a director's cookies."""
    client = Client()
    client.force_login(make_user("directeur", {"depot": Role.DIRECTEUR}))
    connection.close()
    environment = addresses(pg, fresh_console) | {
        "DATABASE_URL": through(proxy, fresh_console),
        "DATABASE_ANSWER_LIMIT_S": "1",
    }
    log = tmp_path / "log"
    cookie = f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
    with serving(CONSOLE, environment=environment, log=log) as served:
        yield served, cookie, log


def page(served: Served, cookie: str) -> tuple[int, str, float]:
    began = time.monotonic()
    client = http.client.HTTPConnection("127.0.0.1", served.port, timeout=15)
    client.request("GET", "/governance/aide", headers={"Cookie": cookie})
    answer = client.getresponse()
    text = answer.read().decode()
    client.close()
    return answer.status, text, time.monotonic() - began


def test_every_wait_of_a_connection_ends(proxy, fresh_console):
    with DeadlineConnection.connect(through(proxy, fresh_console)) as warm:
        warm.answer_limit = 0.3
        assert warm.execute("SELECT 1").fetchone() == (1,)
        proxy.thawed.clear()
        began = time.monotonic()
        with pytest.raises(psycopg.OperationalError, match=r"did not answer within 0.3 s"):
            warm.execute("SELECT 2")
        assert time.monotonic() - began < 1
        assert warm.closed
        proxy.thawed.set()


def test_a_frozen_database_is_a_page_in_time_and_comes_back_and_one_that_is_down_one_line(
    behind, proxy
):
    served, cookie, log = behind
    with ThreadPoolExecutor(16) as crowd:
        warm = list(crowd.map(lambda _: page(served, cookie)[0], range(16)))
        assert warm == [200] * 16
        proxy.thawed.clear()
        asked = list(crowd.map(lambda _: page(served, cookie), range(8)))
        assert [status for status, _, _ in asked] == [503] * 8
        assert "n’est pas disponible" in asked[0][1]
        # A ping of the kept connection, a new connection: each has its seconds.
        assert max(seconds for _, _, seconds in asked) < 8
        proxy.thawed.set()
        assert eventually(lambda: page(served, cookie)[0] == 200, within=base.RETRY_AFTER + 4)
    # Each thread that met the silence has said so by now.
    assert eventually(lambda: [page(served, cookie)[0] for _ in range(8)] == [200] * 8, within=10)
    proxy.close()
    before = log.stat().st_size
    assert page(served, cookie)[0] == 503
    lines = log.read_bytes()[before:].decode().splitlines()
    line, access = map(json.loads, lines)
    assert line["message"].startswith("the console's database cannot serve: ")
    assert line["path"] == "/governance/aide"
    assert line["reference"]
    assert (access["status"], access["request_id"]) == (503, line["request_id"])


def test_one_thread_waits_for_a_silent_server_and_the_others_are_told(
    proxy, fresh_console, monkeypatch
):
    wrapper = base.DatabaseWrapper(connection.settings_dict | {"OPTIONS": {}}, "silent")
    monkeypatch.setattr(base.DatabaseWrapper, "_doors", {})
    monkeypatch.setattr(base, "SLOW", 0.1)
    proxy.thawed.clear()

    def seconds(_number: int) -> float:
        began = time.monotonic()
        with pytest.raises(psycopg.OperationalError):
            wrapper.get_new_connection({"conninfo": through(proxy, fresh_console)})
        return time.monotonic() - began

    with ThreadPoolExecutor(6) as crowd:
        waited = sorted(crowd.map(seconds, range(6)))
    assert waited[-2] < 1 < waited[-1]
    assert seconds(7) < 0.1
    proxy.thawed.set()
    monkeypatch.setattr(base.DatabaseWrapper, "_doors", {})
    wrapper.get_new_connection({"conninfo": through(proxy, fresh_console)}).close()


def test_a_long_queue_of_quick_connections_is_no_silence(pg, fresh_console, monkeypatch):
    """Twenty threads connect in turn, each in less than SLOW, and the last waits longer than SLOW."""
    wrapper = base.DatabaseWrapper(connection.settings_dict | {"OPTIONS": {}}, "queue")
    monkeypatch.setattr(base.DatabaseWrapper, "_doors", {})
    monkeypatch.setattr(base, "SLOW", 0.5)
    connect = DeadlineConnection.connect

    def connect_slowly(**parameters: Any) -> DeadlineConnection:
        time.sleep(0.05)
        return connect(**parameters)

    monkeypatch.setattr(DeadlineConnection, "connect", connect_slowly)
    with ThreadPoolExecutor(20) as crowd:
        made = list(
            crowd.map(
                lambda _: wrapper.get_new_connection({"conninfo": pg.dsn(fresh_console)}), range(20)
            )
        )
    assert len(made) == 20
    for one in made:
        one.close()

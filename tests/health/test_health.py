"""What a probe and a stranger read from the health endpoints, with the database up, down and behind."""

import json
import shutil
from typing import Any

import pytest
from django.db import DatabaseError, connection, connections

from governance.core.capability import registry
from governance.operations import readiness as parts

ENDPOINTS = ["/health", "/health/live", "/health/ready"]

pytestmark = pytest.mark.django_db


@pytest.fixture
def no_database(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    monkeypatch.setitem(connections["default"].settings_dict, "HOST", str(tmp_path))


def _vanished(_reader: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM secret_table")


def _slow(_reader: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(30)")


def _who(_reader: object) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT governance_system()")
        return str(cursor.fetchone()[0])


@pytest.mark.parametrize("path", ENDPOINTS)
def test_a_stranger_gets_an_answer_that_nobody_keeps(client, path):
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/json"
    assert "no-store" in answer["Cache-Control"]
    assert client.head(path).status_code == 200
    for method in ("post", "put", "patch", "delete"):
        assert getattr(client, method)(path).status_code == 405


@pytest.mark.parametrize("path", ["/health/live", "/health/ready"])
def test_a_probe_with_a_cookie_asks_nobody_who_it_is(client, path, settings, monkeypatch):
    reader = "governance.core.identity.sessions._call"
    monkeypatch.setattr(reader, lambda *args: pytest.fail("session was read"))
    client.cookies[settings.SESSION_COOKIE_NAME] = "abcdefghijklmnop"
    assert client.get(path).status_code == 200


def test_ready_names_its_parts(client):
    assert client.get("/health/ready").json() == {
        "ready": True,
        "serving": {"ok": True, "detail": "takes requests"},
        "database": {"ok": True, "detail": "answers and can be written"},
        "migrations": {"ok": True, "detail": "all applied"},
        "settings": {"ok": True, "detail": "in order"},
    }


def test_health_says_who_is_running(client, monkeypatch):
    monkeypatch.setitem(registry().health, "who", _who)
    body = client.get("/health").json()
    assert (body["env"], body["release"], body["ready"]) == ("local", "test", True)
    assert body["who"] == "health"  # the machine's identity, under which row security lets it look


def test_without_a_database_it_is_alive_and_not_ready(client, no_database):
    assert client.get("/health/live").status_code == 200
    for path in ("/health", "/health/ready"):
        answer = client.get(path)
        assert answer.status_code == 503
        body = answer.json()
        assert body["ready"] is False
        assert body["database"] == {"ok": False, "detail": "does not answer"}
        assert body["migrations"]["ok"] is False
        assert body["settings"]["ok"] is False


def test_nothing_of_the_address_leaves(client, no_database):
    config = connections["default"].settings_dict
    text = client.get("/health").content.decode()
    for secret in (config["HOST"], config["USER"], str(config["PORT"]), "psycopg", "socket"):
        assert secret not in text


def test_a_missing_migration_is_counted(client, monkeypatch):
    on_disk = parts._migrations_on_disk() | {("alerts", "9999_tomorrow")}
    monkeypatch.setattr(parts, "_migrations_on_disk", lambda: on_disk)
    answer = client.get("/health/ready")
    assert answer.status_code == 503
    assert answer.json()["migrations"] == {"ok": False, "detail": "1 not applied"}


def test_a_database_that_was_never_migrated_misses_them_all(client, monkeypatch):
    monkeypatch.setitem(connections["default"].settings_dict, "NAME", "postgres")
    body = client.get("/health/ready").json()
    assert body["database"]["ok"] is True
    count = len(parts._migrations_on_disk())
    assert body["migrations"] == {"ok": False, "detail": f"{count} not applied"}


def test_static_files_that_were_not_collected_are_told(client, settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    answer = client.get("/health/ready")
    assert answer.status_code == 503
    assert answer.json()["settings"] == {"ok": False, "detail": "static files are not collected"}


def test_a_role_that_may_too_much_is_not_ready(client, settings, monkeypatch):
    settings.LOCAL = False
    assert client.get("/health/ready").status_code == 200
    monkeypatch.setitem(connections["default"].settings_dict, "USER", "postgres")
    body = client.get("/health/ready").json()
    assert body["settings"] == {
        "ok": False,
        "detail": "the runtime role may do more than it should",
    }


@pytest.mark.parametrize("bad", ["_vanished", "_slow"])
def test_the_trouble_of_one_part_hides_nothing_else(client, monkeypatch, caplog, bad):
    monkeypatch.setitem(registry().health, "bad", globals()[bad])
    monkeypatch.setitem(registry().health, "who", _who)
    answer = client.get("/health")
    assert answer.status_code == 200
    body = answer.json()
    assert (body["bad"], body["who"]) == (None, "health")
    assert "secret_table" not in json.dumps(body)
    assert caplog.records[0].exc_info is not None
    assert issubclass(caplog.records[0].exc_info[0] or object, DatabaseError)


@pytest.mark.parametrize("change", ["edit", "remove"])
def test_static_files_of_another_release_are_told(client, settings, tmp_path, change):
    shutil.copytree(settings.STATIC_ROOT, tmp_path / "static")
    settings.STATIC_ROOT = tmp_path / "static"
    assert client.get("/health/ready").status_code == 200
    manifest = tmp_path / "static" / "staticfiles.json"
    manifest.write_bytes(manifest.read_bytes() + b"\n")  # collected anew
    script = tmp_path / "static" / "js" / "console.js"
    script.write_text("// older") if change == "edit" else script.unlink()
    answer = client.get("/health/ready")
    assert answer.status_code == 503
    assert answer.json()["settings"]["detail"] == "static files are those of another release"

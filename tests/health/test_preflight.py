"""`manage.py preflight` finds each thing that is not in order, and only that."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, connections

from governance.operations import preflight as looks
from governance.operations import readiness
from tests.foundation.process import PRODUCTION, free_port, python

pytestmark = pytest.mark.django_db(databases=["default", "owner"])


def run(*arguments: str) -> tuple[int, dict[str, tuple[str, str]]]:
    """Exit code, and what was said: name -> (state, detail)."""
    out, code = io.StringIO(), 0
    try:
        call_command("preflight", "--json", *arguments, stdout=out)
    except SystemExit as left:
        code = int(left.code or 0)
    body = json.loads(out.getvalue())
    assert body["ok"] is (code == 0)
    return code, {one["name"]: (one["state"], one["detail"]) for one in body["checks"]}


@pytest.fixture
def console(depot_db: str, settings: Any, tmp_path: Path) -> None:
    """All that a console needs, but nobody who works."""
    settings.VAR = tmp_path
    settings.LEDGER_MEMORY_DIR = str(tmp_path / "ledger")
    settings.LEDGER_SIGNING_KEY_FILE = str(tmp_path / "key.pem")
    settings.CHECKPOINT_FOLDER = str(tmp_path)
    call_command("ledger_checkpoint", "--init", stdout=io.StringIO())


def test_all_is_in_order_and_a_worker_is_wanted_once_it_runs(console):
    code, found = run("--before-start")
    assert code == 0
    assert {name for name, (state, _) in found.items() if state == "warn"} == {
        "ledger",  # never verified
        "mail",
        "release",  # no manifest
    }
    code, found = run()
    assert code == 1
    assert found.pop("worker") == (
        "fail",
        "none gives a sign of life; start `manage.py worker`",
    )
    assert "fail" not in {state for state, _ in found.values()}
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now()), (now())")
    assert run()[1]["worker"] == ("ok", "1 at work")


def _source_away(change: Any, _folder: Path) -> None:
    change.SOURCES = {"depot": f"postgresql://r:hunter2hunter2@127.0.0.1:{free_port()}/erp"}


def _mail_away(change: Any, _folder: Path) -> None:
    change.SENDS_MAIL, change.EMAIL_HOST, change.EMAIL_PORT = True, "127.0.0.1", free_port()
    change.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"


def _key_open(_change: Any, folder: Path) -> None:
    (folder / "key.pem").chmod(0o644)


def _memory_lost(change: Any, folder: Path) -> None:
    change.LEDGER_MEMORY_DIR = str(folder / "key.pem")


FAULTS = {
    "source depot": _source_away,
    "mail": _mail_away,
    "signing key": _key_open,
    "ledger memory": _memory_lost,
}


@pytest.mark.parametrize("name", FAULTS)
def test_each_fault_is_found_and_hides_nothing(console, settings, tmp_path, name):
    FAULTS[name](settings, tmp_path)
    code, found = run("--before-start")
    assert code == 1
    assert [one for one, (state, _) in found.items() if state == "fail"] == [name]
    assert "hunter2" not in found[name][1]


def test_a_source_without_its_view(console, settings, fresh_source, pg):
    settings.SOURCES = {"depot": pg.dsn(fresh_source(), "depot_reader")}
    code, found = run("--before-start")
    assert (code, found["source depot"][0]) == (1, "fail")


def test_a_clock_and_a_disk_beyond_what_is_allowed(console, monkeypatch):
    monkeypatch.setattr(looks, "CLOCKS_APART_S", -1.0)
    monkeypatch.setattr("integrity.sources.preflight.CLOCKS_APART_S", -1.0)
    monkeypatch.setattr(looks, "FREE_BYTES", 10**18)
    code, found = run("--before-start")
    failed = {name for name, (state, _) in found.items() if state == "fail"}
    assert (code, failed) == (1, {"server", "source depot", "disk"})


def test_without_a_database_the_rest_is_still_looked_at(console, monkeypatch, tmp_path):
    monkeypatch.setitem(connections["default"].settings_dict, "HOST", str(tmp_path))
    connection.close()
    code, found = run("--before-start")
    assert (code, found["database"]) == (1, ("fail", "does not answer"))
    assert found["source depot"][0] == "ok"
    assert found["disk"][0] == "ok"


def test_a_missing_migration(console, monkeypatch):
    on_disk = readiness._migrations_on_disk() | {("alerts", "9999_tomorrow")}
    monkeypatch.setattr(readiness, "_migrations_on_disk", lambda: on_disk)
    assert run("--before-start")[1]["migrations"] == ("fail", "1 not applied")


def test_settings_that_stop_a_start_are_its_answer_too(tmp_path):
    values = PRODUCTION | {"SECRET_KEY": "kJ8xkJ8x", "ALLOWED_HOSTS": "", "VAR_DIR": str(tmp_path)}
    done = python("manage.py", "preflight", "--json", **values)
    assert done.returncode == 1
    assert json.loads(done.stdout) == {
        "ok": False,
        "checks": [
            {
                "name": "settings",
                "state": "fail",
                "detail": "SECRET_KEY is too weak: 50 random characters are needed.",
            },
            {
                "name": "settings",
                "state": "fail",
                "detail": "ALLOWED_HOSTS must name the hosts that serve the console.",
            },
        ],
    }
    assert "kJ8x" not in done.stdout + done.stderr

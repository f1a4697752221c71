"""Each alert rule fires by its fault, injected into a running console, and nothing else does.

promtool (Debian: apt install prometheus) judges the rules on what /metrics said before and after.
"""

import http.client
import json
import os
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from alerts.intake import snapshot
from governance import release
from governance.core.identity.acting import acting_as_system
from governance.core.jobs.models import JobRun
from governance.core.ledger.waiting import entries_chain
from governance.env import BASE_DIR
from governance.notifications.models import DeliveryState
from tests.alerts.make import finding, take_in
from tests.bench.serving import CONSOLE, Served, serving
from tests.ledger.conftest import run_verify, tampering
from tests.monitoring.read import Samples
from tests.notifications.make import KEY, messages, webhook_channel
from tests.schedule.make import job_ran, scanned
from tests.web.conftest import addresses

FOLDER = BASE_DIR / "docs" / "monitoring"
RULES = (FOLDER / "alerts.yml").read_text(encoding="utf-8")
ALERTS = re.findall(r"^ +- alert: (\w+)$", RULES, re.MULTILINE)
COUNTED = re.compile(r"_(total|bucket|count|sum)\{")
NOW = timedelta(seconds=5)


@pytest.fixture
def promtool() -> str:
    found = shutil.which("promtool")
    if found is None:
        if os.environ.get("REQUIRE_BROWSER") == "1":
            pytest.fail("promtool is not installed (Debian: apt install prometheus)")
        pytest.skip("promtool is not installed; REQUIRE_BROWSER=1 makes this a failure")
    return found


class Watched:
    """A served console: what it says, and the cases for promtool that came of it."""

    def __init__(self, served: Served) -> None:
        self.served = served
        self.cases: list[tuple[set[str], dict[str, Any]]] = []
        self.names: set[str] = set()
        self.last = self.scrape()

    def get(self, path: str) -> tuple[int, str]:
        with closing(http.client.HTTPConnection("127.0.0.1", self.served.port, timeout=20)) as one:
            one.request("GET", path, headers={"Cookie": f"sessionid={'a' * 32}"})
            answer = one.getresponse()
            return answer.status, answer.read().decode()

    def scrape(self) -> Samples:
        status, text = self.get("/metrics")
        assert status == 200
        found = Samples(text)
        self.names |= found.names
        return found

    def expect(self, *alerts: str) -> None:
        """As the console is now, kept so for 50 minutes, these alerts fire and no others."""
        before, self.last = self.last, self.scrape()
        self.case(alerts, _lines(before, self.last))

    def case(self, alerts: tuple[str, ...], lines: list[dict[str, str]]) -> None:
        shown = [{"labels": f'{{alertname="{name}"}}', "value": 1} for name in sorted(alerts)]
        check = {
            "expr": 'sort(group by (alertname) (ALERTS{alertstate="firing"}))',
            "eval_time": "50m",
            "exp_samples": shown,
        }
        test = {"interval": "1m", "input_series": lines, "promql_expr_test": [check]}
        self.cases.append((set(alerts), test))


def _lines(before: Samples, after: Samples) -> list[dict[str, str]]:
    """A figure stays as it is; a counter grows each minute by what happened between the two looks.

    From two machines that serve the same console, as Prometheus would label them.
    """
    lines = []
    for name, value in after.items():
        step = value - before.get(name, 0) if COUNTED.search(name) else 0
        for machine in ("one", "two"):
            labelled = name.replace("{", f'{{instance="{machine}",job="console",').replace(
                ",}", "}"
            )
            lines.append({"series": labelled, "values": f"{value:g}+{step:g}x60"})
    return lines


def test_each_rule_fires_by_its_fault_and_no_other(
    promtool, fresh_console, depot_db, pg, settings, tmp_path, monkeypatch
):
    settings.LEDGER_MEMORY_DIR = str(tmp_path / "memory")
    settings.CHANNEL_KEYS = [KEY]

    def sql(statement: str) -> None:
        with pg.superuser(fresh_console) as hand:
            hand.execute(statement)

    @contextmanager
    def undone(fault: str, undo: str) -> Iterator[None]:
        sql(fault)
        yield
        sql(undo)

    environment = addresses(
        pg,
        fresh_console,
        SCAN_INTERVAL_S="60",
        SOURCE_DEPOT_DATABASE_URL=pg.dsn(depot_db, "depot_reader"),
        VAR_DIR=str(tmp_path),
        RELEASE_MANIFEST=str(tmp_path / "release.json"),
    )
    shutil.copytree(settings.STATIC_ROOT, tmp_path / "static")
    heartbeat = "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() + interval '1 h')"
    with serving(CONSOLE, environment=environment) as served:
        watched = Watched(served)
        watched.expect("LedgerUnverified", "NoWorker", "ScanStale")
        assert run_verify()[0] == 0
        sql(heartbeat)
        scanned(ago=timedelta(minutes=10))
        watched.expect("ScanStale")
        scanned(ago=NOW)
        watched.expect()
        scanned(ago=NOW, outcome="FAILED")
        watched.expect("ScanFailing")
        scanned(ago=NOW, outcome="SUSPECT")
        watched.expect("ScanSuspect")
        scanned(ago=NOW, finished_at=timezone.now() + timedelta(seconds=40))
        watched.expect("ScanSlow")
        scanned(ago=NOW, rows=3, quarantined=2)
        watched.expect("RowsQuarantined")
        scanned(ago=NOW)
        take_in([finding()])
        watched.expect("CriticalUnacknowledged")
        take_in([])
        with monkeypatch.context() as patch:
            patch.setattr(snapshot, "LATER_FROM", 0)
            take_in([finding(f"a-{n}", severity="WARN") for n in range(300)])
        door = "SELECT set_config('governance.ledger_door', 'open', true); "
        with undone(
            door + "UPDATE ledger_batch SET at = at - interval '11 min' WHERE chained < entries",
            door + "UPDATE ledger_batch SET at = at + interval '11 min' WHERE chained < entries",
        ):
            watched.expect("LedgerBehind")
        assert entries_chain() == 0
        take_in([])
        with undone("DELETE FROM procrastinate_workers", heartbeat):
            watched.expect("NoWorker")
        with undone(
            "INSERT INTO procrastinate_jobs (queue_name, task_name) VALUES ('watch', 'late');"
            "UPDATE procrastinate_events SET at = now() - interval '11 min'",
            "DELETE FROM procrastinate_jobs",
        ):
            watched.expect("QueueBlocked")
        late = timezone.now() - timedelta(minutes=11)
        for alert, values in (
            ("MessagesLate", {"due_at": late}),
            ("MessagesGivenUp", {"state": DeliveryState.DEAD, "ended_at": late}),
        ):
            messages(webhook_channel("http://127.0.0.1:9/", name=alert), 1, **values)
            watched.expect(alert)
            sql("DELETE FROM delivery")
        job_ran("ledger", failures=2)
        watched.expect("JobFailing")
        with acting_as_system("schedule"):
            JobRun.objects.update(failures=0)
        with undone(
            "REVOKE SELECT ON job_run FROM console_app", "GRANT SELECT ON job_run TO console_app"
        ):
            watched.expect("ConsoleFiguresUnknown")
        with undone(
            "CREATE TABLE kept AS SELECT * FROM django_migrations WHERE app = 'alerts';"
            "DELETE FROM django_migrations WHERE app = 'alerts'",
            "INSERT INTO django_migrations SELECT * FROM kept; DROP TABLE kept",
        ):
            watched.expect("ConsoleNotReady")
        read = "EXECUTE ON FUNCTION session_read(text)"
        watched.expect()
        with undone(f"REVOKE {read} FROM console_app", f"GRANT {read} TO console_app"):
            assert [watched.get("/governance")[0] for _ in range(5)] == [500] * 5
            watched.expect("RequestsFail")
        watched.expect()
        _slowly(pg, fresh_console, watched)
        watched.expect("PagesSlow")
        watched.expect()
        released = tmp_path / "release.json"
        released.write_text(release.manifest(BASE_DIR, "test"))
        watched.expect()
        released.write_text(released.read_text().replace('"manage.py": "', '"manage.py": "0'))
        watched.expect("ReleaseDiffers")
        released.unlink()
        with tampering(pg, fresh_console) as hand:
            hand.execute("UPDATE ledger_entry SET after = '{}' WHERE seq = 2")
        assert run_verify()[0] == 1
        watched.expect("LedgerBroken")
    watched.case(("ConsoleAway",), [])  # nobody answers, so there is no series at all

    assert set().union(*(alerts for alerts, _ in watched.cases)) == set(ALERTS)
    _judged(promtool, watched.cases, tmp_path)
    _only_what_is_emitted(watched.names)


def _slowly(pg: Any, database: str, watched: Watched) -> None:
    """Four pages wait for a lock that is held for as long as the rule thinks too long."""
    with pg.superuser(database) as hand, hand.transaction():
        hand.execute("LOCK TABLE django_session")
        crowd = [threading.Thread(target=watched.get, args=["/governance"]) for _ in range(4)]
        for one in crowd:
            one.start()
        hand.execute("SELECT pg_sleep(1.2)")
    for one in crowd:
        one.join()


def _judged(promtool: str, cases: list[tuple[set[str], dict[str, Any]]], folder: Path) -> None:
    whole = {
        "rule_files": [str(FOLDER / "alerts.yml")],
        "tests": [test for _, test in cases],
    }
    (folder / "rules.json").write_text(json.dumps(whole))
    done = subprocess.run(
        [promtool, "test", "rules", "rules.json"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def _only_what_is_emitted(names: set[str]) -> None:
    """Of the rules, and of the dashboard."""
    board = (FOLDER / "dashboard.json").read_text(encoding="utf-8")
    for text in (RULES, board):
        asked = set(re.findall(r"\bgovernance_\w+", text))
        assert len(asked) > 10
        assert asked - names == set()


def test_each_rule_has_its_runbook_and_says_whose_turn_it_is():
    pages = (FOLDER / "runbooks.md").read_text(encoding="utf-8")
    assert re.findall(r"^## (\w+)$", pages, re.MULTILINE) == ALERTS
    links = re.findall(r"runbook_url: docs/monitoring/runbooks.md#(\w+)$", RULES, re.MULTILINE)
    assert links == [name.lower() for name in ALERTS]
    assert len(re.findall(r"turn: (?:operations|business)\}", RULES)) == len(ALERTS)

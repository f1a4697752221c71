"""Web, worker, database backend and postmaster are killed at random while people act and scans run.

`CRASH_SECONDS=600` makes it the ten minutes of the acceptance. The slice in the suite kills what is in SLICE,
whose return starts no Python, once each.
"""

import http.client
import json
import os
import random
import threading
import time
from contextlib import closing, suppress
from typing import Any

import psycopg
from django.conf import settings
from django.test import Client

from governance.core.identity.roles import Role
from tests.conftest import make_user
from tests.crashes.books import assert_replays, lost_and_doubled
from tests.crashes.people import DONE, Answers, Person
from tests.crashes.world import KILLS, NGINX, PGBOUNCER, world
from tests.foundation.process import eventually
from tests.schedule.books import nothing_is_half_done
from tests.schedule.process import environment, manage, rows

SECONDS = float(os.environ.get("CRASH_SECONDS", "0"))
SLICE = ("web child", "backend", "postmaster")
BETWEEN = (3.0, 12.0) if SECONDS else (0.5, 1.0)
READY = 90.0  # seconds until all is back after the last kill, on a busy machine
PEOPLE = 4


def test_everything_is_killed_at_random(pg, fresh_console, shop, tmp_path):
    if os.environ.get("REQUIRE_POOLER"):
        assert NGINX, "REQUIRE_POOLER is set, and nginx is not installed"
        assert PGBOUNCER, "REQUIRE_POOLER is set, and pgbouncer is not installed"
    with pg.superuser() as connection:
        # The test run's server trades answered commits for speed; this database does not.
        connection.execute(f"ALTER DATABASE {fresh_console} SET synchronous_commit = on")
    shop.execute("INSERT INTO debts SELECT 'p' || n, n FROM generate_series(1, 30) n")
    address = pg.dsn(shop.info.dbname, "depot_reader")
    assert (
        manage(
            environment(pg, fresh_console, SOURCE_MAGASIN_DATABASE_URL=address), "sync_alerts"
        ).returncode
        == 0
    )
    sessions = [_signed_in(f"directeur{n}") for n in range(PEOPLE)]
    alerts = [
        str(key)
        for (key,) in rows(
            pg, fresh_console, "SELECT id FROM system_alerts WHERE entity_id LIKE 'p%'"
        )
    ]
    shop.close()  # it would not outlive the first kill of the server
    answers, over = Answers(), threading.Event()
    chance = random.Random(int(os.environ.get("SOAK_SEED", "16")))
    killed: list[str] = []
    sources = {"SOURCE_MAGASIN_DATABASE_URL": address}
    with world(pg, fresh_console, sources, tmp_path, scans=SECONDS > 0) as running:
        assert eventually(lambda: _ready(running.port), within=READY)
        people = [
            Person(running.port, cookie, alerts, answers, over, seed=number)
            for number, cookie in enumerate(sessions)
        ]
        for one in people:
            one.start()
        end = time.monotonic() + SECONDS
        assert eventually(lambda: answers.done_at, within=READY)
        while time.monotonic() < end if SECONDS else len(killed) < len(SLICE):
            time.sleep(chance.uniform(*BETWEEN))
            killed.append(chance.choice(KILLS) if SECONDS else SLICE[len(killed)])
            running.kill(killed[-1], chance)
            _business_goes_on(pg, _name(address), chance)
        stopped_killing = time.monotonic()
        scans = (
            "SELECT count(*) FROM integrity_scan WHERE source = 'magasin' AND outcome = 'COMPLETE'"
        )
        assert eventually(lambda: _ready(running.port), within=READY)
        if running.worker:
            before = rows(pg, fresh_console, scans)[0][0]
            assert eventually(lambda: rows(pg, fresh_console, scans)[0][0] > before, within=READY)
        back = time.monotonic() - stopped_killing
        done = len(answers.done_at)
        acted = eventually(lambda: len(answers.done_at) > done, within=READY)
        # None is held for ever by a worker that is gone; for an instant nobody does anything.
        assert eventually(lambda: _doing(pg, fresh_console) == 0, within=READY)
        over.set()
        for one in people:
            one.join()
            assert one.failure is None, repr(one.failure)
        print(_report(killed, answers, back, running))
        # What an outage had raised by itself goes by itself.
        assert eventually(lambda: _own(pg, fresh_console) == [], within=READY), _own(
            pg, fresh_console
        )
    assert acted
    assert list(answers.acts.values()).count(DONE) > len(SLICE)
    assert answers.blank == [], _tracebacks((tmp_path / "web.log").read_text())
    with pg.superuser(fresh_console) as connection:
        assert lost_and_doubled(connection, answers) == {
            "lost": [],
            "doubled": [],
            "refused and done": [],
        }
        assert_replays(connection)
    with psycopg.connect(pg.dsn(_name(address), "depot_owner"), autocommit=True) as again:
        nothing_is_half_done(pg, fresh_console, again, statuses=("OPEN", "ACK"), database_too=True)


def _signed_in(name: str) -> str:
    client = Client()
    client.force_login(make_user(name, {"magasin": Role.DIRECTEUR}))
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def _name(address: str) -> str:
    return str(psycopg.conninfo.conninfo_to_dict(address)["dbname"])


def _ready(port: int) -> bool:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as client:
        try:
            client.request("GET", "/health/ready")
            answer = client.getresponse()
            return answer.status == 200 and bool(json.loads(answer.read())["ready"])
        except (OSError, ValueError, http.client.HTTPException):
            return False


def _business_goes_on(pg: Any, shop: str, chance: random.Random) -> None:
    """Debts come and go, those of the people's alerts excepted; not while the server is away."""
    with (
        suppress(psycopg.Error),
        psycopg.connect(pg.dsn(shop, "depot_owner"), autocommit=True) as owner,
    ):
        owner.execute("SELECT setseed(%s)", [chance.random()])
        owner.execute("DELETE FROM debts WHERE id LIKE 'c%%' AND random() < 0.1")
        owner.execute(
            "INSERT INTO debts SELECT 'c' || n, n FROM generate_series(1, 100) n WHERE random() < 0.2"
            " ON CONFLICT (id) DO UPDATE SET amount = excluded.amount + 1"
        )


def _doing(pg: Any, console: str) -> int:
    return int(
        rows(pg, console, "SELECT count(*) FROM procrastinate_jobs WHERE status = 'doing'")[0][0]
    )


def _own(pg: Any, console: str) -> list[tuple[Any, ...]]:
    try:
        return rows(
            pg,
            console,
            "SELECT check_code, entity_id, message FROM system_alerts"
            " WHERE source = 'console' AND status <> 'RESOLVED'",
        )
    except psycopg.Error as error:
        return [(repr(error),)]


def _tracebacks(log: str) -> str:
    """What the web server said of error pages that are no outage's."""
    return "\n".join(line for line in log.splitlines() if '"exc_info"' in line)[-8000:]


def _report(killed: list[str], answers: Answers, back: float, running: Any) -> str:
    kinds = ", ".join(f"{killed.count(kind)} {kind}" for kind in KILLS)
    hows = ", ".join(
        f"{list(answers.acts.values()).count(how)} {how}" for how in ("done", "refused", "unknown")
    )
    seen = ", ".join(f"{kind}: {count}" for kind, count in sorted(answers.seen.items()))
    return (
        f"{len(killed)} kills ({kinds}); web started {running.web.starts} times, worker"
        f" {running.worker.starts if running.worker else 0}; acts {hows}; answers {seen};"
        f" blank {len(answers.blank)};"
        f" longest wait {answers.slowest:.1f} s, longest pause between acts"
        f" {answers.longest_silence():.1f} s; all back {back:.1f} s after the last kill"
    )

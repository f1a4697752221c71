"""`python -m tests.ha`: kills the primary twice in a storm of acknowledgements, and says what was lost.

Exit 0: nothing was lost or done twice and writes were back in time; 1: not so; 2: a package is missing.
"""

import json
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Mapping
from pathlib import Path

import psycopg

from governance.env import BASE_DIR
from tests.crashes.books import assert_replays, lost_and_doubled
from tests.crashes.people import DONE, REFUSED, UNKNOWN, Answers, Person
from tests.ha.cluster import (
    BALANCER,
    DOOR,
    POOLER,
    PRIMARY,
    SERVED,
    WEB,
    Cluster,
)
from tests.ha.nodes import listens, missing, wait

CALM_S = 15.0  # of the storm, before a kill and after writes are back
BACK_WITHIN_S = 30.0
PAGES = 20
ROLES = """
CREATE ROLE console_owner LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE;
CREATE ROLE console_app LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE;
CREATE ROLE depot_owner LOGIN; CREATE ROLE depot_reader LOGIN;
"""


def main() -> int:
    if lacks := missing():
        print(f"make ha-test needs: {', '.join(lacks)}", file=sys.stderr)
        return 2
    folder = Path(tempfile.mkdtemp(prefix="governance-ha-"))
    folder.chmod(0o755)
    cluster = Cluster(folder)
    is_well = False
    try:
        is_well = _trial(cluster)
    except BaseException:
        _tails(folder)
        raise
    finally:
        cluster.stop()
        if is_well or not os.environ.get("HA_KEEP"):
            shutil.rmtree(folder, ignore_errors=True)
    return 0 if is_well else 1


def _trial(cluster: Cluster) -> bool:
    began = time.monotonic()
    cluster.start_database()
    first = cluster.primary()
    with cluster.superuser(cluster.host(first)) as connection:
        connection.execute(ROLES)
        for name, own in (("console", "console_owner"), ("shop", "depot_owner")):
            connection.execute(f"CREATE DATABASE {name} OWNER {own} TEMPLATE template0")
            connection.execute(f"GRANT CONNECT, TEMPORARY ON DATABASE {name} TO PUBLIC")
    cluster.start_ways()
    common = _environment(cluster)
    owner = common | {
        "DATABASE_OWNER_URL": f"postgresql://console_owner@{BALANCER}:{PRIMARY}/console",
        "SHOP_OWNER_URL": f"postgresql://depot_owner@{BALANCER}:{PRIMARY}/shop",
    }
    _manage(owner, "migrate", "--verbosity", "0")
    seeded = json.loads(_run(owner, sys.executable, "-m", "tests.ha.seed"))
    assert not seeded["error"], seeded["error"]
    for n, host in enumerate(WEB, 1):
        environment = common | {
            "DATABASE_URL": f"postgresql://console_app@{host}:{POOLER}/console",
            "READ_DATABASE_URL": f"postgresql://console_app@{host}:{POOLER}/console_standby",
            "VAR_DIR": str(cluster.folder / f"web{n}"),
        }
        _manage(environment, "collectstatic", "--noinput", "--verbosity", "0")
        serve = [sys.executable, "-m", "gunicorn", "--config", "python:governance.serving"]
        serve += ["--bind", f"{host}:{SERVED}", "governance.wsgi"]
        cluster._add(f"web{n}", serve, environment=environment, folder=BASE_DIR)
        cluster._add(
            f"worker{n}",
            [sys.executable, "manage.py", "worker"],
            environment=environment,
            folder=BASE_DIR,
        )
    wait(lambda: all(listens(host, SERVED) for host in WEB), "two web servers")
    wait(lambda: _live() == 200, "the balancer's door")
    print(f"up after {time.monotonic() - began:.0f} s; {first} is the primary")

    answers, over = Answers(), threading.Event()
    people = [
        Person(
            DOOR,
            cookie,
            seeded["alerts"],
            answers,
            over,
            seed=n,
            reads=n < 2,
            pause=0.0,
            host=BALANCER,
        )
        for n, cookie in enumerate(seeded["sessions"])
    ]
    for one in people:
        one.start()
    pauses = [_lose_the_primary(cluster, answers) for _ in range(2)]
    time.sleep(CALM_S)
    over.set()
    for one in people:
        one.join()
        if one.failure:
            raise one.failure
    return _judge(cluster, answers, pauses, common, seeded["sessions"][0])


def _lose_the_primary(cluster: Cluster, answers: Answers) -> float:
    """Kill the primary's node in the storm; seconds without an answered act. Its node then comes back."""
    time.sleep(CALM_S)
    name = cluster.primary()
    killed_at = time.monotonic()
    cluster.nodes[name].kill()
    # What was under way may still be answered; from then on only what the new primary has taken.
    successor = wait(
        lambda: cluster.primary() if cluster.primary() not in ("", name) else "", "a new primary"
    )
    promoted = time.monotonic() - killed_at
    known = time.monotonic()
    wait(lambda: answers.done_at[-1] > known, "an act that is answered", within=120)
    before = max(at for at in answers.done_at if at < known)
    pause = next(at for at in answers.done_at if at > known) - max(before, killed_at)
    print(
        f"{name} killed; {successor} is the primary after {promoted:.1f} s; writes paused {pause:.1f} s"
    )
    cluster.nodes[name].start()  # its machine is back
    began = time.monotonic()
    wait(lambda: cluster.followers() == 2, f"{name} as a standby", within=180)
    print(f"{name} follows as a standby {time.monotonic() - began:.1f} s after its restart")
    return pause


def _judge(
    cluster: Cluster, answers: Answers, pauses: list[float], common: dict[str, str], cookie: str
) -> bool:
    primary = cluster.primary()
    hows = list(answers.acts.values())
    with cluster.superuser(cluster.host(primary), "console") as connection:
        faults = lost_and_doubled(connection, answers)
        assert_replays(connection)
        scans = connection.execute(
            "SELECT count(*) FILTER (WHERE outcome = 'COMPLETE'), count(*) FROM integrity_scan"
            " WHERE source = 'magasin'"
        ).fetchone() or (0, 0)
    verified = _manage(
        common | {"DATABASE_URL": f"postgresql://console_app@{BALANCER}:{PRIMARY}/console"},
        "ledger_verify",
    )
    before = _read_from_standbys(cluster)
    _asks_for_the_history(cookie, PAGES)
    read = _read_from_standbys(cluster) - before
    seen = ", ".join(f"{kind}: {count}" for kind, count in sorted(answers.seen.items()))
    print(
        f"acknowledgements and their withdrawals: {hows.count(DONE)} answered, {hows.count(REFUSED)}"
        f" refused (somebody was faster), {hows.count(UNKNOWN)} without an answer"
    )
    for what, words in faults.items():
        print(f"{what}: {len(words)}")
    print(f"answers: {seen}; blank: {len(answers.blank)}; longest wait {answers.slowest:.1f} s")
    print(f"scans: {scans[0]} complete of {scans[1]}; {verified.strip()}")
    print(f"{PAGES} pages of the history afterwards: {read} transactions on the standbys")
    for one in answers.blank[:5]:
        print(f"blank: {one}")
    return (
        not any(faults.values())
        and not answers.blank
        and max(pauses) <= BACK_WITHIN_S
        and read >= PAGES
        and hows.count(DONE) > 100
    )


def _asks_for_the_history(cookie: str, times: int) -> None:
    """One reader, in the calm after the storm."""
    for _ in range(times):
        asked = urllib.request.Request(
            f"http://{BALANCER}:{DOOR}/governance/history",
            headers={"Cookie": f"sessionid={cookie}"},
        )
        with urllib.request.urlopen(asked, timeout=30) as answer:
            assert b"</html>" in answer.read()
    time.sleep(2)  # a server counts a moment later


def _read_from_standbys(cluster: Cluster) -> int:
    """What the standbys' servers counted of transactions on the console's database."""
    counted = 0
    for host in cluster.standbys():
        with cluster.superuser(host) as connection:
            row = connection.execute(
                "SELECT xact_commit + xact_rollback FROM pg_stat_database WHERE datname = 'console'"
            ).fetchone()
            counted += int(row[0]) if row else 0
    return counted


def _live() -> int:
    with urllib.request.urlopen(f"http://{BALANCER}:{DOOR}/health/live", timeout=5) as answer:
        return int(answer.status)


def _environment(cluster: Cluster) -> dict[str, str]:
    """A console's settings, without anything of the environment of whoever runs the trial."""
    return {
        "PATH": os.environ["PATH"],
        "LANG": "C.UTF-8",
        "APP_ENV": "local",
        "APP_RELEASE": "ha-test",
        "SECRET_KEY": secrets.token_urlsafe(64),
        "ALLOWED_HOSTS": f"{BALANCER},127.0.0.1",
        "TRUSTED_PROXIES": "1",
        "LOG_FORMAT": "json",
        "SCAN_INTERVAL_S": "5",
        "DATABASE_CONN_MAX_AGE": "0",
        "DATABASE_URL": f"postgresql://console_app@{BALANCER}:{PRIMARY}/console",
        "SOURCE_MAGASIN_DATABASE_URL": f"postgresql://depot_reader@{BALANCER}:{PRIMARY}/shop",
        "VAR_DIR": str(cluster.folder / "var"),
        **{f"LIMIT_{name}_PER_MINUTE": "0" for name in ("ADDRESS", "SOURCE", "WRITES")},
    }


def _run(environment: Mapping[str, str], *command: str) -> str:
    done = subprocess.run(
        command,
        cwd=BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}: {done.returncode}\n{done.stderr[-2000:]}")
    return done.stdout


def _manage(environment: Mapping[str, str], *arguments: str) -> str:
    return _run(environment, sys.executable, "manage.py", *arguments)


def _tails(folder: Path) -> None:
    """The last lines of every node, for whoever looks why it went wrong."""
    for log in sorted(folder.glob("*.log")):
        lines = log.read_text(errors="replace").splitlines()[-8:]
        print("\n".join([f"--- {log.stem}", *(line[:300] for line in lines)]), file=sys.stderr)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (RuntimeError, AssertionError, psycopg.Error) as error:
        print(f"failed: {error}", file=sys.stderr)
        sys.exit(1)

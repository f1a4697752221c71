"""A working tree with a console and a depot of its own, driven from outside so that any revision will do.

HTTP, SQL and `manage.py` commands only: where its modules stand is the tree's own business.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlencode

import psutil
import psycopg

from tests.bench.client import AS_A_BROWSER, Request, Task, Times, run
from tests.bench.load import Browser
from tests.bench.serving import CONSOLE, serving
from tests.postgres import SERVER

ROOT = Path(__file__).resolve().parents[2]
PERSON = "directrice"
# Commands and statements in the tree's own Django, in one process: its start is no part of what they take.
DRIVER = """
import io, json, os, sys, time
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "governance.settings")
import django
django.setup()
from django.core.management import call_command
from django.db import close_old_connections
for line in sys.stdin:
    said, status = io.StringIO(), 0
    close_old_connections()
    begin = time.perf_counter()
    try:
        call_command(*json.loads(line), stdout=said, stderr=said)
    except SystemExit as end:
        status = end.code
    print(json.dumps([status, time.perf_counter() - begin, said.getvalue()]), flush=True)
"""
# Somebody who may act on the depot. Accounts are made as the machine makes them at installation.
ACCOUNT = """
import sys
import django
django.setup()
from django.contrib.auth import get_user_model
from django.db import connection, transaction
name, role = sys.argv[1:]
with transaction.atomic(), connection.cursor() as cursor:
    cursor.execute("SELECT set_config('governance.system', 'install', true)")
    person = get_user_model().objects.create_user(username=name, password=name)
    cursor.execute("INSERT INTO source_role (user_id, source, role) VALUES (%s, 'depot', %s)",
                   [person.pk, role])
"""
# Trucks that wait too long: each is a finding of CDR_ARRIVE_STALE for as long as it stands.
TRUCKS = """
INSERT INTO cours_de_route (id, produit_id, plaque_camion, transporteur, volume, statut, created_at)
SELECT md5(%(what)s || n)::uuid, (SELECT id FROM produits ORDER BY code LIMIT 1), 'BENCH ' || n,
       'Transporteur ' || n %% 7, 30000, 'ARRIVE', now() - interval '5 days' - n * interval '1 second'
FROM generate_series(1, %(count)s) AS n
"""
NO_TRUCKS = (
    "DELETE FROM cours_de_route WHERE id = ANY (SELECT md5(%(what)s || n)::uuid"
    " FROM generate_series(1, %(count)s) AS n)"
)
TAKE = (
    "SELECT id::text, version FROM system_alerts"
    " WHERE status = 'OPEN' AND source = 'depot' AND severity <> 'INFO' ORDER BY entity_id, id LIMIT %s"
)


class Tree:
    """`folder` is the tree, `name` what it is called in the table. Use as a context manager."""

    browser: Browser

    def __init__(self, name: str, folder: Path, python: str, scratch: Path) -> None:
        self.name, self.folder, self.python = name, folder, python
        self._log = scratch / f"{name.replace(' ', '-')}.log"
        self._open = ExitStack()
        self._databases: dict[str, str] = {}
        letter = sha256(name.encode()).hexdigest()[:6]
        for kind in ("console", "depot"):
            self._databases[kind] = f"{kind}_{letter}"
            with psycopg.connect(SERVER.superuser_url(), autocommit=True) as root:
                SERVER.create_database(root, f"{kind}_{letter}", like=kind)
        self._environment = {
            "DJANGO_SETTINGS_MODULE": "governance.settings",
            "DATABASE_URL": self._url("console", "console_app"),
            "DATABASE_OWNER_URL": self._url("console", "console_owner"),
            "SOURCE_DEPOT_DATABASE_URL": self._url("depot", "depot_reader"),
            "SCAN_INTERVAL_S": "86400",
            "APP_RELEASE": "bench",
            "VAR_DIR": str(scratch / f"var-{letter}"),
        }

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def _url(self, kind: str, role: str) -> str:
        address = SERVER.superuser_url(self._databases[kind])
        return address.replace("://postgres@", f"://{role}@")

    def sql(self, kind: str, statement: str, values: Any = None) -> list[Any]:
        """Run it past row security; the depot's statements as its owner."""
        role = "postgres" if kind == "console" else "depot_owner"
        with psycopg.connect(self._url(kind, role), autocommit=True) as connection:
            cursor = connection.execute(statement, values)
            return cursor.fetchall() if cursor.description else []

    def _python(self, *arguments: str) -> None:
        subprocess.run(
            [self.python, *arguments],
            cwd=self.folder,
            env={**os.environ, **self._environment},
            stdout=subprocess.DEVNULL,
            check=True,
        )

    def fill(self, *, movements: int, anomalies: int, resolved: int, now: datetime) -> None:
        """Migrate, load the depot, prove its rules, and scan it twice: between, `resolved` trucks left."""
        owner = self._url("depot", "depot_owner")
        with psycopg.connect(SERVER.superuser_url(self._databases["depot"])) as root:
            root.execute("GRANT USAGE ON SCHEMA public TO depot_reader")
            root.execute(
                "ALTER DEFAULT PRIVILEGES FOR ROLE depot_owner IN SCHEMA public"
                " GRANT SELECT ON TABLES TO depot_reader"
            )
        self._python("manage.py", "migrate", "--verbosity", "0")
        self._python("manage.py", "collectstatic", "--no-input", "--verbosity", "0")
        self._python("-c", ACCOUNT, PERSON, "directeur")
        self._driver = self._open.enter_context(self._driving())
        size = ["--movements", str(movements), "--anomalies", str(anomalies)]
        load = ["load_depot", "--scenario", "large", *size, "--now", now.isoformat()]
        self.command(*load, "--database-url", owner)
        self.command("integrity_view", "--apply", owner)
        self.command("rules", "prove", "--source", "depot", "--connection", owner)
        self.trucks("gone", resolved)
        self._vacuum()
        self.scan()
        self.full = datetime.now(UTC)
        self.trucks("gone", resolved, stand=False)
        self.scan(accepts=(0, 2))  # so many gone at once may be believed the second time only
        self.scan()
        self._vacuum()

    def _vacuum(self) -> None:
        self.sql("console", "VACUUM ANALYZE")
        with psycopg.connect(
            SERVER.superuser_url(self._databases["depot"]), autocommit=True
        ) as root:
            root.execute("VACUUM ANALYZE")

    @contextmanager
    def _driving(self) -> Iterator["subprocess.Popen[str]"]:
        driver = subprocess.Popen(
            [self.python, "-c", DRIVER],
            cwd=self.folder,
            env={**os.environ, **self._environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        with driver:
            try:
                yield driver
            finally:
                driver.stdin.close()  # type: ignore[union-attr]  # a pipe

    def command(self, *arguments: str, accepts: tuple[int, ...] = (0,)) -> float:
        """Seconds of one command of the tree. RuntimeError when it ends otherwise."""
        self._driver.stdin.write(json.dumps(arguments) + "\n")  # type: ignore[union-attr]
        self._driver.stdin.flush()  # type: ignore[union-attr]
        answer = self._driver.stdout.readline()  # type: ignore[union-attr]
        ended, seconds, said = json.loads(answer) if answer else (None, 0.0, "the process ended")
        if ended not in accepts:
            raise RuntimeError(f"{self.name}: {arguments[0]} ended with {ended}: {said}")
        return float(seconds)

    def scan(self, *, accepts: tuple[int, ...] = (0,)) -> float:
        """Seconds of one scan of the depot, which must be complete."""
        return self.command("sync_alerts", "--source", "depot", accepts=accepts)

    def trucks(self, what: str, count: int, *, stand: bool = True) -> None:
        """Put findings into the depot, or take them out again."""
        self.sql("depot", TRUCKS if stand else NO_TRUCKS, {"what": what, "count": count})

    def serve(self) -> None:
        """Serve the console until the tree is closed, and sign in."""
        served = self._open.enter_context(
            serving(
                CONSOLE,
                environment=self._environment,
                log=self._log,
                tree=self.folder,
                python=self.python,
            )
        )
        self.port, self.browser = served.port, served.browser()
        self._server = served.process.pid
        self._open.callback(self.browser.close)
        path = "/accounts/login/"
        self.browser.get(path)  # sets the cookie that the form's token answers to
        form = [("csrfmiddlewaretoken", self.browser.cookies["csrftoken"])]
        form += [("login", PERSON), ("password", PERSON)]
        answer = self.browser.post(path, form)
        if answer.status not in (302, 303):
            raise RuntimeError(f"{self.name}: nobody can sign in ({answer.status})")

    def worked(self) -> dict[str, int]:
        """Nanoseconds that each thread of the tree's own has had a processor: server, commands, database.

        A session of the database that ended is not in it, and nothing is but on Linux.
        """
        processes = [self._server, self._driver.pid]
        processes += [child.pid for child in psutil.Process(self._server).children()]
        with psycopg.connect(SERVER.superuser_url()) as root:
            names = list(self._databases.values())
            found = root.execute(
                "SELECT pid FROM pg_stat_activity WHERE datname = ANY (%s)", [names]
            )
            processes += [pid for (pid,) in found]
        spent = {}
        for pid in processes:
            for thread in Path("/proc", str(pid), "task").glob("*/schedstat"):
                spent[thread.parent.name] = int(thread.read_text().split()[0])
        return spent

    def open_alerts(self, count: int) -> list[tuple[str, int]]:
        """Identity and version of alerts that wait for somebody."""
        found = self.sql("console", TAKE, [count])
        if len(found) < count:
            raise RuntimeError(f"{self.name}: {len(found)} alerts are open, {count} are needed")
        return found

    def has(self, path: str) -> bool:
        """Whether the tree has such a page."""
        status = self.browser.get(path).status
        if status not in (200, 404):
            raise RuntimeError(f"{self.name}: {path}: {status}")
        return status == 200

    def get(self, path: str, seconds: float | None = None) -> Times:
        """Whole answers to one client that keeps its connection, for so long, or one."""
        return self._ask((Request(path, headers=AS_A_BROWSER),), (200,), seconds)

    def post(self, forms: Sequence[tuple[str, list[tuple[str, str]]]], *, htmx: bool) -> Times:
        """Forms that the person sends from the list; RuntimeError when one is not accepted."""
        headers = {
            **AS_A_BROWSER,
            "X-CSRFToken": self.browser.cookies["csrftoken"],
            "Content-Type": "application/x-www-form-urlencoded",
        }
        if htmx:
            headers["HX-Request"] = "true"
            headers["HX-Current-URL"] = f"http://127.0.0.1:{self.port}/governance/integrity"
        sent = [Request(path, "POST", headers, urlencode(form).encode()) for path, form in forms]
        return self._ask(sent, (200, 303), None)

    def _ask(
        self, requests: Sequence[Request], accepts: tuple[int, ...], seconds: float | None
    ) -> Times:
        task = Task(self.port, tuple(requests), seconds=seconds, accepts=accepts)
        return run(task, self.browser)


def check_out(revision: str, scratch: Path) -> tuple[Path, str]:
    """The files of a revision in a folder of their own, and the Python that has what they need."""
    folder = scratch / "tree"
    folder.mkdir()
    archive = subprocess.run(
        ["git", "archive", revision], cwd=ROOT, stdout=subprocess.PIPE, check=True
    )
    subprocess.run(["tar", "-x", "-C", str(folder)], input=archive.stdout, check=True)
    lock = (folder / "requirements.lock").read_bytes()
    if lock == (ROOT / "requirements.lock").read_bytes():
        return folder, sys.executable
    made = ROOT / "var" / "beside" / sha256(lock).hexdigest()[:12]
    python = made / "bin" / "python"
    if not (made / "installed").exists():
        print(f"Installing what {revision} needs into {made}; it stays there.", flush=True)
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(made)], check=True)
        install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        lock_file = str(folder / "requirements.lock")
        subprocess.run([str(python), *install, "--require-hashes", "-r", lock_file], check=True)
        (made / "installed").touch()
    return folder, str(python)

"""A console as docs/deploiement.md sets it up (nginx, socket, PgBouncer, units), and its parts to kill."""

import os
import random
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import psycopg
from django.conf import settings

from governance.core.database.postgres_wheel import account_for, how_to_run
from governance.core.database.postmaster import Postmaster, socket_folder
from governance.env import BASE_DIR
from tests.bench.serving import NO_END
from tests.crashes.keeper import Keeper, Kept
from tests.foundation.process import eventually, free_port
from tests.postgres import SERVER
from tests.schedule.process import without_sources

SBIN = f"{os.environ['PATH']}:/usr/sbin"
NGINX, PGBOUNCER = (shutil.which(name, path=SBIN) for name in ("nginx", "pgbouncer"))
DATABASE_PAUSE = 2.0  # seconds; Restart=on-failure, RestartSec=2


@dataclass
class World:
    """What runs: the door's port, and the services that may be killed."""

    port: int
    web: Kept
    worker: Kept | None
    console: str

    def kill(self, what: str, chance: random.Random) -> None:
        """kill -9 of one part; harmless when it is down already."""
        with suppress(ProcessLookupError, psutil.NoSuchProcess, psycopg.Error):
            {
                "web": lambda: os.kill(self.web.process.pid, signal.SIGKILL),
                "web child": lambda: self._a_child(chance).kill(),
                "worker": self._kill_worker,
                "backend": lambda: os.kill(self._a_backend(chance), signal.SIGKILL),
                "postmaster": self._kill_postmaster,
            }[what]()

    def _a_child(self, chance: random.Random) -> psutil.Process:
        children = psutil.Process(self.web.process.pid).children()
        if not children:
            raise ProcessLookupError
        return chance.choice(children)

    def _a_backend(self, chance: random.Random) -> int:
        with psycopg.connect(SERVER.superuser_url(), autocommit=True) as connection:
            found = connection.execute(
                "SELECT pid FROM pg_stat_activity WHERE datname = %s AND usename = 'console_app'"
                " ORDER BY state = 'active' DESC, pid LIMIT 4",
                [self.console],
            ).fetchall()
        if not found:
            raise ProcessLookupError
        return int(chance.choice(found)[0])

    def _kill_worker(self) -> None:
        if self.worker:
            os.kill(self.worker.process.pid, signal.SIGKILL)

    def _kill_postmaster(self) -> None:
        pid = Postmaster(SERVER.folder).pid()
        if pid:
            os.kill(pid, signal.SIGKILL)


KILLS = ("web", "web child", "worker", "backend", "postmaster")


@contextmanager
def world(
    pg: Any, console: str, sources: dict[str, str], folder: Path, *, scans: bool
) -> Iterator[World]:
    """All of it, the worker if it `scans`, kept up until the block ends."""
    with ExitStack() as opened:
        address = pg.dsn(console, "console_app")
        if PGBOUNCER:
            address = opened.enter_context(_pooler(console))
        environment = {
            **without_sources(),
            **NO_END,
            "EMBEDDED_POSTGRES": "",
            "DATABASE_URL": address,
            "DATABASE_OWNER_URL": "",
            "DATABASE_CONN_MAX_AGE": "0",
            "SCAN_INTERVAL_S": "5",
            "VAR_DIR": str(folder / "var"),
            "SECRET_KEY": settings.SECRET_KEY,  # people have signed in by now
            "LOG_FORMAT": "json",
            **sources,
        }
        shutil.copytree(Path(os.environ["VAR_DIR"]) / "static", folder / "var" / "static")
        listener = opened.enter_context(socket.create_server(("127.0.0.1", 0), backlog=512))
        listener.listen(512)
        inner = listener.getsockname()[1]
        port = opened.enter_context(_nginx(folder, inner)) if NGINX else inner
        environment["TRUSTED_PROXIES"] = "1" if NGINX else "0"
        web = Kept("governance-web", environment, folder / "web.log", listener)
        opened.callback(web.stop)
        worker = Kept("governance-worker", environment, folder / "worker.log") if scans else None
        if worker:
            opened.callback(worker.stop)
        kept = [worker.keep] if worker else []
        keeper = Keeper(web.keep, *kept, _database_kept())
        opened.callback(keeper.stop)  # first of all, at the end
        yield World(port, web, worker, console)


def _database_kept() -> Callable[[], None]:
    def keep() -> None:
        if not SERVER.is_running():
            # As the unit's drop-in says; recovery is part of the start.
            time.sleep(DATABASE_PAUSE)
            SERVER.start()

    return keep


@contextmanager
def _pooler(console: str) -> Iterator[str]:
    """PgBouncer in transaction mode, with the settings of the guide, over a socket; its address."""
    assert PGBOUNCER
    account = account_for(SERVER.folder)  # it refuses to run as root, as PostgreSQL does
    folder = SERVER.folder.parent / f"pooler-{console}"
    folder.mkdir(mode=0o700)
    config = folder / "pgbouncer.ini"
    shipped = (BASE_DIR / "docs" / "deployment" / "pgbouncer.ini").read_text(encoding="utf-8")
    lines = [
        line
        for line in shipped.splitlines()
        if not line.startswith(("console =", "listen_addr", "auth_", "[databases]", "[pgbouncer]"))
    ]
    config.write_text(
        f"[databases]\n{console} = host={socket_folder(SERVER.folder)} port=5432 user=console_app\n"
        f"[pgbouncer]\nunix_socket_dir = {folder}\nauth_type = any\n" + "\n".join(lines) + "\n"
    )
    if account:
        for path in (folder, config):
            os.chown(path, account.uid, account.gid)
    process = subprocess.Popen(
        [PGBOUNCER, "-q", str(config)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        **how_to_run(account),
    )
    try:
        assert eventually((folder / ".s.PGSQL.6432").exists, within=10)
        yield f"postgresql://console_app@/{console}?host={folder}&port=6432"
    finally:
        process.terminate()
        process.wait(10)
        shutil.rmtree(folder)


@contextmanager
def _nginx(folder: Path, inner: int) -> Iterator[int]:
    """nginx with the site that the guide ships, without TLS; its port."""
    assert NGINX
    port = free_port()
    site = (BASE_DIR / "docs" / "deployment" / "nginx.conf").read_text(encoding="utf-8")
    lines = [
        line
        for line in site[: site.index("server {\n    listen 80")].splitlines()
        + site[site.index("server {\n    listen 443") :].splitlines()
        if not line.strip().startswith(("ssl_", "listen [::]"))
    ]
    text = (
        "\n".join(lines)
        .replace("listen 443 ssl http2", f"listen 127.0.0.1:{port}")
        .replace("127.0.0.1:8000", f"127.0.0.1:{inner}")
        .replace("/srv/governance/current/", f"{BASE_DIR}/")
    )
    config = folder / "nginx.conf"
    temporary = "".join(
        f"{name}_temp_path {folder}/{name};\n"
        for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    config.write_text(
        f"daemon off;\nmaster_process off;\npid {folder}/nginx.pid;\nerror_log {folder}/nginx.log;\n"
        f"events {{ worker_connections 256; }}\nhttp {{\naccess_log off;\n{temporary}{text}\n}}\n"
    )
    process = subprocess.Popen(
        [NGINX, "-p", str(folder), "-c", str(config)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield port
    finally:
        process.terminate()
        process.wait(10)

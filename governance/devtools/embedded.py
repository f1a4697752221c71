"""Owns the embedded PostgreSQL's roles, databases and addresses; knows no table and no Django setting."""

import atexit
import fcntl
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO
from urllib.parse import quote

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from governance.core.database.postmaster import PORT, Postmaster, socket_folder
from governance.devtools.lock_file import open_lock
from governance.env import env, var_dir

# database -> (owner role, role that uses it). Neither is a superuser; the second owns nothing.
DATABASES = {
    "console": ("console_owner", "console_app"),
    "depot": ("depot_owner", "depot_reader"),
}

# The first version that copies a database as it is told (those before know one way), and in which nobody but
# a database's owner makes anything in its schema `public`.
FIFTEEN = 150000


def is_wanted() -> bool:
    """True on a developer's machine when no variable says where the console's own database is."""
    if env.str("APP_ENV", default="local") != "local":
        return False
    return not (env.str("DATABASE_URL", default="") or env.str("DATABASE_OWNER_URL", default=""))


def default_folder() -> Path:
    return var_dir() / "pg"


def url(database: str, role: str, folder: Path | None = None) -> str:
    """Address of one database over the server's socket, for one role."""
    sockets = quote(str(socket_folder(folder or default_folder())), safe="")
    return f"postgresql://{role}@{sockets}:{PORT}/{database}"


def is_own(address: str, folder: str = "") -> bool:
    """Whether a database's address leads to the embedded server (of `folder`, else the default one)."""
    own = str(socket_folder(Path(folder) if folder else default_folder()))
    try:
        return conninfo_to_dict(address).get("host") == own
    except psycopg.ProgrammingError:  # whoever reads settings has refused it
        return False


def environment(folder: Path | None = None) -> dict[str, str]:
    """The variables that make the rest of the program use the embedded server.

    A `depot` of the person's own stays: then the embedded one is neither read nor filled.
    """
    folder = folder or default_folder()
    values = {
        "EMBEDDED_POSTGRES": str(folder),
        "DATABASE_URL": url("console", "console_app", folder),
        "DATABASE_OWNER_URL": url("console", "console_owner", folder),
    }
    depot = url("depot", "depot_reader", folder)
    if env.str("SOURCE_DEPOT_DATABASE_URL", default=depot) == depot:
        values |= {
            "DEPOT_OWNER_URL": url("depot", "depot_owner", folder),
            "SOURCE_DEPOT_DATABASE_URL": depot,
        }
    return values


class Server:
    """One embedded PostgreSQL in one folder. Starting it twice is harmless: the second finds the first."""

    def __init__(
        self,
        folder: Path | None = None,
        *,
        durable: bool = True,
        binaries: Path | None = None,
    ) -> None:
        self.folder = (folder or default_folder()).resolve()
        self._postmaster = Postmaster(self.folder, durable=durable, binaries=binaries)
        self._held: IO[str] | None = None

    def start(self) -> bool:
        """Start the server, create what is missing, and say whether it was started just now."""
        with self._alone():
            return self._start()

    def is_running(self) -> bool:
        """Whether its process lives, also one that is just starting."""
        return self._postmaster.pid() is not None

    def stop(self) -> None:
        """Stop the server and wait for it, whoever uses it; harmless when it does not run."""
        with self._alone():
            self._postmaster.stop()
            self._let_go()

    def borrow(self) -> None:
        """Start the server if need be, and keep it up for this process: `give_back` when done."""
        with self._alone():
            self._start()
            self._held = self._open_lock("users")
            fcntl.flock(self._held, fcntl.LOCK_SH)  # ends with the process, however that ends

    def give_back(self) -> None:
        """Stop the server unless another process still borrows it."""
        if self._held is None:
            return
        with self._alone():
            try:
                fcntl.flock(self._held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                pass
            else:
                self._postmaster.stop()
            finally:
                self._let_go()

    def _let_go(self) -> None:
        if self._held is not None:
            self._held.close()
            self._held = None

    def superuser_url(self, database: str = "postgres") -> str:
        """For set-up and tests only: the role that initdb made."""
        return url(database, "postgres", self.folder)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Two starts at the same instant must not run initdb in one folder, nor a stop cross a start."""
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        with self._open_lock("start") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _open_lock(self, what: str) -> IO[str]:
        return open_lock(self.folder.with_name(f"{self.folder.name}.{what}.lock"))

    def _start(self) -> bool:
        started = self._postmaster.start()
        self._create_databases()
        return started

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
                else:  # a start that was killed may have left it without its rights
                    self._restrict(connection, database)
        owner, reader = (sql.Identifier(role) for role in DATABASES["depot"])
        with psycopg.connect(self.superuser_url("depot"), autocommit=True) as connection:
            connection.execute(
                sql.SQL(
                    "ALTER DEFAULT PRIVILEGES FOR ROLE {} IN SCHEMA public GRANT SELECT ON TABLES TO {}"
                ).format(owner, reader)
            )

    @classmethod
    def create_database(
        cls,
        connection: "psycopg.Connection[tuple[object, ...]]",
        name: str,
        *,
        like: str | None = None,
        template: str | None = None,
    ) -> None:
        """Create database `name` with the owner and rights of `like` (default: its own name)."""
        owner, _ = DATABASES[like or name]
        words = {"db": sql.Identifier(name), "owner": sql.Identifier(owner)}
        create = "CREATE DATABASE {db} OWNER {owner}"
        if template:
            create += " TEMPLATE {template}"
            if connection.info.server_version >= FIFTEEN:
                # no WAL per page, which is what a throw-away copy of a small database wants
                create += " STRATEGY FILE_COPY"
            words["template"] = sql.Identifier(template)
        connection.execute(sql.SQL(create).format(**words))
        cls._restrict(connection, name, like=like)
        if connection.info.server_version < FIFTEEN and not template:
            with psycopg.connect(connection.info.dsn, dbname=name) as fresh:
                fresh.execute(sql.SQL("ALTER SCHEMA public OWNER TO {owner}").format(**words))
                fresh.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")

    @staticmethod
    def _restrict(
        connection: "psycopg.Connection[tuple[object, ...]]", name: str, *, like: str | None = None
    ) -> None:
        _, user = DATABASES[like or name]
        words = {"db": sql.Identifier(name), "user": sql.Identifier(user)}
        connection.execute(sql.SQL("REVOKE ALL ON DATABASE {db} FROM PUBLIC").format(**words))
        connection.execute(
            sql.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {db} TO {user}").format(**words)
        )


def serve_this_process() -> None:
    """Give this process a running server; the last process that borrows it stops it at its end."""
    server = Server()
    server.borrow()
    atexit.register(server.give_back)
    if (
        threading.current_thread() is threading.main_thread()
        and signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
    ):
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # a plain death would skip atexit
    os.environ.update(environment())

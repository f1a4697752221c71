"""Connections to the business databases: read only, with deadlines, and nothing left behind on them."""

import re
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from typing import Any

import psycopg
from django.conf import settings
from django.db import Error
from django.utils.translation import gettext as _
from psycopg import IsolationLevel, sql
from psycopg.conninfo import conninfo_to_dict

from governance.core.logs import one_line
from integrity.sources.contract import VIEW
from integrity.sources.deadline import Deadline

# What a whole transaction may take beyond one statement's timeout (seconds).
REST_S = 5.0
QUALIFIED = re.compile(r'("(?:[^"]|"")+"|[^".]+)\.("(?:[^"]|"")+"|[^".]+)')
# A peer that vanished without a word is noticed after about half a minute. What an address says wins.
TCP = {
    "keepalives": 1,
    "keepalives_idle": 10,  # seconds
    "keepalives_interval": 5,  # seconds
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,  # milliseconds
}


class SourceError(Exception):
    """A source could not be read; the text is one line that names the cause."""


def source_connect(dsn: str) -> psycopg.Connection[Any]:
    """A connection to a business database, in autocommit. Raises psycopg.Error.

    Nothing of ours is in the start-up packet, and no statement is prepared: behind a transaction pooler
    both would stay with the server's session, which belongs to the business application too.
    """
    parameters: dict[str, Any] = TCP | conninfo_to_dict(dsn)
    return psycopg.connect(
        **(parameters | {"connect_timeout": settings.SOURCE_CONNECT_TIMEOUT_S}),
        autocommit=True,
        prepare_threshold=None,
    )


@contextmanager
def source_transaction(
    slug: str, *, timeout_ms: int | None = None, statements: int = 1, holds: Sequence[str] = ()
) -> Iterator[psycopg.Connection[Any]]:
    """`read_only_transaction` on a configured source, with its view held against changes.

    `timeout_ms`: for a statement, in milliseconds; SOURCE_STATEMENT_TIMEOUT_MS without one. `holds`: names
    (quoted as SQL has them) of what else is read. Raises SourceError.
    """
    timeout_ms = timeout_ms or settings.SOURCE_STATEMENT_TIMEOUT_MS
    with read_only_transaction(
        settings.SOURCES[slug], timeout_ms=timeout_ms, statements=statements, holds=holds
    ) as connection:
        yield connection


@contextmanager
def read_only_transaction(
    dsn: str,
    *,
    timeout_ms: int,
    statements: int = 1,
    holds_view: bool = True,
    holds: Sequence[str] = (),
) -> Iterator[psycopg.Connection[Any]]:
    """One REPEATABLE READ, READ ONLY transaction on a database, its settings local to it, then undone.

    `timeout_ms`: for a statement, kept by the server. `statements`: how many may each take as long; with
    REST_S for all others that makes a deadline for the whole, kept by us. `holds_view`: lock the checks view
    before the first snapshot, where there is one. Raises SourceError for whatever goes wrong inside, with
    the database's own words in one line.
    """
    deadline_s = statements * timeout_ms / 1000 + REST_S
    try:
        connection = source_connect(dsn)
    except psycopg.OperationalError as error:
        words = one_line(error, dsn)
        raise SourceError(_("elle ne répond pas : %s") % words) from None
    except psycopg.Error:
        # Its message quotes the address, password included.
        raise SourceError(_("son adresse ne se lit pas ; attendu : postgresql://…")) from None
    with closing(connection), Deadline(connection, seconds=deadline_s) as deadline:
        try:
            _begin(connection, timeout_ms=timeout_ms, deadline_s=deadline_s)
            if holds_view:
                _hold(connection, sql.Identifier(VIEW))
            for name in holds:
                if relation := _relation(name):
                    _hold(connection, relation)
            yield connection
        except psycopg.Error as error:
            raise SourceError(_cause(error, timeout_ms, deadline)) from error
        except (SourceError, Error):
            raise
        except Exception as error:  # such as a text in an encoding that the driver does not know
            raise SourceError(_("sa réponse ne se lit pas (%s)") % type(error).__name__) from error
        finally:
            with suppress(psycopg.Error):  # what was read was read
                connection.rollback()


def transaction_again(
    connection: psycopg.Connection[Any], *, timeout_ms: int | None = None
) -> None:
    """End the transaction of `source_transaction` and begin another, which sees what has changed since.

    The settings are the same, the deadline is that of both, and nothing is held in the second.
    """
    timeout_ms = timeout_ms or settings.SOURCE_STATEMENT_TIMEOUT_MS
    connection.rollback()
    _set_all(connection, timeout_ms=timeout_ms, deadline_s=timeout_ms / 1000 + REST_S)


def _begin(connection: psycopg.Connection[Any], *, timeout_ms: int, deadline_s: float) -> None:
    """Open the transaction. SET and SHOW take no snapshot, so the view can still be locked before one."""
    connection.autocommit = False
    connection.isolation_level = IsolationLevel.REPEATABLE_READ
    connection.read_only = True
    _set_all(connection, timeout_ms=timeout_ms, deadline_s=deadline_s)


def _set_all(connection: psycopg.Connection[Any], *, timeout_ms: int, deadline_s: float) -> None:
    _set_local(
        connection,
        application_name="governance-console",
        client_encoding="UTF8",  # whatever the database's own is: the console's is
        timezone="UTC",
        datestyle="ISO",
        statement_timeout=timeout_ms,
        lock_timeout=timeout_ms // 2,
        # Of a console that vanished, which would otherwise hold its locks and its snapshot.
        idle_in_transaction_session_timeout=int(deadline_s * 1000),
    )
    # Not every server knows these: compiling costs more than such views take, and a server that computes
    # for a client that hung up is told so only if it looks.
    for name, value in (("jit", "off"), ("client_connection_check_interval", "1s")):
        with suppress(psycopg.ProgrammingError, psycopg.DataError), connection.transaction():
            _set_local(connection, **{name: value})


def _set_local(connection: psycopg.Connection[Any], **values: str | int) -> None:
    """All in one message to the server."""
    connection.execute(
        sql.SQL("; ").join(
            sql.SQL("SET LOCAL {} = {}").format(sql.Identifier(name), sql.Literal(value))
            for name, value in values.items()
        )
    )


def _hold(connection: psycopg.Connection[Any], relation: sql.Identifier) -> None:
    """Lock the checks view, or a table, and what it reads; nothing where there is none, or something else.

    Before the first snapshot: a TRUNCATE ignores older snapshots, so a reader that waited for one to
    commit would see empty tables, and every alert would seem mended.
    """
    errors = psycopg.errors
    missing = (errors.UndefinedTable, errors.WrongObjectType, errors.InvalidSchemaName)
    with suppress(*missing, errors.InsufficientPrivilege), connection.transaction():
        connection.execute(sql.SQL("LOCK TABLE {} IN ACCESS SHARE MODE").format(relation))


def _relation(name: str) -> sql.Identifier | None:
    """A schema and a relation as format('%I.%I') wrote them; None for anything else."""
    found = QUALIFIED.fullmatch(name)
    if found is None:
        return None
    return sql.Identifier(
        *(part[1:-1].replace('""', '"') if part[0] == '"' else part for part in found.groups())
    )


def _cause(error: psycopg.Error, timeout_ms: int, deadline: Deadline) -> str:
    if deadline.passed:
        return _("elle n’a pas répondu en %s s") % f"{deadline.seconds:g}"
    words = one_line(error)
    if isinstance(error, psycopg.errors.LockNotAvailable):
        return _("un verrou a empêché de lire %s à temps") % VIEW
    if isinstance(error, psycopg.errors.QueryCanceled):
        return _("elle n’a pas répondu en %s s") % f"{timeout_ms / 1000:g}"
    if isinstance(error, psycopg.errors.InsufficientPrivilege):
        return _("elle ne se laisse pas lire : %s") % words
    return words

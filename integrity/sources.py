"""Connections to the business databases: read only, timed out, and never more than that."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.conf import settings
from django.utils.translation import gettext as _
from psycopg import IsolationLevel, sql

from governance.env import secret_pieces_set
from governance.secrets import secret_pieces, without
from integrity.contract import VIEW


class SourceError(Exception):
    """A source could not be read; the text is one line that names the cause."""


def source_slugs() -> list[str]:
    """The configured sources, in alphabetical order."""
    return sorted(settings.SOURCES)


@contextmanager
def source_transaction(
    slug: str, *, timeout_ms: int | None = None
) -> Iterator[psycopg.Connection[Any]]:
    """`read_only_transaction` on a configured source, with its view held against changes.

    `timeout_ms`: for a statement, in milliseconds; SOURCE_STATEMENT_TIMEOUT_MS without one. Raises
    SourceError.
    """
    timeout_ms = timeout_ms or settings.SOURCE_STATEMENT_TIMEOUT_MS
    with read_only_transaction(settings.SOURCES[slug], timeout_ms=timeout_ms) as connection:
        yield connection


@contextmanager
def read_only_transaction(
    dsn: str, *, timeout_ms: int, holds_view: bool = True
) -> Iterator[psycopg.Connection[Any]]:
    """One REPEATABLE READ, READ ONLY transaction on a database, with statement and lock timeouts.

    `holds_view`: lock the checks view before the first snapshot, where there is one.
    Raises SourceError for whatever goes wrong inside, with the database's own words in one line.
    """
    try:
        connection = psycopg.connect(
            dsn,
            connect_timeout=settings.SOURCE_CONNECT_TIMEOUT_S,
            application_name="governance-console",
            autocommit=True,
            prepare_threshold=None,  # PgBouncer in transaction mode keeps no prepared statement for us
        )
    except psycopg.OperationalError as error:
        words = one_line(error, dsn)
        raise SourceError(_("elle ne répond pas : %s") % words) from None
    except psycopg.Error:
        # Its message quotes the address, password included.
        raise SourceError(_("son adresse ne se lit pas ; attendu : postgresql://…")) from None
    with connection:
        try:
            connection.execute("SET default_transaction_read_only = on")
            lockable = connection.execute(
                "SELECT relkind IN ('v', 'r', 'p') FROM pg_class WHERE oid = to_regclass(%s)",
                [VIEW],
            ).fetchone()
            connection.read_only = True
            connection.isolation_level = IsolationLevel.REPEATABLE_READ
            connection.autocommit = False
            for name, value in {
                "statement_timeout": timeout_ms,
                "lock_timeout": timeout_ms // 2,
                "timezone": "UTC",
                "datestyle": "ISO",
            }.items():
                connection.execute(
                    sql.SQL("SET LOCAL {} = {}").format(sql.Identifier(name), sql.Literal(value))
                )
            if holds_view and lockable == (True,):
                # Before the first snapshot: a TRUNCATE ignores older snapshots, so a reader that waited
                # for one to commit would see empty tables, and every alert would seem mended.
                connection.execute(
                    sql.SQL("LOCK TABLE {} IN ACCESS SHARE MODE").format(sql.Identifier(VIEW))
                )
            yield connection
        except psycopg.Error as error:
            raise SourceError(_cause(error, timeout_ms)) from error
        finally:
            if not connection.closed:
                connection.rollback()


def one_line(error: BaseException, *addresses: str) -> str:
    """The error's words without line breaks, at most 300 characters; no secret of ours or of `addresses`."""
    pieces = secret_pieces_set().union(*map(secret_pieces, addresses))
    return without(" ".join(str(error).split()), pieces)[:300]


def _cause(error: psycopg.Error, timeout_ms: int) -> str:
    words = one_line(error)
    if isinstance(error, psycopg.errors.LockNotAvailable):
        return _("un verrou a empêché de lire %s à temps") % VIEW
    if isinstance(error, psycopg.errors.QueryCanceled):
        return _("elle n’a pas répondu en %s s") % f"{timeout_ms / 1000:g}"
    if isinstance(error, psycopg.errors.InsufficientPrivilege):
        return _("elle ne se laisse pas lire : %s") % words
    return words

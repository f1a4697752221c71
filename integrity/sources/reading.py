"""How a view's rows are piped into a snapshot: cut at the source, counted here, and stopped at the caps."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import psycopg
from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _
from psycopg import sql

from alerts.intake import NAME_LIMIT, Snapshot
from governance.core.web.templatetags.ui import number
from integrity.sources.connections import SourceError
from integrity.sources.contract import COLUMNS, VIEW

PIECE = 64 * 1024  # bytes
# Encodings of servers that Python knows as well and that are ASCII where a byte is below 128.
PLAIN = re.compile(r"LATIN\d+|WIN\d+|ISO_8859_\d|KOI8[RU]|EUC_(JP|KR|CN)|(?P<none>SQL_ASCII)")
# In UTC and in one format, whatever a function of the view sets while it is read; without it, `infinity`.
INSTANT = sql.SQL(
    "coalesce(pg_catalog.to_char("
    "pg_catalog.timezone('UTC'::pg_catalog.text, detected_at),"
    " 'YYYY-MM-DD HH24:MI:SS.US+00 BC'::pg_catalog.text), detected_at::pg_catalog.text)"
)


def rows_query(
    schema: str, rest: sql.Composable | None = None, *, encoding: str = "UTF8"
) -> sql.Composed:
    """The COPY of the rows of the view in `schema` as text; `rest` follows the view's name.

    `encoding`: in which the rows come, as `rows_encoding` says.

    The view's functions may need the source's own search_path: nothing of ours here depends on it.

    A text longer than the contract allows comes one character too long, so that the row is set aside here
    without its length ever having left the source.
    """
    limits = {
        "message": settings.SCAN_MESSAGE_LIMIT,
        "payload": settings.SCAN_PAYLOAD_LIMIT,
    }
    columns = sql.SQL(", ").join(
        sql.SQL("pg_catalog.left({}, {})").format(
            INSTANT if column.name == "detected_at" else column_text(column.name),
            sql.Literal(limits.get(column.name, NAME_LIMIT) + 1),
        )
        for column in COLUMNS
    )
    query = sql.SQL("COPY (SELECT {} FROM {}{}) TO STDOUT (ENCODING {})")
    return query.format(
        columns, sql.Identifier(schema, VIEW), rest or sql.SQL(""), sql.Literal(encoding)
    )


def rows_encoding(reader: psycopg.Connection[Any]) -> tuple[str, str]:
    """The encoding in which rows leave the source, and Python's name of it.

    A server refuses to convert a byte that no character stands for, and with it the whole reading: such rows
    come as they are stored, and are converted here. Only where a byte of ASCII is never a part of another
    character, because COPY writes its tabs and line breaks as such.
    """
    stored = reader.info.parameter_status("server_encoding") or "UTF8"
    if found := PLAIN.fullmatch(stored):
        codec = stored.lower().replace("win", "cp").replace("koi8", "koi8_")
        return stored, "utf-8" if found["none"] else codec  # nowadays what is none is UTF-8
    return "UTF8", "utf-8"


def column_text(name: str) -> sql.Composed:
    """A column of the view as text, whatever the source's search_path."""
    return sql.SQL("{}::pg_catalog.text").format(sql.Identifier(name))


class CapError(SourceError):
    """More came than the caps allow."""


@dataclass
class Counted:
    """Rows and bytes that were read."""

    rows: int = 0
    size: int = 0

    def add(self, rows: int, size: int) -> None:
        """Raises CapError where that is too many."""
        self.rows += rows
        self.size += size
        if self.rows > settings.SCAN_ROWS_LIMIT:
            raise CapError(
                _(
                    "sa vue a plus de %(limit)s lignes (SCAN_ROWS_LIMIT) : la lecture s’est arrêtée là"
                )
                % {"limit": number(settings.SCAN_ROWS_LIMIT)}
            )
        if self.size > settings.SCAN_BYTES_LIMIT:
            raise CapError(
                _(
                    "sa vue a plus de %(limit)s octets (SCAN_BYTES_LIMIT) : la lecture s’est arrêtée là"
                )
                % {"limit": number(settings.SCAN_BYTES_LIMIT)}
            )


def rows_pipe(
    reader: psycopg.Connection[Any],
    snapshot: Snapshot,
    schema: str,
    rest: sql.Composable | None = None,
) -> Counted:
    """Copy the rows of `rows_query` as they are, some hundred at a time.

    Raises CapError beyond the caps.
    """
    stored, codec = rows_encoding(reader)
    query = rows_query(schema, rest, encoding=stored)
    counted = Counted()
    with (
        connection.cursor() as cursor,
        reader.cursor() as source,
        snapshot.copy(cursor) as into,
        source.copy(query) as blocks,
    ):
        for piece in _gathered(blocks):
            counted.add(
                piece.count(b"\n"), len(piece)
            )  # a line break within a text is written as \n
            into.write(piece if stored == "UTF8" else _converted(piece, codec))
    return counted


def _converted(block: bytes | bytearray | memoryview, codec: str) -> bytes:
    """Whole rows in UTF-8, U+FFFD for what is no character."""
    return bytes(block).decode(codec, "replace").encode()


def _gathered(blocks: Iterable[bytes | bytearray | memoryview]) -> Iterator[bytes]:
    """The same bytes in pieces of PIECE or a row more: what is done for each row costs more than its copy."""
    piece = bytearray()
    for block in blocks:
        piece += block
        if len(piece) >= PIECE:
            yield bytes(piece)
            piece.clear()
    if piece:
        yield bytes(piece)

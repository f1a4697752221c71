"""How a view's rows are piped into a snapshot: cut at the source, counted here, and stopped at the caps."""

from typing import Any

import psycopg
from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _
from psycopg import sql

from alerts.intake import NAME_LIMIT, Snapshot
from governance.templatetags.ui import number
from integrity.contract import COLUMNS, VIEW
from integrity.sources import SourceError


def rows_query(rest: sql.Composable | None = None) -> sql.Composed:
    """The COPY of the view's rows as text; `rest` follows the view's name.

    A text longer than the contract allows comes one character too long, so that the row is set aside here
    without its length ever having left the source.
    """
    limits = {
        "message": settings.SCAN_MESSAGE_LIMIT,
        "payload": settings.SCAN_PAYLOAD_LIMIT,
    }
    columns = sql.SQL(", ").join(
        sql.SQL("left({}::text, {})").format(
            sql.Identifier(column.name), sql.Literal(limits.get(column.name, NAME_LIMIT) + 1)
        )
        for column in COLUMNS
    )
    query = sql.SQL("COPY (SELECT {} FROM {}{}) TO STDOUT")
    return query.format(columns, sql.Identifier(VIEW), rest or sql.SQL(""))


def rows_pipe(reader: psycopg.Connection[Any], snapshot: Snapshot, query: sql.Composed) -> None:
    """Copy the rows as they are, no Python per row beyond counting. Raises SourceError beyond the caps."""
    rows = size = 0
    with (
        connection.cursor() as cursor,
        reader.cursor() as source,
        snapshot.copy(cursor) as into,
        source.copy(query) as blocks,
    ):
        for block in blocks:
            rows += bytes(block).count(b"\n")  # a line break within a text is written as \n
            size += len(block)
            if rows > settings.SCAN_ROWS_LIMIT:
                raise SourceError(
                    _("sa vue a plus de %(limit)s lignes : la lecture s’est arrêtée là")
                    % {"limit": number(settings.SCAN_ROWS_LIMIT)}
                )
            if size > settings.SCAN_BYTES_LIMIT:
                raise SourceError(
                    _("sa vue a plus de %(limit)s octets : la lecture s’est arrêtée là")
                    % {"limit": number(settings.SCAN_BYTES_LIMIT)}
                )
            into.write(block)

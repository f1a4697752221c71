"""The floor: the same rows by bare psycopg, written out as HTML by a bare WSGI application.

No framework, session, permission, filter, counter or translation: what no page with these rows can be
cheaper than. Served by the same gunicorn with as many workers and threads as the console.
"""

import html
import os
import threading
from collections.abc import Callable, Iterable
from typing import Any

import psycopg

QUERY = """
SELECT id, severity, status, check_code, source, message, entity_type, entity_id, occurrences, version,
  first_detected_at, acknowledged_by, assignee
FROM system_alerts WHERE status IN ('OPEN', 'ACK')
ORDER BY severity_rank, first_detected_at, id LIMIT 200
"""
ROW = (
    '<li data-alert-id="{}" data-severity="{}" data-status="{}" data-check-code="{}" data-source="{}">'
    "<h2>{}</h2><p>{} {} ({})</p><p>{} {} {} {}</p></li>"
)
_local = threading.local()


def _connection() -> psycopg.Connection[Any]:
    if not hasattr(_local, "connection"):
        _local.connection = psycopg.connect(os.environ["DATABASE_URL"], autocommit=True)
        _local.connection.execute("SELECT set_config('governance.system', 'floor', false)")
    connection: psycopg.Connection[Any] = _local.connection
    return connection


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    if environ["PATH_INFO"] == "/health/live":
        start_response("204 No Content", [])
        return []
    rows = _connection().execute(QUERY).fetchall()
    body = "".join(ROW.format(*(html.escape(str(value)) for value in row)) for row in rows)
    page = f"<!DOCTYPE html><title>200</title><ol>{body}</ol>".encode()
    start_response(
        "200 OK",
        [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(page)))],
    )
    return [page]

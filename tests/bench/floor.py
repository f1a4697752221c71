"""The floor: the same rows by bare psycopg, written out as HTML by a bare WSGI application.

No framework, session, permission, filter, counter or translation: what no page with these rows can be
cheaper than. Served by the same gunicorn with as many workers and threads as the console; each thread keeps
one connection, as the console's threads do. `/` is the list of 200, `/history` the newest 51 entries of the
ledger (`?before=` a number), `/row?id=` one alert.
"""

import html
import os
import threading
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import parse_qs

import psycopg

COLUMNS = """id, severity, status, check_code, source, message, entity_type, entity_id, occurrences,
  version, first_detected_at, acknowledged_by, assignee"""
LIST = f"""
SELECT {COLUMNS} FROM system_alerts WHERE status IN ('OPEN', 'ACK')
ORDER BY severity_rank, first_detected_at, id LIMIT 200
"""
ONE = f"SELECT {COLUMNS} FROM system_alerts WHERE id = %(id)s"
ALERT = (
    '<li data-alert-id="{}" data-severity="{}" data-status="{}" data-check-code="{}" data-source="{}">'
    "<h2>{}</h2><p>{} {} ({})</p><p>{} {} {} {}</p></li>"
)
HISTORY = """
SELECT seq, at, actor, role, subject_type, subject_id, check_code, action, before, after
FROM ledger_entry WHERE source = 'depot' AND action NOT IN ('alert.seen', 'scan.complete')
  AND seq < coalesce(%(before)s::bigint, 9223372036854775807)
ORDER BY seq DESC LIMIT 51
"""
ENTRY = '<li id="{}"><time>{}</time><p>{} {} {} {} {} {}</p><pre>{} {}</pre></li>'
PAGES = {"/": (LIST, ALERT), "/row": (ONE, ALERT), "/history": (HISTORY, ENTRY)}
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
    query, form = PAGES[environ["PATH_INFO"]]
    asked = parse_qs(environ["QUERY_STRING"])
    values = {name: asked[name][0] if name in asked else None for name in ("id", "before")}
    rows = _connection().execute(query, values).fetchall()
    body = "".join(form.format(*(html.escape(str(value)) for value in row)) for row in rows)
    page = f"<!DOCTYPE html><title>{len(rows)}</title><ol>{body}</ol>".encode()
    start_response(
        "200 OK",
        [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(page)))],
    )
    return [page]

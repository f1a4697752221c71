"""What a page or a probe sets on a connection ends with its transaction: behind a pooler it is shared."""

import re
from pathlib import Path

import pytest
from django.test import Client

from governance.core.database.deadline import DeadlineConnection
from governance.core.identity.roles import Role
from governance.env import BASE_DIR
from tests.conftest import make_user

# TimeZone: Django's own, once per connection, to UTC; a pooler such as PgBouncer keeps it per client.
LEFT = "SELECT name, setting FROM pg_settings WHERE source = 'session' AND name <> 'TimeZone'"
PLACEHOLDERS = (
    "SELECT current_setting('governance.user_id', true), current_setting('governance.system', true)"
)
PAGES = [
    "/health",
    "/health/ready",
    "/accounts/login/",
    "/governance",
    "/governance/integrity",
    "/governance/integrity?as_of=2020-01-01",
    "/governance/history",
    "/governance/rapport",
]


def test_no_connection_keeps_a_setting(fresh_console, monkeypatch):
    left, seen = [], []
    close = DeadlineConnection.close

    def look_and_close(connection):
        if not connection.closed:
            connection.rollback()
            left.extend(connection.execute(LEFT).fetchall())
            seen.append(connection.execute(PLACEHOLDERS).fetchone())
        close(connection)

    client = Client()
    client.force_login(make_user("admin", {"depot": Role.ADMIN}))
    monkeypatch.setattr(DeadlineConnection, "close", look_and_close)
    for address in PAGES:
        assert client.get(address).status_code in (200, 302)
        from django.db import connection

        connection.close()
    assert len(seen) > len(PAGES)  # those of the probes are among them
    assert left == []
    assert {name or "" for row in seen for name in row} == {""}


SESSION_LEVEL = re.compile(
    r"set_config\([^)]*,\s*false\s*\)|['\"]SET (?!LOCAL\b|TRANSACTION\b|CONSTRAINTS\b)[A-Za-z_]+ (=|TO)",
    re.IGNORECASE,
)


@pytest.mark.parametrize("package", ["governance", "alerts"])
def test_no_statement_of_ours_sets_for_a_session(package):
    found = [
        f"{path.relative_to(BASE_DIR)}: {match[0]}"
        for path in sorted(Path(BASE_DIR, package).rglob("*"))
        # an audit's copy of a schema and a demonstration's past, each in a server that is its own
        if path.suffix in (".py", ".sql")
        and path.name != "rebuild.py"
        and path.parent.name != "past"
        for match in SESSION_LEVEL.finditer(path.read_text(encoding="utf-8"))
    ]
    assert found == []

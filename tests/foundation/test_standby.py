"""The history is read on a standby that knows all the primary knows, and on the primary otherwise."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

from governance.core.identity.roles import Role
from tests.alerts.make import finding, take_in
from tests.conftest import make_user, signed_in
from tests.foundation.process import free_port

HISTORY = "/governance/history"


@pytest.fixture
def auditor(fresh_console: str) -> Client:
    client = signed_in(make_user("auditrice", {"depot": Role.AUDITEUR}))
    take_in([finding("a", message="Le premier bac est sous zéro.")])
    return client


@pytest.fixture
def standby(auditor: Client, fresh_console: str, pg: Any) -> Iterator[Any]:
    """A copy of the console as it is now, which no change reaches any more: level, and then behind."""
    connection.close()
    name = pg.create("console", template=fresh_console)
    values = connections.settings["default"] | {"NAME": name}
    connections.settings["standby"] = values
    yield connections["standby"]
    connections["standby"].close()
    del connections["standby"]
    del connections.settings["standby"]
    pg.drop(name)


def asked(client: Client, standby: Any) -> tuple[str, int, int]:
    """The page, and how many statements each side answered."""
    with CaptureQueriesContext(standby) as there, CaptureQueriesContext(connection) as here:
        response = client.get(HISTORY)
    assert response.status_code == 200
    return response.content.decode(), len(there), len(here)


def test_level_behind_and_away(auditor, standby, caplog):
    page, there, _here = asked(auditor, standby)
    assert "Le premier bac" in page
    assert there > 5  # the page itself
    _page, there, here = asked(auditor, standby)
    assert here < there
    take_in([finding("a"), finding("b", message="Le second bac est sous zéro.")])
    page, there, here = asked(auditor, standby)
    assert "Le second bac" in page  # what was just done is there
    assert here > there
    standby.close()
    standby.settings_dict = standby.settings_dict | {"HOST": "127.0.0.1", "PORT": str(free_port())}
    response = auditor.get(HISTORY)
    assert response.status_code == 200
    assert "Le second bac" in response.content.decode()
    assert "read on the primary" in caplog.text

"""One console at size for the whole folder: filled once, only read."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connections
from django.test import Client

from governance.core.identity.models import User
from governance.core.identity.roles import Role
from tests.conftest import Postgres, make_user
from tests.speed.hot import OTHERS, QUIET, STORED

FILL = Path(__file__).with_name("fill.sql")


@dataclass(frozen=True)
class BigConsole:
    """`reader` sees everything on both sources and is signed in with `client`."""

    database: str
    reader: User
    client: Client


@pytest.fixture(scope="module")
def big(django_db_setup: None, django_db_blocker: Any, pg: Postgres) -> Iterator[BigConsole]:
    """STORED alerts, three entries each, and what else grows; with fresh statistics."""
    name = pg.create("console", template="console_template")
    aliases = [connections[alias] for alias in ("default", "owner")]
    with django_db_blocker.unblock():
        for connection in aliases:
            connection.close()
            connection.settings_dict["NAME"] = name
        try:
            reader = make_user("directrice", {"depot": Role.DIRECTEUR, "autre": Role.DIRECTEUR})
            values = {
                "stored": STORED,
                "quiet": QUIET,
                "others": OTHERS,
                "reader": str(reader.pk),
            }
            with pg.superuser(name) as root:
                cursor = psycopg.ClientCursor(root)  # several statements at once, with values
                cursor.execute(FILL.read_text(encoding="utf-8"), values)
                root.execute("VACUUM ANALYZE")
            client = Client()
            client.force_login(reader)
            yield BigConsole(name, reader, client)
        finally:
            for connection in aliases:
                connection.close()
                connection.settings_dict["NAME"] = "console"
    pg.drop(name)

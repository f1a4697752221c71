"""The library of docs/examples as a source: a schema and a view of its own, a pack from outside."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings as configured

from governance.env import BASE_DIR
from tests.conftest import Postgres

LIBRARY = BASE_DIR / "docs" / "examples" / "library"
TRIAL = BASE_DIR / "tests" / "packs" / "trial"
ROLES = ("maison_owner", "maison_app", "maison_reader")
Connection = psycopg.Connection[Any]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the library's pack, to be changed."""
    return Path(shutil.copytree(LIBRARY, tmp_path / "library"))


@pytest.fixture
def use(settings: Any) -> Callable[..., None]:
    """Configure a pack's folder, for these sources."""

    def use(folder: Path, *sources: str) -> None:
        settings.RULE_PACKS = {**configured.RULE_PACKS, folder.name: folder}
        settings.SOURCE_PACKS = {
            **configured.SOURCE_PACKS,
            **dict.fromkeys(sources, folder.name),
        }

    return use


@pytest.fixture
def library(
    fresh_source: Callable[..., str], pg: Postgres, settings: Any
) -> Iterator[tuple[Connection, str]]:
    """The owner's connection to the library's database, and that database's address for its owner."""
    name = fresh_source()
    url = pg.dsn(name, "depot_owner")
    with pg.superuser(name) as dba:
        dba.execute(
            f"CREATE SCHEMA biblio AUTHORIZATION depot_owner; ALTER DATABASE {name} SET search_path = biblio"
        )
        dba.execute("GRANT USAGE ON SCHEMA biblio TO depot_reader")
    with psycopg.connect(url, autocommit=True) as owner:
        for file in ("schema", "house_view", "rows"):
            owner.execute((LIBRARY / f"{file}.sql").read_text(encoding="utf-8"))
        owner.execute("GRANT SELECT ON ALL TABLES IN SCHEMA biblio TO depot_reader")
        owner.execute(
            "ALTER DEFAULT PRIVILEGES IN SCHEMA biblio GRANT SELECT ON TABLES TO depot_reader"
        )
        settings.SOURCES = {**configured.SOURCES, "biblio": pg.dsn(name, "depot_reader")}
        yield owner, url


@pytest.fixture
def maison(pg: Postgres, settings: Any) -> Iterator[tuple[psycopg.Connection[Any], str]]:
    """The trial's database; its owner's connection and address."""
    name = pg.create("depot", name="maison")
    statements = (
        (TRIAL / "database.sql").read_text(encoding="utf-8").replace("\\set ON_ERROR_STOP on", "")
    )
    with pg.superuser(name) as dba:
        dba.execute(statements)
        dba.execute(f"GRANT CONNECT ON DATABASE {name} TO {', '.join(ROLES)}")
    url = pg.dsn(name, "maison_owner")
    settings.SOURCES = {"maison": pg.dsn(name, "maison_reader")}
    with psycopg.connect(url, autocommit=True) as owner:
        owner.execute("SET search_path = transit")
        yield owner, url
    pg.drop(name)
    with pg.superuser() as dba:
        for role in ROLES:
            dba.execute(f"DROP ROLE {role}")

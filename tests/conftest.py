"""Fixtures on the real PostgreSQL: a migrated console, clones of it, and business databases beside it."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connection, connections
from django.http import HttpResponse
from django.test import Client
from psycopg import sql

from governance.core.capability import registry
from governance.core.identity.acting import acting_as_system
from governance.core.identity.models import SourceRole, User
from governance.core.identity.roles import Role
from governance.core.web.middleware import StaticFiles
from governance.devtools import embedded
from integrity.depot import schema_create
from integrity.rules.catalog import catalog
from integrity.rules.compiler import view_apply
from tests.postgres import MAJOR, SERVER

# Actions and identities of the machine that only tests know.
INVENTED = {"drill.done", "forged", "system:later", "system:psql", "system:test"}

_numbers = itertools.count(1)

# A test that is rolled back stands for many transactions, of many people, in a single one. In the database of
# such tests alone the ledger's head forgets who wrote last; those about just that use `fresh_console`.
MANY_ACTS = """
CREATE FUNCTION test_many_acts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.actor := NULL;
  RETURN NEW;
END $$;
CREATE TRIGGER test_many_acts BEFORE UPDATE ON ledger_head
  FOR EACH ROW EXECUTE FUNCTION test_many_acts();
"""


def pytest_configure() -> None:
    # Real hashes take a quarter of a second each on purpose; no test here is about them.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    # Now and then a page would ask one question more; tests/access/ has the tests about that.
    for limit in ("ADDRESS", "SOURCE", "WRITES"):
        setattr(settings, f"LIMIT_{limit}_PER_MINUTE", 0)


# What some tests ask of a server, in the words of one that cannot: since which version it can. An extension
# is the wheel's.
LATER = {
    'unrecognized parameter "security_invoker"': 15,
    'at or near "MERGE"': 15,
    'at or near "session_replication_role"': 15,
    'option "locale_provider" not recognized': 15,
    "unrecognized collation provider: builtin": 17,
    'collation "pg_c_utf8"': 17,
    'column "parallel_workers_launched" does not exist': 18,
    "vector.control": 18,
}


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """On an older server (`make database-test`) a test of what came later is skipped, by its own words."""
    try:
        return (yield)
    except psycopg.Error as error:
        since = max((since for words, since in LATER.items() if words in str(error)), default=0)
        if since <= MAJOR:
            raise
    pytest.skip(f"PostgreSQL {since} brought it")


class Postgres:
    """The run's server: addresses, and databases made from templates in a fraction of a second."""

    def dsn(self, database: str, role: str = "postgres") -> str:
        return embedded.url(database, role, SERVER.folder)

    @contextmanager
    def superuser(self, database: str = "postgres") -> Iterator[psycopg.Connection[Any]]:
        with psycopg.connect(self.dsn(database), autocommit=True) as connection:
            yield connection

    def create(self, kind: str, *, template: str | None = None, name: str | None = None) -> str:
        """A new database with the owner and rights of `kind` (`console` or `depot`); its name."""
        name = name or f"{kind}_{next(_numbers)}"
        with self.superuser() as connection:
            SERVER.create_database(connection, name, like=kind, template=template)
        return name

    def drop(self, name: str) -> None:
        with self.superuser() as connection:
            connection.execute(
                sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
            )


@pytest.fixture(scope="session", autouse=True)
def static_files() -> Iterator[None]:
    """Pages name their static files by content, as in production, so they must have been collected."""
    call_command("collectstatic", interactive=False, verbosity=0)
    listed = StaticFiles(lambda _request: HttpResponse()).files
    with pytest.MonkeyPatch.context() as patch:
        # Each client makes its middleware anew; reading the folder is most of what a request costs.
        patch.setattr(
            StaticFiles, "update_files_dictionary", lambda self, *_: self.files.update(listed)
        )
        yield


@pytest.fixture(scope="session")
def pg() -> Postgres:
    return Postgres()


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: Any, pg: Postgres) -> None:
    """Migrate `console` as its owner, once; no test_ database: the whole server is a throw-away."""
    with django_db_blocker.unblock():
        call_command("migrate", verbosity=0)
        connections["owner"].close()
        connections["default"].close()
    pg.create("console", template="console", name="console_template")
    with psycopg.connect(pg.dsn("console", "console_owner"), autocommit=True) as owner:
        owner.execute(MANY_ACTS)


@pytest.fixture
def fresh_console(django_db_setup: None, django_db_blocker: Any, pg: Postgres) -> Iterator[str]:
    """A console database of the test's own, for what must commit or use several connections."""
    name = pg.create("console", template="console_template")
    aliases = [connections[alias] for alias in ("default", "owner")]
    with django_db_blocker.unblock():
        for connection in aliases:
            connection.close()
            connection.settings_dict["NAME"] = name
        try:
            yield name
        finally:
            for connection in aliases:
                connection.close()
                connection.settings_dict["NAME"] = "console"
    pg.drop(name)


@pytest.fixture(autouse=True)
def recorded_has_words(request: pytest.FixtureRequest) -> Iterator[None]:
    """Whatever a test wrote into the ledger, each action has a sentence and each identity a name."""
    if "fresh_console" in request.fixturenames:
        request.getfixturevalue("fresh_console")
    elif "db" in request.fixturenames or request.node.get_closest_marker("django_db"):
        request.getfixturevalue("db")
    else:
        yield
        return
    yield
    found: set[tuple[str, str]] = set()
    # a test may leave its transaction, its connection or its ledger broken
    with suppress(DatabaseError), acting_as_system("test"), connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT action, actor FROM ledger_entry")
        found.update(cursor.fetchall())
    assert {action for action, _actor in found} - set(registry().actions) <= INVENTED
    machines = {actor for _action, actor in found if actor.startswith("system:")}
    assert machines - {f"system:{name}" for name in registry().identities} <= INVENTED


@pytest.fixture
def fresh_source(pg: Postgres) -> Iterator[Callable[..., str]]:
    """Make business databases: `fresh_source(sql_text)` gives the name of a database with that schema.

    The text runs as `depot_owner`; `depot_reader` may then read every table and view.
    """
    made: list[str] = []

    def make(schema: str = "", *, template: str | None = None) -> str:
        name = pg.create("depot", template=template)
        made.append(name)
        with psycopg.connect(pg.dsn(name, "depot_owner"), autocommit=True) as connection:
            connection.execute("GRANT USAGE ON SCHEMA public TO depot_reader")
            connection.execute(
                "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO depot_reader"
            )
            if schema:
                connection.execute(schema)
        return name

    yield make
    for name in made:
        pg.drop(name)


@pytest.fixture(scope="session")
def depot_template(pg: Postgres) -> str:
    """Name of a database with the reference depot's tables and the checks view, without rows."""
    name = pg.create("depot", name="depot_template")
    with psycopg.connect(pg.dsn(name, "depot_owner"), autocommit=True) as connection:
        connection.execute("GRANT USAGE ON SCHEMA public TO depot_reader")
        connection.execute(
            "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO depot_reader"
        )
        schema_create(connection)
        view_apply(connection, list(catalog().values()))
    return name


@pytest.fixture
def depot_db(depot_template: str, pg: Postgres, settings: Any) -> Iterator[str]:
    """A reference depot of the test's own, configured as the source `depot`; its database's name."""
    name = pg.create("depot", template=depot_template)
    settings.SOURCES = {"depot": pg.dsn(name, "depot_reader")}
    yield name
    pg.drop(name)


@pytest.fixture
def cold(monkeypatch: Any) -> None:
    """Nothing is remembered from one page to the next, so that queries can be counted."""
    monkeypatch.setattr("governance.core.cache.per_state.ledger_state", lambda: None)


# One person per role on `depot`, a director of somewhere else, and somebody without a role.
PEOPLE: dict[str, dict[str, Role]] = {role.value: {"depot": role} for role in Role}
PEOPLE |= {"ailleurs": {"autre": Role.DIRECTEUR}, "sans-role": {}}


@pytest.fixture
def people(db: None) -> dict[str, User]:
    """All of `PEOPLE`, for tests in which somebody must exist who does nothing."""
    return {name: make_user(name, roles) for name, roles in PEOPLE.items()}


@pytest.fixture
def as_(request: pytest.FixtureRequest, db: None) -> Callable[[str], Client]:
    """`as_("pca")`: a client signed in as that person of `people`, who is made now unless all are there."""
    known: dict[str, User] = {}
    if "people" in request.fixturenames:
        known = request.getfixturevalue("people")

    def sign_in(name: str) -> Client:
        if name not in known:
            known[name] = make_user(name, PEOPLE[name])
        return signed_in(known[name])

    return sign_in


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def account(name: str) -> User:
    """Somebody's account as it is now."""
    with acting_as_system("test"):
        return User.objects.get(username=name)


def make_user(name: str, roles: Mapping[str, Role | str] | None = None, **extra: Any) -> User:
    """A user with its role on each source; the password is its name."""
    with acting_as_system("install"):
        user = User.objects.create_user(username=name, password=name, **extra)
        SourceRole.objects.bulk_create(
            SourceRole(user=user, source=source, role=role)
            for source, role in (roles or {}).items()
        )
    return user

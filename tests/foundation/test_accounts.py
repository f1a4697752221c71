"""Accounts, sessions and roles in plain SQL as the role that serves: nobody acting, no rows."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from psycopg.errors import InsufficientPrivilege

from governance.core.identity.acting import acting_as_system, acting_as_user
from governance.core.identity.backend import Backend
from governance.core.identity.models import User
from governance.core.identity.roles import Role
from governance.core.identity.sessions import session_name
from tests.conftest import make_user

# Every table of accounts, roles, sessions and what the libraries keep beside them.
TABLES = [
    "governance_user", "account", "source_role", "delegation", "django_session", "account_emailaddress",
    "account_emailconfirmation", "governance_user_groups", "governance_user_user_permissions",
    "auth_group", "auth_permission", "auth_group_permissions",
]  # fmt: skip


@pytest.fixture
def people(fresh_console) -> dict[str, User]:
    users = {
        "admin": make_user("admin", {"depot": Role.ADMIN}),
        "directeur": make_user("directeur", {"depot": Role.DIRECTEUR}, email="d@depot.invalid"),
        "ailleurs": make_user("ailleurs", {"autre": Role.DIRECTEUR}),
        "nouveau": make_user("nouveau"),
    }
    Client().force_login(users["directeur"])
    return users


@pytest.fixture
def runtime(pg, fresh_console, people) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(pg.dsn(fresh_console, "console_app")) as connection:
        yield connection
        connection.rollback()


def act(connection: psycopg.Connection[Any], *, user: UUID | str = "", system: str = "") -> None:
    connection.rollback()
    connection.execute(
        "SELECT set_config('governance.user_id', %s, true), set_config('governance.system', %s, true)",
        [str(user), system],
    )


@pytest.mark.parametrize("table", TABLES)
def test_while_nobody_acts_there_are_no_rows(runtime, pg, fresh_console, table):
    try:
        found = runtime.execute(f"SELECT count(*) FROM {table}").fetchone()
    except InsufficientPrivilege:
        found = (0,)
    assert found == (0,)


def test_while_nobody_acts_nothing_is_written(runtime, people):
    for statement in (
        "UPDATE governance_user SET is_active = false",
        "UPDATE governance_user SET last_login = now()",
        "UPDATE source_role SET role = 'admin'",
        "DELETE FROM source_role",
        "DELETE FROM governance_user",
    ):
        try:
            with runtime.transaction():
                assert runtime.execute(statement).rowcount == 0, statement
        except InsufficientPrivilege:
            continue
    with pytest.raises(InsufficientPrivilege):
        runtime.execute(
            "INSERT INTO source_role (user_id, source, role) VALUES (%s, 'depot', 'admin')",
            [people["nouveau"].pk],
        )


def test_an_id_never_moves_not_even_for_the_owner(pg, fresh_console, people):
    """Three updates in one transaction, foreign keys deferred, once made a stranger an administrator."""
    stranger, admin = people["nouveau"].pk, people["admin"].pk
    swap = (
        ("UPDATE governance_user SET id = gen_random_uuid() WHERE id = %s", [admin]),
        ("UPDATE governance_user SET id = %s WHERE id = %s", [admin, stranger]),
    )
    for role in ("console_app", "console_owner", "postgres"):
        with psycopg.connect(pg.dsn(fresh_console, role)) as connection:
            if role == "postgres":
                connection.execute("SET session_replication_role = replica")
            act(connection, system="install")
            connection.execute("SET CONSTRAINTS ALL DEFERRED")
            for statement, values in swap:
                with pytest.raises(InsufficientPrivilege), connection.transaction():
                    connection.execute(statement, values)
            with pytest.raises(InsufficientPrivilege), connection.transaction():
                connection.execute("UPDATE source_role SET user_id = %s", [stranger])


def test_the_swap_with_nobody_acting_changes_nothing(runtime, people):
    with pytest.raises(InsufficientPrivilege, match="permission denied"):
        runtime.execute(
            "UPDATE governance_user SET id = %s WHERE id = %s",
            [people["admin"].pk, people["nouveau"].pk],
        )


def test_a_person_reads_the_own_account_and_no_other(runtime, people):
    for name, person in people.items():
        act(runtime, user=person.pk)
        rows = runtime.execute("SELECT username, password, email FROM governance_user").fetchall()
        assert [row[0] for row in rows] == [name]
        for other in people.values():
            found = runtime.execute("SELECT password FROM account_of(%s)", [other.pk]).fetchall()
            assert bool(found) == (other == person)


def test_while_nobody_acts_no_function_tells_an_id_or_a_hash(runtime, people):
    chain = "SELECT u.password FROM alert_assignable(%s, %s) AS a, account_of(a) AS u"
    for source in ("depot", "autre", "console"):
        assert runtime.execute(chain, [source, source]).fetchall() == []
    for person in people.values():
        found = runtime.execute("SELECT password FROM account_of(%s)", [person.pk])
        assert found.fetchall() == []


def test_candidates_are_told_to_whoever_sees_both_sources(runtime, people):
    def told(alert_source: str, about: str) -> set[UUID]:
        rows = runtime.execute("SELECT alert_assignable(%s, %s)", [alert_source, about])
        return {person for (person,) in rows}

    depot = {people["admin"].pk, people["directeur"].pk}
    for user in depot:
        act(runtime, user=user)
        assert told("depot", "depot") == depot
        assert told("console", "depot") == {people["admin"].pk}
        assert told("autre", "autre") == told("console", "autre") == set()
    act(runtime, user=people["nouveau"].pk)
    assert told("depot", "depot") == told("console", "console") == set()
    act(runtime, system="scan")
    assert told("depot", "depot") == depot


def test_the_request_s_question_leaves_nobody_acting_behind(people):
    found = Backend().get_user(people["admin"].pk)
    assert found == people["admin"]
    with acting_as_user(people["directeur"].pk):
        assert Backend().get_user(people["admin"].pk) == people["admin"]
        assert [user.username for user in User.objects.all()] == ["directeur"]
    assert not User.objects.exists()


def test_names_are_told_by_id_to_who_holds_a_role(runtime, people):
    ids = [person.pk for person in people.values()]

    def named() -> set[str]:
        found = runtime.execute("SELECT * FROM governance_people(%s)", [ids])
        assert [column.name for column in found.description or ()] == [
            "id", "username", "first_name", "last_name", "is_active",
        ]  # fmt: skip
        return {row[1] for row in found}

    assert named() == set()
    act(runtime, user=people["directeur"].pk)
    assert named() == set(people)
    act(runtime, user=people["nouveau"].pk)
    assert named() == {"nouveau"}


def test_roles_are_seen_on_sources_that_are_seen(runtime, people):
    def seen() -> set[tuple[str, str]]:
        return set(runtime.execute("SELECT source, role FROM source_role").fetchall())

    act(runtime, user=people["directeur"].pk)
    assert seen() == {("depot", "admin"), ("depot", "directeur")}
    act(runtime, user=people["ailleurs"].pk)
    assert seen() == {("autre", "directeur")}
    act(runtime, user=people["nouveau"].pk)
    assert seen() == set()


@pytest.mark.parametrize("who", ["nouveau", "directeur", "ailleurs"])
def test_without_administering_nobody_changes_another_account(runtime, people, who):
    act(runtime, user=people[who].pk)
    for statement in (
        "UPDATE governance_user SET is_active = false WHERE username <> %s",
        "UPDATE account SET is_active = false WHERE username <> %s",
        "DELETE FROM governance_user WHERE username <> %s",
    ):
        assert runtime.execute(statement, [who]).rowcount == 0, statement


@pytest.mark.parametrize(
    "change",
    ["is_active = false", "is_staff = true", "is_superuser = true", "username = 'admin2'",
     "email = 'admin@depot.invalid'", "date_joined = now()", "last_name = 'Autre'"],
)  # fmt: skip
def test_of_the_own_account_only_what_harms_nobody(runtime, people, change):
    act(runtime, user=people["directeur"].pk)
    for harmless in ("language = 'en'", "tour_dismissed_at = now()", "last_login = now()"):
        assert runtime.execute(f"UPDATE governance_user SET {harmless}").rowcount == 1
    with pytest.raises(InsufficientPrivilege, match="may not change that"):
        runtime.execute(f"UPDATE governance_user SET {change}")


def test_an_administrator_manages_accounts_of_the_own_sources_without_their_hashes(runtime, people):
    act(runtime, user=people["admin"].pk)
    close = "UPDATE account SET is_active = false WHERE username = %s"
    assert runtime.execute(close, ["directeur"]).rowcount == 1
    assert runtime.execute(close, ["nouveau"]).rowcount == 1
    with pytest.raises(InsufficientPrivilege), runtime.transaction():
        runtime.execute(close, ["ailleurs"])
    with pytest.raises(InsufficientPrivilege), runtime.transaction():
        runtime.execute("UPDATE account SET id = gen_random_uuid()")
    columns = runtime.execute("SELECT * FROM account").description or ()
    assert "password" not in {column.name for column in columns}
    rows = runtime.execute("SELECT username FROM governance_user").fetchall()
    assert rows == [("admin",)]


@pytest.mark.parametrize("flag", ["is_staff", "is_superuser"])
def test_nobody_makes_staff_or_superusers(runtime, people, flag):
    act(runtime, user=people["admin"].pk)
    insert = (
        "INSERT INTO governance_user (id, username, password, first_name, last_name, is_active,"
        " is_staff, is_superuser, date_joined, language)"
        " VALUES (gen_random_uuid(), %s, '!', '', '', true, {}, {}, now(), '')"
    )
    runtime.execute(insert.format("false", "false"), ["neuf"])
    values = ("true", "false") if flag == "is_staff" else ("false", "true")
    with pytest.raises(InsufficientPrivilege), runtime.transaction():
        runtime.execute(insert.format(*values), ["chef"])
    with pytest.raises(InsufficientPrivilege), runtime.transaction():
        runtime.execute(f"UPDATE governance_user SET {flag} = true")


def test_addresses_and_groups_take_nothing_from_anybody(runtime, people):
    for system in ("", "install"):
        for insert in (
            'INSERT INTO account_emailaddress (user_id, email, verified, "primary")'
            " VALUES (%s, 'x@y.invalid', false, true)",
            "INSERT INTO governance_user_groups (user_id, group_id) VALUES (%s, 1)",
        ):
            act(runtime, user="" if system else people["directeur"].pk, system=system)
            with pytest.raises(InsufficientPrivilege):
                runtime.execute(insert, [people["directeur"].pk])


def test_a_session_is_found_by_its_key_which_no_row_and_no_statement_holds(
    people, runtime, pg, fresh_console
):
    client = Client()
    with CaptureQueriesContext(connection) as asked:
        client.force_login(people["admin"])
        assert client.get("/governance").status_code == 200
    key = client.cookies[settings.SESSION_COOKIE_NAME].value
    assert not [query["sql"] for query in asked if key in query["sql"]]
    with pg.superuser(fresh_console) as superuser:
        rows = superuser.execute("SELECT session_key FROM django_session").fetchall()
    assert (session_name(key),) in rows
    for (name,) in rows:
        client.cookies[settings.SESSION_COOKIE_NAME] = name
        assert client.get("/governance").status_code == 302


def test_a_session_is_found_by_its_name_alone(pg, fresh_console, runtime):
    with pg.superuser(fresh_console) as superuser:
        ((key, data),) = superuser.execute(
            "SELECT session_key, session_data FROM django_session"
        ).fetchall()
    assert runtime.execute("SELECT session_read(%s)", [key]).fetchone() == (data,)
    assert runtime.execute("SELECT session_read(%s)", [key[:-1]]).fetchone() == (None,)
    assert runtime.execute("SELECT session_read(NULL)").fetchone() == (None,)
    with pytest.raises(InsufficientPrivilege):
        runtime.execute("UPDATE django_session SET expire_date = now()")


def test_a_sign_in_by_form_finds_the_account_and_dates_it(people):
    with acting_as_user(people["directeur"].pk):
        User.objects.update(password=make_password("demo"))
    client = Client()
    answer = client.post("/accounts/login/", {"login": "d@depot.invalid", "password": "demo"})
    assert answer.status_code == 302
    assert client.get("/governance").status_code == 200
    with acting_as_system("test"):
        assert User.objects.get(username="directeur").last_login

"""A role that row security would not bind is refused outside a developer's machine."""

import psycopg
import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.db import connections

from governance.core.identity import demonstration
from governance.core.identity.acting import acting_as_system
from governance.core.identity.checks import runtime_role_faults
from governance.core.identity.models import User
from tests.foundation.process import PRODUCTION, free_port, python


def _faults(user: str) -> list[str]:
    connection = connections["default"].copy()
    connection.settings_dict["USER"] = user
    try:
        return [str(fault.id) for fault in runtime_role_faults(connection)]
    finally:
        connection.close()


@pytest.fixture
def bypassing(pg):
    with pg.superuser() as connection:
        connection.execute("CREATE ROLE bypassing LOGIN BYPASSRLS CREATEROLE")
        connection.execute("GRANT CONNECT ON DATABASE console TO bypassing")
    yield "bypassing"
    with pg.superuser() as connection:
        connection.execute("REVOKE ALL ON DATABASE console FROM bypassing")
        connection.execute("DROP ROLE bypassing")


@pytest.mark.django_db
def test_faults_of_each_role(bypassing):
    assert _faults("console_app") == []
    assert _faults("console_owner") == ["governance.E003", "governance.E007"]
    assert _faults(bypassing) == ["governance.E002", "governance.E005"]
    assert set(_faults("postgres")) >= {"governance.E001", "governance.E002", "governance.E003"}


def test_a_schema_in_which_everybody_makes_things_is_a_fault(fresh_console, pg):
    """As PostgreSQL 14 makes it, and pg_upgrade keeps it: functions beside ours would be anybody's."""
    with psycopg.connect(pg.dsn(fresh_console, "postgres"), autocommit=True) as root:
        root.execute("GRANT CREATE ON SCHEMA public TO PUBLIC")
    assert _faults("console_app") == ["governance.E007"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("app_env", "command"),
    [
        ("production", ["manage.py", "check", "--database", "default"]),
        ("staging", ["-m", "gunicorn", "--config", "python:governance.serving", "governance.wsgi"]),
    ],
    ids=["check", "gunicorn"],
)
def test_a_superuser_does_not_serve(pg, tmp_path, command, app_env):
    values = PRODUCTION | {
        "APP_ENV": app_env,
        "DATABASE_URL": pg.dsn("console", "postgres"),
        "VAR_DIR": str(tmp_path),
        "PORT": str(free_port()),
    }
    done = python(*command, **values)
    assert done.returncode != 0
    assert "The role of DATABASE_URL is a superuser." in done.stderr
    assert "Traceback" not in done.stderr


def test_a_database_that_is_down_is_one_line_of_the_check(tmp_path):
    done = python(
        "manage.py", "check", "--database", "default", **PRODUCTION, VAR_DIR=str(tmp_path)
    )
    assert done.returncode == 1
    assert "governance.E004" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "command",
    [
        ["manage.py", "check", "--database", "default"],
        ["-m", "gunicorn", "--config", "python:governance.serving", "governance.wsgi"],
        ["manage.py", "worker"],
    ],
    ids=["check", "gunicorn", "worker"],
)
def test_outside_of_local_nothing_starts_while_it_opens_an_account(
    fresh_console, pg, tmp_path, command
):
    with acting_as_system(demonstration.IDENTITY):
        # Not the tests' cheap hash, which the processes below do not know.
        password = PBKDF2PasswordHasher().encode(demonstration.PASSWORD, "salt-of-the-tests")
        User.objects.create(username="mukendi", password=password)
    values = PRODUCTION | {
        "DATABASE_URL": pg.dsn(fresh_console, "console_app"),
        "VAR_DIR": str(tmp_path),
        "PORT": str(free_port()),
    }
    done = python(*command, **values)
    assert done.returncode != 0
    assert "The demonstration password opens an account: mukendi." in done.stderr
    assert "Traceback" not in done.stderr

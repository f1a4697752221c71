"""What every transaction of the console begins with, and that it ends with it."""

from django.db import InternalError, connection
from psycopg import InternalError as OutOfStep
from psycopg.errors import DataCorrupted

from governance.core.database.outages import outage_kind
from governance.core.identity.acting import acting_as_system


def shown(name):
    with connection.cursor() as cursor:
        cursor.execute(f"SHOW {name}")
        return cursor.fetchone()[0]


def test_nothing_is_compiled_inside_and_the_session_is_left_as_it_was(fresh_console):
    assert shown("jit") == "on"
    with acting_as_system("test"):
        assert shown("jit") == "off"
        with acting_as_system("scan"):
            assert shown("jit") == "off"
        assert shown("jit") == "off"
    assert shown("jit") == "on"


def test_a_server_that_died_while_it_answered_is_away():
    """psycopg then says that COMMIT had two results, without a state; a fault of the server's own has one."""
    for cause, kind in ((OutOfStep("received 2 results"), "away"), (DataCorrupted("torn"), "")):
        error = InternalError("whatever")
        error.__cause__ = cause
        assert outage_kind(error) == kind

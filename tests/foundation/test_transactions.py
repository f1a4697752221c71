"""What every transaction of the console begins with, and that it ends with it."""

from django.db import connection

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

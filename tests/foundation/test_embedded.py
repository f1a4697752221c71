"""The embedded server gives two databases and roles that row security binds."""

import pytest
from django.db import connection


@pytest.mark.django_db
def test_the_runtime_role_is_small():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_user, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user"
        )
        assert cursor.fetchone() == ("console_app", False, False)

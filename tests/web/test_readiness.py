"""Ready is who can work: a database that takes no write is told by the probe, and by the sign-in page."""

from pathlib import Path

import pytest
from django.db import connections

from governance.core.identity.roles import Role
from tests.conftest import Postgres, make_user


def read_only(database: str, pg: Postgres) -> None:
    with pg.superuser(database) as connection:
        connection.execute(f"ALTER DATABASE {database} SET default_transaction_read_only = on")


def full(database: str, pg: Postgres) -> None:
    """No room for sessions: their file is /dev/full, to which the kernel lets nobody write."""
    with pg.superuser(database) as connection:
        found = connection.execute(
            "SELECT current_setting('data_directory'), pg_relation_filepath('django_session'),"
            " pg_relation_size('django_session')"
        ).fetchone()
        assert found
        folder, name, size = found
        assert size == 0  # nothing of it is in memory that would still find its way
    path = Path(folder, name)
    path.unlink()
    path.symlink_to("/dev/full")


@pytest.mark.parametrize(
    ("fault", "detail", "sentence"),
    [
        (read_only, "is read only", "est en lecture seule"),
        pytest.param(
            full,
            "has no room left",
            "est plein",
            marks=pytest.mark.skipif(
                not Path("/dev/full").is_char_device(), reason="this system has no /dev/full"
            ),
        ),
    ],
)
def test_a_database_that_cannot_be_written_is_not_ready_and_nobody_signs_in(
    client, fresh_console, pg, fault, detail, sentence
):
    make_user("directeur", {"depot": Role.DIRECTEUR})
    fault(fresh_console, pg)
    connections["default"].close()
    client.raise_request_exception = False
    answer = client.get("/health/ready")
    assert answer.status_code == 503
    assert answer.json()["database"] == {"ok": False, "detail": detail}
    assert answer.json()["migrations"]["ok"] is True
    page = client.post("/accounts/login/", {"login": "directeur", "password": "directeur"})
    assert page.status_code == 503
    assert sentence in page.content.decode()


def test_the_probe_leaves_no_row_behind(client, fresh_console, pg):
    assert client.get("/health/ready").status_code == 200
    with pg.superuser(fresh_console) as connection:
        assert connection.execute("SELECT count(*) FROM django_session").fetchone() == (0,)

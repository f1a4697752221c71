"""Ready is who can work: a database that takes no write is told by the probe, and by the sign-in page."""

from collections.abc import Callable

import pytest
from django.db import connections

from governance.core.identity.roles import Role
from tests.conftest import Postgres, make_user


@pytest.fixture
def of_a_role(fresh_console: str, pg: Postgres) -> Callable[[str], None]:
    """Run something as superuser on a console database of the test's own."""

    def run(statement: str) -> None:
        with pg.superuser(fresh_console) as connection:
            connection.execute(statement.format(database=fresh_console))
        connections["default"].close()

    return run


READ_ONLY = "ALTER DATABASE {database} SET default_transaction_read_only = on"
# What the server itself says when it finds no room; here a trigger says it.
FULL = """
CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE 'could not extend file: No space left on device' USING ERRCODE = 'disk_full'; END $$;
CREATE TRIGGER full_disk BEFORE INSERT ON django_session FOR EACH ROW EXECUTE FUNCTION full_disk()
"""


@pytest.mark.parametrize(
    ("fault", "detail", "sentence"),
    [
        (READ_ONLY, "is read only", "est en lecture seule"),
        (FULL, "has no room left", "est plein"),
    ],
)
def test_a_database_that_cannot_be_written_is_not_ready_and_nobody_signs_in(
    client, of_a_role, fault, detail, sentence
):
    make_user("directeur", {"depot": Role.DIRECTEUR})
    of_a_role(fault)
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

"""Row security costs one function call per statement, never one per row; docs/row-security.md shows it."""

import re

import pytest
from django.db import connection

from governance.core.identity.acting import acting_as_user
from governance.core.identity.roles import Role
from tests.alerts.make import alert, finding, take_in
from tests.conftest import make_user

pytestmark = pytest.mark.django_db

# what is asked -> a statement as the console writes it
STATEMENTS = {
    "the screen": "SELECT * FROM system_alerts WHERE status IN ('OPEN', 'ACK')"
    " ORDER BY severity_rank, first_detected_at, id LIMIT 201",
    "one change": "UPDATE system_alerts SET status = 'ACK' WHERE status = 'OPEN'",
    "comments": "SELECT * FROM alert_comment ORDER BY at",
    "delegations": "SELECT * FROM delegation",
}


@pytest.fixture
def directeur(db):
    user = make_user("directeur", {"depot": Role.DIRECTEUR})
    take_in([finding(f"e{n}", severity="WARN") for n in range(2000)])
    with acting_as_user(user.pk), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO alert_comment (id, alert_id, body)"
            " SELECT gen_random_uuid(), %s, 'n' || n FROM generate_series(1, 2000) AS n",
            [alert(entity_id="e1").pk],
        )
    return user


def explained(user, statement):
    with acting_as_user(user.pk), connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, VERBOSE, TIMING OFF, FORMAT JSON) {statement}")
        return cursor.fetchone()[0][0]


def nodes(plan):
    yield plan
    for child in plan.get("Plans", ()):
        yield from nodes(child)


ASKS = re.compile(r"governance_\w+\(")
CONDITIONS = ("Filter", "Index Cond", "Recheck Cond", "One-Time Filter", "Join Filter", "Hash Cond")


@pytest.mark.parametrize("statement", STATEMENTS.values(), ids=list(STATEMENTS))
def test_who_may_is_asked_once_per_statement(directeur, statement):
    every = list(nodes(explained(directeur, statement)["Plan"]))
    asking = [node for node in every if ASKS.search(" ".join(node.get("Output", ())))]
    assert asking, "no policy took part in this plan"
    for node in asking:
        assert node["Parent Relationship"] == "InitPlan"
        assert node["Actual Loops"] <= 1
    for node in every:
        conditions = " ".join(str(node.get(name, "")) for name in CONDITIONS)
        assert not ASKS.search(conditions), f"asked per row: {conditions}"

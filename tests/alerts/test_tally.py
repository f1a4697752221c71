"""alert_tally: what counting would say, after every path, for every reader, and written by nobody else."""

from datetime import timedelta

import psycopg
import pytest
from django.db import connection, models

from alerts.bulk import Seen, alerts_acknowledge, alerts_resolve
from alerts.intake import Scope, own_findings_apply
from alerts.models import Alert, AlertTally, Cause, Decision
from alerts.queries import AlertFilter, Counters, alert_choices, alert_counters, counters_today
from alerts.services import Resolution, alert_acknowledge
from governance.core.identity.acting import acting_as_system, acting_as_user
from governance.core.identity.roles import Role
from tests.alerts.make import NOW, assert_tally, finding, take_in
from tests.conftest import make_user

FIXED = Resolution(note="compteur corrigé", cause=Cause.AUTRE, decision=Decision.CORRIGE)


def found(*names, **values):
    return [finding(name, **values) for name in names]


def standing():
    with acting_as_system("test"):
        return {
            (row.status, row.severity): row.n for row in AlertTally.objects.filter(source="depot")
        }


def touched():
    """Where each group's row stands: a row that nobody wrote did not move."""
    with acting_as_system("test"), connection.cursor() as cursor:
        cursor.execute("SELECT ctid::text, xmin::text FROM alert_tally ORDER BY 1")
        return cursor.fetchall()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, (5, 3, 1)),
        ({"severity": ("CRITICAL",)}, (3, 3, 0)),
        ({"status": ("ACK",)}, (1, 1, 0)),
        ({"status": ("OPEN", "RESOLVED")}, (4, 2, 1)),
        ({"source": ("autre",)}, (1, 1, 0)),
        ({"entity_type": ("NIX",)}, (0, 0, 0)),
        ({"check_code": ("STOCK_NEGATIF",)}, (5, 3, 1)),
        ({"entity_id": "b"}, (1, 1, 0)),
        ({"text": "bac d"}, (1, 0, 1)),
        ({"unassigned": True, "source": ("depot",)}, (4, 2, 1)),
    ],
)
def test_counters_are_what_counting_says(cold, asked, expected):
    directeur = make_user("directeur", {"depot": Role.DIRECTEUR, "autre": Role.DIRECTEUR})
    take_in(
        [
            *found("a", "b"),
            *found("d", severity="WARN", message="bac d"),
            *found("e", severity="INFO"),
        ]
    )
    take_in(found("x"), source="autre")
    with acting_as_user(directeur.pk):
        first = Alert.objects.get(entity_id="a")
        alert_acknowledge(alert_id=first.pk, version=1)
        wanted = AlertFilter(**asked)
        shown = counters_today(wanted, frozenset({"depot", "autre"}))
        assert shown == alert_counters(wanted.apply()) == Counters(*expected)
        assert counters_today(wanted, frozenset({"nulle-part"})) == Counters(0, 0, 0)


@pytest.mark.django_db
def test_counting_reads_the_tally_and_no_alert(cold, django_assert_num_queries):
    take_in(found("a", "b"))
    with acting_as_system("test"), django_assert_num_queries(2) as queries:
        assert counters_today(AlertFilter(), frozenset({"depot"})) == Counters(2, 2, 0)
        assert alert_choices(frozenset({"depot"}))["source"] == ["depot"]
    assert not any("system_alerts" in one["sql"] for one in queries.captured_queries)


@pytest.mark.django_db
def test_every_path_counts():
    directeur = make_user("directeur", {"depot": Role.DIRECTEUR})
    ailleurs = make_user("ailleurs", {"autre": Role.ADMIN})
    take_in(found("a", "b", "c") + found("d", severity="WARN"))
    take_in(found("x"), source="autre")
    assert standing() == {("OPEN", "CRITICAL"): 3, ("OPEN", "WARN"): 1}

    with acting_as_system("test"):
        seen = [Seen(one.pk, one.version) for one in Alert.objects.filter(source="depot")]
    with acting_as_user(directeur.pk):
        alert_acknowledge(alert_id=seen[0].alert_id, version=1)
    assert_tally()
    with acting_as_user(directeur.pk):
        alerts_acknowledge(seen=seen)
    assert_tally()
    with acting_as_user(directeur.pk):
        alerts_resolve(seen=[Seen(one.alert_id, 2) for one in seen[:2]], resolution=FIXED)
    assert_tally()
    later = NOW + timedelta(minutes=1)
    # one comes back, one changes its severity, one is gone, one lapses
    take_in(found("a", "b") + found("d"), taken_at=later, material={"STOCK_NEGATIF": ["stock"]})
    assert_tally()
    own = finding("depot", check_code="SCAN_FAILED", entity_type="SOURCE")
    with acting_as_system("scan"):
        own_findings_apply(scope=Scope(codes=["SCAN_FAILED"]), findings=[own], taken_at=later)
    take_in([], taken_at=later)
    for reader in (None, directeur.pk, ailleurs.pk):
        assert_tally(reader)
    with acting_as_system("test"):
        assert AlertTally.objects.aggregate(n=models.Sum("n"))["n"] == Alert.objects.count() == 6
    with acting_as_user(ailleurs.pk):
        assert set(AlertTally.objects.values_list("concerns", flat=True)) == {"autre"}


@pytest.mark.django_db
def test_whoever_changes_more_than_they_see_moves_all_counts():
    take_in(found("x"), source="autre")
    own = finding("autre", check_code="SCAN_FAILED", entity_type="SOURCE")
    with acting_as_system("scan"):
        own_findings_apply(scope=Scope(codes=["SCAN_FAILED"]), findings=[own], taken_at=NOW)
    admin = make_user("admin", {"depot": Role.ADMIN})  # acts on the console's own, sees no `autre`
    with acting_as_user(admin.pk), connection.cursor() as cursor:
        cursor.execute("UPDATE system_alerts SET status = 'ACK'")
    assert_tally()


@pytest.mark.django_db
def test_seeing_again_writes_no_count():
    take_in(found("a", "b"))
    before = touched()
    outcome = take_in(found("a", "b"), taken_at=NOW + timedelta(minutes=1))
    assert outcome.same == 2
    assert touched() == before


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO alert_tally VALUES ('depot', 'depot', 'X', 'Y', 'WARN', 'OPEN', 3)",
        "UPDATE alert_tally SET n = n + 1",
        "DELETE FROM alert_tally",
        "TRUNCATE alert_tally",
    ],
)
def test_the_runtime_role_reads_only(fresh_console, pg, statement):
    take_in(found("a"))
    with psycopg.connect(pg.dsn(fresh_console, "console_app")) as session:
        session.execute("SELECT set_config('governance.system', 'scan', true)")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            session.execute(statement)
    assert_tally()


def test_nobody_sees_a_count_without_an_identity(fresh_console, pg):
    take_in(found("a"))
    with psycopg.connect(pg.dsn(fresh_console, "console_app")) as session:
        assert session.execute("SELECT count(*) FROM alert_tally").fetchone() == (0,)


def test_nobody_writes_the_flow_and_who_reads_history_reads_it(fresh_console, pg):
    take_in(found("a"))
    gerant = make_user("gerant", {"depot": Role.GERANT})
    auditeur = make_user("auditeur", {"depot": Role.AUDITEUR})
    ailleurs = make_user("ailleurs", {"autre": Role.AUDITEUR})

    def asked(statement, who=None):
        with psycopg.connect(pg.dsn(fresh_console, "console_app")) as session:
            name = "governance.user_id" if who else "governance.system"
            session.execute(
                "SELECT set_config(%s, %s, true)", [name, str(who.pk) if who else "scan"]
            )
            return session.execute(statement).fetchone()

    count = "SELECT count(*) FROM alert_flow"
    assert [asked(count, who) for who in (None, auditeur, gerant, ailleurs)] == [
        (2,),
        (2,),
        (0,),
        (0,),
    ]
    for statement in (
        "INSERT INTO alert_flow VALUES ('depot', now(), 'begun', 'X', 3)",
        "UPDATE alert_flow SET n = n + 1",
        "DELETE FROM alert_flow",
        "TRUNCATE alert_flow",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            asked(statement)


@pytest.mark.parametrize("function", ["alert_tally_opened", "system_alerts_record_updated"])
def test_a_trigger_function_serves_its_own_table_only(fresh_console, pg, function):
    with psycopg.connect(pg.dsn(fresh_console, "console_app")) as session:
        session.execute("SELECT set_config('governance.system', 'scan', true)")
        try:
            session.execute("CREATE TEMPORARY TABLE mine (LIKE system_alerts)")
            session.execute(
                "CREATE TRIGGER t AFTER UPDATE ON mine REFERENCING OLD TABLE AS oldtab NEW TABLE AS newtab"
                f" FOR EACH STATEMENT EXECUTE FUNCTION {function}()"
            )
        except psycopg.errors.InsufficientPrivilege:
            return  # refused before it could be tried
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            session.execute("UPDATE mine SET version = 2")

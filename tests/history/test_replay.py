"""Accept 4: the ledger alone gives `system_alerts` back, row for row, now and at every step before."""

import os
import random
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection

from alerts import services
from alerts.intake import Finding, Scope, own_findings_apply
from alerts.marks import marks_check
from alerts.models import Alert, AlertMark, Cause, Decision, Severity
from governance.core.identity.acting import acting_as_system, acting_as_user
from governance.core.identity.roles import Role
from tests.alerts.make import NOW, alert, alert_rows, finding, take_in
from tests.conftest import make_user

pytestmark = pytest.mark.django_db
MATERIAL = {"STOCK_NEGATIF": ["stock"]}


def last_seq() -> int:
    with acting_as_system("test"), connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(seq), 0) FROM ledger_entry")
        return int(cursor.fetchone()[0])


def replayed(upto: int, function: str = "alert_state_at") -> list[dict[str, Any]]:
    import json

    with acting_as_system("test"), connection.cursor() as cursor:
        cursor.execute(f"SELECT to_jsonb(a)::text FROM {function}(%s) AS a ORDER BY id", [upto])
        return [json.loads(row) for (row,) in cursor.fetchall()]


def mark(every: int = 5000) -> int | None:
    """Write one mark, and see that those written so far agree with the ledger."""
    with acting_as_system("mark"), connection.cursor() as cursor:
        cursor.execute("SELECT alert_mark_next(%s)", [every])
        seq: int | None = cursor.fetchone()[0]
    with acting_as_system("verify"):
        assert marks_check(0, last_seq()) is None
    return seq


class Film:
    """Keeps the table after every step, with marks at some, to compare with what the ledger says later."""

    def __init__(self) -> None:
        self.dice = random.Random(7)
        self.frames: list[tuple[int, list[dict[str, Any]]]] = []

    def take(self) -> None:
        if self.dice.random() < 0.5:
            mark(1)
        self.frames.append((last_seq(), alert_rows()))

    def check(self) -> None:
        for number, (seq, rows) in enumerate(self.frames):
            assert replayed(seq) == rows, f"frame {number}, entry {seq}"
            standing = [row for row in rows if row["status"] != "RESOLVED"]
            assert replayed(seq, "alert_active_at") == standing, f"frame {number}, entry {seq}"
            dated = [row for row in rows if row["status"] == "RESOLVED" and row["accepted_until"]]
            assert replayed(seq, "alert_dated_at") == dated, f"frame {number}, entry {seq}"


@pytest.fixture
def film():
    film = Film()
    yield film
    film.take()
    film.check()
    assert len(film.frames) > 1


@pytest.fixture
def director(db):
    return make_user("directrice", {"depot": Role.DIRECTEUR})


def after(minutes: int):
    return NOW + timedelta(minutes=minutes)


def resolution(decision=Decision.CORRIGE, until=None) -> services.Resolution:
    return services.Resolution("relu « compteur »\n\\ 0,1", Cause.AUTRE, decision, until)


def test_open_change_sight_close_reopen(film):
    film.take()
    take_in([finding(), finding("bac-2", severity="WARN")])
    film.take()
    take_in([finding(message="autrement"), finding("bac-2", severity="WARN")], taken_at=after(1))
    film.take()
    take_in([finding(message="autrement")], taken_at=after(2))
    film.take()
    take_in([], taken_at=after(3))
    film.take()
    take_in([finding(payload={"stock": 1e300, "x": 0.1})], taken_at=after(4))
    film.take()
    take_in([finding(payload={"stock": 1e300, "x": 0.1})], taken_at=after(5))


def test_acknowledge_lapse_resolve_accept(film, director):
    second = make_user("admin", {"depot": Role.ADMIN})
    until = date.today() + timedelta(days=9)
    take_in([finding(payload={"stock": -5})], material=MATERIAL)
    with acting_as_user(director.pk):
        services.alert_acknowledge(alert_id=alert().pk, version=1)
    film.take()
    take_in([finding(payload={"stock": -6})], taken_at=after(1), material=MATERIAL)
    film.take()
    for person in (director, second):  # a critical acceptance: proposed, then confirmed
        with acting_as_user(person.pk):
            services.alert_resolve(
                alert_id=alert().pk,
                version=alert().version,
                resolution=resolution(Decision.ACCEPTE, until),
            )
        film.take()
    take_in([finding(payload={"stock": -6})], taken_at=after(2), material=MATERIAL)
    assert alert().status == "RESOLVED"
    film.take()
    take_in([finding(payload={"stock": -7})], taken_at=after(3), material=MATERIAL)
    assert (alert().status, alert().episode) == ("OPEN", 1)


def test_a_row_set_aside_keeps_its_alert_unseen(film):
    take_in([finding("a"), finding("b")])
    film.take()
    take_in([finding("a"), finding("b", message="")], taken_at=after(1))
    assert [alert(entity_id=name).last_detected_at for name in "ab"] == [after(1), NOW]
    film.take()
    take_in([finding("b")], taken_at=after(2))


def test_a_part_of_a_source_leaves_the_rest_unseen(film):
    take_in([finding("a"), finding("b", check_code="AUTRE")])
    film.take()
    take_in([finding("a")], taken_at=after(1), scope=Scope(codes=["STOCK_NEGATIF"]))
    assert alert(entity_id="b").last_detected_at == NOW
    film.take()
    take_in([finding("a")], taken_at=after(2), source="autre")
    take_in([finding("a")], taken_at=after(3), source="autre")


def test_a_snapshot_that_is_not_believed_sights_nothing(film):
    take_in([finding("a"), finding("b")])
    film.take()
    take_in([finding("a")], taken_at=after(1), closes=False)


def test_findings_of_the_consoles_own(film):
    def own(minute: int, *sources: str) -> None:
        with acting_as_system("scan"):
            for source in ("depot", "autre"):
                own_findings_apply(
                    scope=Scope(codes=["SCAN_FAILED"], entities=[source]),
                    findings=[
                        Finding("SCAN_FAILED", "CRITICAL", "SOURCE", name, "En panne.", {}, NOW)
                        for name in sources
                        if name == source
                    ],
                    taken_at=after(minute),
                )

    for minute, sources in enumerate([("depot", "autre"), ("depot", "autre"), ("autre",), ()]):
        own(minute, *sources)
        film.take()


def test_statements_past_the_service(film):
    take_in([finding("a"), finding("b"), finding("c")])
    take_in([finding("a"), finding("b")], taken_at=after(1))
    film.take()
    with acting_as_system("psql"):
        Alert.objects.filter(entity_id="a").update(last_detected_at=after(7))
        film.take()
        Alert.objects.update(last_detected_at=after(8))  # also of the resolved one
        film.take()
        Alert.objects.filter(status="OPEN").update(message="à la main", last_detected_at=after(9))


def test_seen_again_is_one_entry_and_seen_never_none(db):
    take_in([finding(str(n)) for n in range(50)])
    before = last_seq()
    take_in([finding(str(n)) for n in range(50)], taken_at=after(1))
    assert last_seq() == before + 1
    take_in([finding(str(n)) for n in range(50)], taken_at=after(1))  # the same instant again
    assert last_seq() == before + 1


@pytest.mark.parametrize("seed", range(int(os.environ.get("SOAK_SEEDS", "2"))))
def test_any_sequence(seed, film, director):
    dice = random.Random(seed)
    second = make_user("admin", {"depot": Role.ADMIN})
    for minute in range(25):
        found = [
            finding(
                f"e{n}",
                check_code=dice.choice(["STOCK_NEGATIF", "AUTRE"]),
                severity=dice.choice(Severity.values),
                message=dice.choice(["un", "deux", "", "l’eau\n\\u0000 \U0001f6a8"]),
                payload={"stock": dice.choice([1, 2, 0.1]), "x": dice.choice([None, "é", []])},
            )
            for n in range(5)
            if dice.random() < 0.7
        ]
        take_in(found, taken_at=after(minute), material=MATERIAL, closes=dice.random() < 0.8)
        for one in alert_rows():
            person = dice.choice([director, second])
            with acting_as_user(person.pk):
                try:
                    if dice.random() < 0.3:
                        services.alert_acknowledge(alert_id=one["id"], version=one["version"])
                    elif dice.random() < 0.2:
                        until = date.today() + timedelta(days=3)
                        said = dice.choice(
                            [resolution(), resolution(Decision.ACCEPTE, until=until)]
                        )
                        services.alert_resolve(
                            alert_id=one["id"], version=one["version"], resolution=said
                        )
                except (services.Conflict, services.NotAllowed):
                    pass
        film.take()


def test_a_person_gets_what_the_person_may_read(db):
    take_in([finding()])
    take_in([finding()], source="autre")
    seq = last_seq()
    cases: list[tuple[dict[str, Role | str], set[str]]] = [
        ({"depot": Role.PCA}, {"depot"}),
        ({"depot": Role.PCA, "autre": Role.AUDITEUR}, {"depot", "autre"}),
        ({"depot": Role.GERANT}, set()),
    ]
    for roles, expected in cases:
        user = make_user(f"u{len(expected)}", roles)
        with acting_as_user(user.pk), connection.cursor() as cursor:
            for function in ("alert_state_at", "alert_active_at"):
                cursor.execute(f"SELECT source FROM {function}(%s)", [seq])
                assert {source for (source,) in cursor.fetchall()} == expected


def test_marks_bound_what_is_read_and_hold_no_more_than_came(db):
    assert mark() is None
    take_in([finding(f"e{n}") for n in range(10)])
    opened = last_seq()
    assert mark(11) is None
    assert mark(10) is not None
    assert mark(1) is None  # the last holds ten alerts: the next waits for as many entries
    take_in([], taken_at=after(1))
    assert [mark(1), mark(1)] == [last_seq(), None]
    with acting_as_system("test"):
        held = AlertMark.objects.filter(concerns="depot").order_by("seq")
        assert [len(one.alerts) for one in held] == [10, 0]
    assert len(replayed(opened, "alert_active_at")) == 10
    assert replayed(last_seq(), "alert_active_at") == []


def test_only_the_machine_marks_and_nobody_else_writes_there(director):
    take_in([finding()])
    mark(1)
    with acting_as_user(director.pk):
        assert AlertMark.objects.filter(concerns="depot").count() == 1
    for refused, actor, statement in (
        ("only the machine", acting_as_user(director.pk), "SELECT alert_mark_next(1)"),
        ("permission denied", acting_as_system("mark"), "DELETE FROM alert_mark"),
        ("permission denied", acting_as_system("mark"), "UPDATE alert_mark SET alerts = '{}'"),
    ):
        with (
            pytest.raises(DatabaseError, match=refused),
            actor,
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)


@pytest.mark.parametrize("view", ["alert_as_of", "alert_active_as_of"])
def test_the_view_reads_the_entry_that_the_transaction_names(db, view):
    take_in([finding()])
    with acting_as_system("test"), connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {view}")
        assert cursor.fetchone() == (0,)
        cursor.execute("SELECT set_config('governance.as_of', %s, true)", [str(last_seq())])
        cursor.execute(f"SELECT count(*) FROM {view}")
        assert cursor.fetchone() == (1,)

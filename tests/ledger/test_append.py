"""The one door into the ledger: who may use it, what it stamps, and that nothing changes behind it."""

import threading
import time
from datetime import UTC, datetime
from uuid import UUID

import psycopg
import pytest
from django.db import ProgrammingError, connection, connections, transaction

from governance.core.identity.acting import acting_as_system, acting_as_user
from governance.core.ledger.models import LedgerEntry
from tests.conftest import make_user
from tests.ledger.conftest import head, run_verify
from tests.ledger.write import append

INSERT = """
INSERT INTO ledger_entry (seq, at, actor, role, subject_type, subject_id, action, prev_hash, hash)
VALUES (1000, now(), 'x', 'x', 'x', 'x', 'x', '', '')
"""
FORBIDDEN = {
    "insert": INSERT,
    "copy": "COPY ledger_entry FROM STDIN",
    "update": "UPDATE ledger_entry SET actor = 'x'",
    "update of nothing": "UPDATE ledger_entry SET actor = 'x' WHERE false",
    "delete": "DELETE FROM ledger_entry",
    "truncate": "TRUNCATE ledger_entry",
    "merge": "MERGE INTO ledger_entry e USING (VALUES (1)) v(n) ON e.seq = v.n WHEN MATCHED THEN DELETE",
    "head update": "UPDATE ledger_head SET seq = 0",
    "head delete": "DELETE FROM ledger_head",
    "head truncate": "TRUNCATE ledger_head",
    "head insert": "INSERT INTO ledger_head VALUES (2, 0, '', now(), 0)",
}


@pytest.mark.parametrize("role", ["console_app", "console_owner", "postgres"])
@pytest.mark.parametrize("statement", FORBIDDEN.values(), ids=FORBIDDEN)
def test_no_role_writes_or_changes_a_row(role, statement, pg, console, chain):
    with psycopg.connect(pg.dsn(console, role)) as session:
        session.execute("SELECT set_config('governance.system', 'scan', true)")
        if statement.startswith("COPY"):
            with (
                pytest.raises(
                    (psycopg.errors.InsufficientPrivilege, psycopg.errors.FeatureNotSupported)
                ),
                session.cursor().copy(statement) as copy,
            ):
                copy.write_row(
                    (1000, "now", "x", "x", None, "x", "x", None, "x", None, None, "", "")
                )
        else:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                session.execute(statement)
        session.rollback()
    assert run_verify()[0] == 0


def test_replica_mode_is_no_side_door(pg, console, chain):
    """ENABLE ALWAYS: triggers fire as well while a session pretends to replay replication."""
    with pg.superuser(console) as session:
        session.execute("SET session_replication_role = replica")
        for statement in ("DELETE FROM ledger_entry", "UPDATE ledger_head SET seq = 0"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                session.execute(statement)


def test_the_runtime_role_may_not_append_by_itself(pg, console):
    with psycopg.connect(pg.dsn(console, "console_app")) as session:
        session.execute("SELECT set_config('governance.system', 'scan', true)")
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="ledger_append"):
            session.execute("SELECT ledger_append(ARRAY[]::ledger_draft[])")


@pytest.mark.parametrize(
    ("user", "system", "words"),
    [
        ("", "", "nobody is acting"),
        (str(UUID(int=7)), "", "names nobody"),
        (str(UUID(int=7)), "scan", "both"),
    ],
)
def test_without_one_known_actor_nothing_is_written(user, system, words, console):
    before = head()
    with pytest.raises(ProgrammingError, match=words), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT set_config('governance.user_id', %s, true),"
                " set_config('governance.system', %s, true)",
                [user, system],
            )
        append({})
    assert head() == before


def test_who_has_left_does_not_act(console):
    gone = make_user("partie", {"depot": "directeur"}, is_active=False)
    with pytest.raises(ProgrammingError, match="names nobody"), acting_as_user(gone.pk):
        append({})


def test_actor_role_and_instant_are_the_session_s(console):
    person = make_user("claire", {"depot": "directeur", "likasi": "gerant"})
    started = datetime.now(UTC)
    with acting_as_user(person.pk):
        append({"source": "depot"}, {"source": "likasi"}, {"source": None}, {"source": "kolwezi"})
    with acting_as_system("scan"):
        append({})
        rows = list(LedgerEntry.objects.order_by("-seq").values_list("actor", "role", "source")[:5])
        times = list(LedgerEntry.objects.order_by("seq").values_list("at", flat=True))
    assert rows == [
        ("system:scan", "system", "depot"),
        (str(person.pk), "", "kolwezi"),
        (str(person.pk), "directeur", None),
        (str(person.pk), "gerant", "likasi"),
        (str(person.pk), "directeur", "depot"),
    ]
    assert times == sorted(times)
    assert started <= times[-2] <= times[-1] <= datetime.now(UTC)


def test_a_long_transaction_does_not_backdate(console):
    with acting_as_system("scan"):
        with connection.cursor() as cursor:
            cursor.execute("SELECT now(), pg_sleep(0.3)")
            opened = cursor.fetchone()[0]
        first = append({})
        append({})
        at = dict(LedgerEntry.objects.filter(seq__gte=first).values_list("seq", "at"))
    assert (at[first] - opened).total_seconds() >= 0.3
    # one transaction, one instant
    assert at[first] == at[first + 1]


def test_waiting_for_another_writer_does_not_backdate_either(pg, console):
    """The instant is the clock's when the lock was won, also when the other writer gave up."""
    with psycopg.connect(pg.dsn(console, "console_app")) as other:
        other.execute("SELECT set_config('governance.system', 'purge', true), ledger_lock()")
        released: list[datetime] = []

        def give_up() -> None:
            time.sleep(0.3)
            released.append(datetime.now(UTC))
            other.rollback()

        thread = threading.Thread(target=give_up)
        thread.start()
        with acting_as_system("scan"):
            entry = LedgerEntry.objects.get(seq=append({}))
        thread.join()
    assert entry.at >= released[0]


def test_a_rolled_back_change_leaves_neither_entry_nor_gap(console):
    before = head()
    with acting_as_system("scan"):
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            append({}, {})
            raise ZeroDivisionError
        assert append({}) == before[0] + 1
    assert run_verify()[0] == 0


def test_no_drafts_no_entry(console):
    before = head()
    with acting_as_system("scan"), connection.cursor() as cursor:
        cursor.execute("SELECT test_append('[]')")
        assert cursor.fetchone() == (None,)
    assert head() == before


def test_fifty_writers_lose_nothing(console):
    """Accept 2 at the level of the ledger: 50 connections × 20 transactions at once."""
    people = [make_user(f"p{n}", {"depot": "directeur"}).pk for n in range(50)]
    start, _ = head()
    failures: list[BaseException] = []
    ready = threading.Barrier(50)

    def write(person: UUID) -> None:
        try:
            ready.wait(60)
            for turn in range(20):
                with acting_as_user(person):
                    append({"subject_id": f"{person}/{turn}"})
        except BaseException as error:  # a thread's failure must reach the test
            failures.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=write, args=[person]) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert failures == []
    with acting_as_system("test"):
        written = LedgerEntry.objects.filter(seq__gt=start).values_list("actor", "subject_id")
        assert len(written) == len(set(written)) == 1000
        assert {subject for _, subject in written} == {
            f"{p}/{t}" for p in people for t in range(20)
        }
    assert run_verify()[1].startswith(f"Registre intact : {start + 1000} entrées")

"""Random snapshots and human actions: whatever happens in whatever order, no invariant breaks.

Invariants, checked after every step against the tables alone:

 1. `version` starts at 1 and goes up by exactly 1 with each ledger entry about the alert's state; there
    are exactly `version` such entries, and a refused or empty action adds none.
 2. Status and columns agree. OPEN: no acknowledgement, resolution or proposal. ACK: who, when, how severe
    and on what facts; nothing resolved. RESOLVED: an instant; by a person with note, cause and decision
    (ACCEPTE with an end date, the others without), or by nobody with a machine's cause and no decision.
 3. No acknowledgement is in force on anything graver than, or materially other than, what was seen.
 4. A critical ACCEPTE bears two different people, and the rights of two; a proposal stands only on an
    acknowledged alert.
 5. Each entry was written by whoever acted, and only by somebody who then held the permission:
    `act` (by role or by a delegation that lasted) to acknowledge, propose, resolve or take back, `comment`
    to comment or assign; the machine alone opens, reopens, contradicts, confirms, lapses, changes and
    closes. What a delegate did names the lender.
 6. `before` of each entry is what the entries before it had made (so no change went unrecorded), and
    replaying `after` from empty gives the row, but for re-sightings; the same from alert_state_at().
 7. Episodes from the ledger are numbered 1, 2, … without a gap, only the last may last, and it equals
    the table (number, acknowledgement in force, resolution).
 8. What the model says should have happened is what happened: done, refused, or told as a conflict.
 9. Comments in the table and `alert.comment` entries are the same in number, author and words.
10. The chain is whole.
11. The tally counts what the table holds, for the machine and for each person; the flow, what the ledger
    adds up to.
12. Within one episode the age never shrinks; the next begins only after a complete scan saw it absent.
"""

from __future__ import annotations

import json
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, timedelta
from typing import Any

import hypothesis.strategies as st
import pytest
from django.db import connection, transaction
from django.db.models.functions import Now
from hypothesis import HealthCheck, settings
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from alerts.bulk import Seen, alerts_acknowledge
from alerts.models import DATED, Alert, Cause, Comment, Decision
from alerts.related import alert_episodes
from alerts.services import (
    Conflict,
    NotAllowed,
    NotAssignable,
    Resolution,
    SameRight,
    alert_acknowledge,
    alert_assign,
    alert_reopen,
    alert_resolve,
    comment_add,
)
from alerts.words import said
from governance.core.identity.acting import acting_as_system, acting_as_user
from governance.core.identity.models import Delegation, User
from governance.core.identity.roles import Role
from governance.core.ledger.models import LedgerEntry
from tests.alerts.make import assert_flow, assert_tally, finding, take_in
from tests.conftest import make_user

ENTITIES = ("a", "b")
ACTING = ("admin", "directeur", "second")
COMMENTING = (*ACTING, "gerant")
PEOPLE = (*COMMENTING, "pca", "ailleurs")
MATERIAL = {"STOCK_NEGATIF": ["stock"]}
RANK = {"CRITICAL": 0, "WARN": 1, "INFO": 2}
MACHINES = {"alert.open", "alert.reopen", "alert.change", "alert.close"}
MACHINES |= {"alert.contradict", "alert.resume", "alert.confirm"}
ACTS = {
    "alert.ack",
    "alert.propose",
    "alert.resolve",
    "alert.withdraw.ack",
    "alert.withdraw.resolve",
}

seen_things = st.dictionaries(
    st.sampled_from(ENTITIES),
    st.tuples(
        st.sampled_from(("CRITICAL", "CRITICAL", "WARN", "WARN", "INFO")),
        st.sampled_from((-1, -2)),  # material
        st.sampled_from(("sous zéro", "toujours sous zéro")),  # immaterial
    ),
)
people = st.sampled_from((*PEOPLE, "directeur", "directeur", "second"))  # mostly who may
entities = st.sampled_from(ENTITIES)


class Lives(RuleBasedStateMachine):
    """One depot, two anomalies that come and go, six people, one delegation at a time."""

    def __init__(self) -> None:
        super().__init__()
        # Everything happens in one transaction that is rolled back: the ledger cannot be emptied.
        self.undone: AbstractContextManager[Any] = transaction.atomic()
        self.undone.__enter__()
        self.clock = datetime(2026, 3, 1, tzinfo=UTC)
        self.users: dict[str, User] = {}
        self.lender = ""  # who lends to the gerant at present
        self.said: list[tuple[str, str]] = []
        self.allowed: dict[int, tuple[str, bool]] = {}  # seq -> (actor, held `act` then)

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.undone.__exit__(None, None, None)

    @initialize()
    def people_enter(self) -> None:
        roles = {"second": "directeur", "ailleurs": "directeur"}
        for name in PEOPLE:
            source = "autre" if name == "ailleurs" else "depot"
            self.users[name] = make_user(name, {source: Role(roles.get(name, name))})
        self.names = {str(user.pk): name for name, user in self.users.items()}
        self.scan({"a": ("CRITICAL", -1, "sous zéro"), "b": ("WARN", -1, "sous zéro")}, 0)

    # --- what happens ---------------------------------------------------------------------------

    @rule(seen=seen_things, days=st.sampled_from((0, 0, 0, 12)))
    def scan(self, seen: dict[str, tuple[str, int, str]], days: int) -> None:
        self.clock += timedelta(days=days, minutes=1)
        found = [
            finding(name, severity=severity, message=message, payload={"stock": stock})
            for name, (severity, stock, message) in seen.items()
        ]
        was = self.rows()
        take_in(found, taken_at=self.clock, material=MATERIAL)
        now = self.rows()
        self.note()
        for name, (severity, stock, _) in seen.items():
            assert now[name].status == self.expected(was.get(name), severity, {"stock": stock}), (
                name
            )
            self.continues(was.get(name), now[name])
        for name in set(now) - set(seen):
            assert now[name].status == "RESOLVED"
            resolved = was[name].status == "RESOLVED" and was[name].resolved_by is not None
            assert now[name].absent_at == (
                (was[name].absent_at or self.clock) if resolved else None
            )

    def continues(self, was: Alert | None, now: Alert) -> None:
        """The next episode begins after an absence only, and otherwise nothing becomes younger."""
        if was is None:
            return
        back = was.status == "RESOLVED" and now.status == "OPEN"
        unseen = was.resolved_by is not None and was.absent_at is None
        assert now.episode == was.episode + (back and not unseen)
        if now.episode == was.episode:
            assert now.first_detected_at == was.first_detected_at
        if back and unseen:
            assert (now.contradicted_by, now.contradicted_decision) == (
                was.resolved_by,
                was.resolution_decision,
            )
        if back:
            assert now.absent_at is None

    def expected(self, was: Alert | None, severity: str, material: dict[str, int]) -> str:
        if was is None:
            return "OPEN"
        if was.status == "RESOLVED":
            kept = (
                was.accepted_until is not None
                and was.accepted_until >= self.clock.date()
                and RANK[severity] >= RANK[was.severity]
                and was.material == material
            )
            return "RESOLVED" if kept else "OPEN"
        if was.status == "ACK" and (
            RANK[severity] < RANK[was.acknowledged_severity or ""]
            or was.acknowledged_material != material
        ):
            return "OPEN"
        return was.status

    @precondition(lambda self: self.rows())
    @rule(who=people, entity=entities, lag=st.sampled_from((0, 0, 0, 0, 1)))
    def acknowledge(self, who: str, entity: str, lag: int) -> None:
        self.act(who, entity, lag, ("OPEN",), alert_acknowledge)

    @precondition(lambda self: self.rows())
    @rule(
        who=people,
        entity=entities,
        lag=st.sampled_from((0, 0, 0, 0, 1)),
        decision=st.sampled_from(
            (Decision.CORRIGE, Decision.LITIGE, Decision.ACCEPTE, Decision.ACCEPTE)
        ),
        days=st.sampled_from((10, 10, 20)),
    )
    def resolve(self, who: str, entity: str, lag: int, decision: Decision, days: int) -> None:
        self.resolve_one(who, entity, lag, decision, days)

    def resolve_one(self, who: str, entity: str, lag: int, decision: Decision, days: int) -> None:
        until = date.today() + timedelta(days=days) if decision in DATED else None
        resolution = Resolution(
            note=f"par {who}", cause=Cause.AUTRE, decision=decision, accepted_until=until
        )
        was = self.rows().get(entity)
        done = self.act(who, entity, lag, ("OPEN", "ACK"), alert_resolve, resolution=resolution)
        if done and was:
            waits = was.severity == "CRITICAL" and decision == Decision.ACCEPTE
            second = (
                was.acceptance_proposed_by not in (None, self.users[who].pk)
                and was.accepted_until == until
            )
            now = self.rows()[entity]
            assert now.status == ("ACK" if waits and not second else "RESOLVED")

    @precondition(lambda self: any(row.acceptance_proposed_by for row in self.rows().values()))
    @rule(who=st.sampled_from((*COMMENTING, "pca")))
    def sign(self, who: str) -> None:
        """Answer a proposal with its own words, which only a second person makes a resolution."""
        proposed = [row for row in self.rows().values() if row.acceptance_proposed_by]
        for was in proposed:
            days = (was.accepted_until or date.max) - date.today()
            if was.status == "ACK":
                self.resolve_one(who, was.entity_id, 0, Decision.ACCEPTE, days.days)

    def act(
        self, who: str, entity: str, lag: int, possible: tuple[str, ...], do: Any, **more: Any
    ) -> bool:
        """Try, and hold the answer to what the model says of it. True when done."""
        was = self.rows().get(entity)
        if was is None:
            return False
        before = self.state()
        may = who in ACTING or (who == "gerant" and bool(self.lender))
        current = lag == 0 and was.status in possible
        try:
            with acting_as_user(self.users[who].pk):
                do(alert_id=was.pk, version=was.version - lag, **more)
        except SameRight:
            assert may
            assert was.acceptance_proposed_by not in (None, self.users[who].pk)
            first = was.acceptance_proposed_for or was.acceptance_proposed_by
            assert first == self.users[self.lender if who == "gerant" else who].pk
        except NotAllowed:
            assert not may or was.severity == "INFO"
        except Conflict:
            assert not current
        except LookupError:
            assert who == "ailleurs"
        else:
            assert may
            assert current
            assert was.severity != "INFO"
            self.note()
            return True
        assert self.state() == before, "a refused action left a trace"
        return False

    @precondition(lambda self: self.rows())
    @rule(who=people, entity=entities, lag=st.sampled_from((0, 0, 0, 0, 1)))
    def reopen(self, who: str, entity: str, lag: int) -> None:
        was = self.rows().get(entity)
        decided = was is not None and (was.status == "ACK" or was.resolved_by is not None)
        possible = ("ACK", "RESOLVED") if decided else ()
        if self.act(who, entity, lag, possible, alert_reopen, note="pas fini") and was:
            now = self.rows()[entity]
            assert (now.status, now.episode) == ("OPEN", was.episode)
            assert now.first_detected_at == was.first_detected_at

    @precondition(lambda self: self.rows())
    @rule(who=people)
    def acknowledge_all(self, who: str) -> None:
        rows = self.rows()
        may = who in ACTING or (who == "gerant" and bool(self.lender))
        seen = [Seen(row.pk, row.version) for row in rows.values()]
        if who in ("pca", "ailleurs"):
            return  # refused as a whole by the guard, which `acknowledge` tries
        with acting_as_user(self.users[who].pk):
            outcome = alerts_acknowledge(seen=seen)
        ready = {r.pk for r in rows.values() if r.status == "OPEN" and r.severity != "INFO"}
        assert {one.pk for one in outcome.done} == (ready if may else set())
        assert outcome.changed + outcome.skipped + len(outcome.mine) == len(rows)
        self.note()

    @precondition(lambda self: self.rows())
    @rule(who=people, entity=entities, to=st.sampled_from((*PEOPLE, None)))
    def assign(self, who: str, entity: str, to: str | None) -> None:
        was = self.rows().get(entity)
        if was is None:
            return
        before = self.state()
        try:
            with acting_as_user(self.users[who].pk):
                alert_assign(
                    alert_id=was.pk,
                    version=was.version,
                    assignee=self.users[to].pk if to else None,
                )
        except (NotAllowed, LookupError):
            assert who not in COMMENTING
        except NotAssignable:
            assert to not in (*COMMENTING, None)
        except Conflict:
            assert was.status == "RESOLVED"
        else:
            assert who in COMMENTING
            assert to in (*COMMENTING, None) or was.assignee == self.users[to].pk
            self.note()
            return
        assert self.state() == before

    @precondition(lambda self: self.rows())
    @rule(who=people, entity=entities, body=st.text(min_size=1, max_size=30))
    def comment(self, who: str, entity: str, body: str) -> None:
        was = self.rows().get(entity)
        if was is None or not said(body) or "\x00" in body:
            return
        try:
            with acting_as_user(self.users[who].pk):
                comment_add(alert_id=was.pk, body=body)
        except (NotAllowed, LookupError):
            assert who not in COMMENTING
        else:
            assert who in COMMENTING
            self.said.append((who, body))
            self.note()

    @rule(lender=st.sampled_from(ACTING))
    def lend_or_end(self, lender: str) -> None:
        with acting_as_user(self.users[lender].pk):
            if self.lender:
                Delegation.objects.filter(ends_at__gt=Now()).update(ends_at=Now())
            else:
                Delegation.objects.create(
                    reason="congé",
                    holder=self.users["gerant"],
                    source="depot",
                    ends_at=datetime.now(UTC) + timedelta(days=3),
                    granted_by=self.users["pca"].pk,
                )
        self.lender = "" if self.lender else lender

    # --- what must hold -------------------------------------------------------------------------

    def rows(self) -> dict[str, Alert]:
        with acting_as_system("test"):
            return {alert.entity_id: alert for alert in Alert.objects.all()}

    def entries(self) -> list[LedgerEntry]:
        with acting_as_system("test"):
            return list(LedgerEntry.objects.filter(subject_type="alert").order_by("seq"))

    def state(self) -> tuple[Any, int]:
        with acting_as_system("test"), connection.cursor() as cursor:
            cursor.execute("SELECT to_jsonb(a)::text FROM system_alerts a ORDER BY id")
            return cursor.fetchall(), LedgerEntry.objects.count()

    def note(self) -> None:
        """Remember for each new entry whether its author held `act` at that moment."""
        for entry in self.entries():
            name = self.names.get(entry.actor, "")
            may = name in ACTING or (name == "gerant" and bool(self.lender))
            self.allowed.setdefault(entry.seq, (name, may))

    @invariant()
    def columns_agree(self) -> None:
        for row in self.rows().values():
            acked = (
                row.acknowledged_at,
                row.acknowledged_by,
                row.acknowledged_severity,
                row.acknowledged_material,
            )
            decided = (row.resolution_note, row.resolution_decision)
            assert row.status != "OPEN" or not any((*acked, *decided, row.resolution_cause))
            assert row.status != "ACK" or None not in acked
            assert (row.status == "RESOLVED") == (row.resolved_at is not None)
            assert (row.acceptance_proposed_by is None) == (row.acceptance_proposed_at is None)
            if row.status == "ACK":
                assert RANK[row.severity] >= RANK[row.acknowledged_severity or ""]
                assert row.material == row.acknowledged_material
            if row.status == "OPEN":
                assert (row.accepted_until, row.acceptance_proposed_by) == (None, None)
            if row.status == "RESOLVED" and row.resolved_by:
                assert all(decided)
                assert row.resolution_cause == Cause.AUTRE
                dated = row.resolution_decision in DATED
                assert dated == (row.accepted_until is not None)
                accepted = row.resolution_decision == Decision.ACCEPTE
                if accepted and row.severity == "CRITICAL":
                    assert row.acceptance_proposed_by not in (None, row.resolved_by)
                    assert row.acceptance_proposed_for != row.resolved_by
            elif row.status == "RESOLVED":
                assert row.resolution_cause == "DATA_FIXED"
                assert not any(decided)

    @invariant()
    def ledger_tells_all(self) -> None:
        made: dict[str, dict[str, Any]] = {}
        steps: dict[str, int] = {}
        for entry in self.entries():
            name, may = self.allowed[entry.seq]
            if entry.action == "alert.comment":
                assert name in COMMENTING
                continue
            machine = entry.action in MACHINES or entry.action.startswith("alert.lapse.")
            assert machine == (entry.actor == "system:scan")
            assert entry.action not in ACTS or may
            assert entry.action != "alert.assign" or name in COMMENTING
            lent = {key for key in entry.after or {} if key.startswith("delegated_")}
            assert bool(lent) == (name == "gerant" and entry.action in ACTS)
            state = made.setdefault(entry.subject_id, {})
            if entry.before is not None:
                now = {key: state[key] for key in entry.before if key != "last_detected_at"}
                then = {k: v for k, v in entry.before.items() if k != "last_detected_at"}
                assert now == then
            state |= {k: v for k, v in (entry.after or {}).items() if k not in lent}
            steps[entry.subject_id] = steps.get(entry.subject_id, 0) + 1
            assert state["version"] == steps[entry.subject_id]
        with acting_as_system("test"), connection.cursor() as cursor:
            cursor.execute(
                "SELECT id::text, (to_jsonb(a) - 'severity_rank' - 'concerns'"
                " - 'last_detected_at')::text FROM system_alerts a"
            )
            stored = {key: json.loads(row) for key, row in cursor.fetchall()}
        assert stored == {
            key: {k: v for k, v in state.items() if k != "last_detected_at"}
            for key, state in made.items()
        }

    @invariant()
    def replay_equals_the_table(self) -> None:
        with acting_as_system("test"), connection.cursor() as cursor:
            cursor.execute(
                "SELECT"
                " (SELECT jsonb_agg(a ORDER BY id)::text FROM system_alerts a),"
                " (SELECT jsonb_agg(s ORDER BY id)::text FROM alert_state_at("
                "   (SELECT max(seq) FROM ledger_entry)) s)"
            )
            stored, replayed = cursor.fetchone()
            cursor.execute(
                "SELECT"
                " (SELECT jsonb_agg(a ORDER BY id)::text FROM system_alerts a"
                "  WHERE status <> 'RESOLVED'),"
                " (SELECT jsonb_agg(s ORDER BY id)::text FROM alert_active_at("
                "   (SELECT max(seq) FROM ledger_entry)) s)"
            )
            standing, put_together = cursor.fetchone()
            cursor.execute(
                "SELECT"
                " (SELECT jsonb_agg(a ORDER BY id)::text FROM system_alerts a"
                "  WHERE status = 'RESOLVED' AND accepted_until IS NOT NULL),"
                " (SELECT jsonb_agg(s ORDER BY id)::text FROM alert_dated_at("
                "   (SELECT max(seq) FROM ledger_entry)) s)"
            )
            dated, found = cursor.fetchone()
        assert stored == replayed
        assert standing == put_together
        assert dated == found

    @rule()
    def a_mark_is_written(self) -> None:
        with acting_as_system("mark"), connection.cursor() as cursor:
            cursor.execute("SELECT alert_mark_next(1)")

    @invariant()
    def episodes_equal_the_table(self) -> None:
        for row in self.rows().values():
            with acting_as_system("test"):
                episodes = alert_episodes(row.pk, limit=1000)
            assert [one.episode for one in episodes] == list(range(row.episode, 0, -1))
            assert all(one.resolved_at for one in episodes[1:])
            last = episodes[0]
            assert (last.acknowledged_at, last.resolved_at) == (
                row.acknowledged_at,
                row.resolved_at,
            )
            assert last.acknowledged_by == (row.acknowledged_by and str(row.acknowledged_by))
            by = str(row.resolved_by) if row.resolved_by else "system:scan"
            assert last.resolved_by == (by if row.resolved_at else None)
            assert last.resolution_decision == row.resolution_decision
            assert last.time_to_resolve is None or last.time_to_resolve >= timedelta(0)

    @invariant()
    def comments_are_kept(self) -> None:
        with acting_as_system("test"):
            stored = [
                (self.names[str(one.author)], one.body) for one in Comment.objects.order_by("at")
            ]
        told = [
            (self.names[entry.actor], (entry.after or {})["body"])
            for entry in self.entries()
            if entry.action == "alert.comment"
        ]
        assert stored == told == self.said

    @invariant()
    def tally_counts_the_table(self) -> None:
        assert_tally()
        assert_flow()
        for user in self.users.values():
            assert_tally(user.pk)

    @invariant()
    def chain_is_whole(self) -> None:
        with acting_as_system("test"), connection.cursor() as cursor:
            cursor.execute("SELECT first_bad, fault FROM ledger_check()")
            assert cursor.fetchone() == (None, None)


@pytest.mark.django_db
def test_random_lives() -> None:
    run_state_machine_as_test(
        Lives,
        settings=settings(
            max_examples=6,
            stateful_step_count=20,
            deadline=None,
            database=None,
            print_blob=True,
            suppress_health_check=list(HealthCheck),
        ),
    )

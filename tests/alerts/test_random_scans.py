"""Random lives of a real source under real scans and people: whatever happens, nothing said is untrue.

The truth is the table `facts` of the source. What the console makes of it is compared after every step:

 1. No hidden one closes as mended: DATA_FIXED only if the fact was gone from the table.
 2. No worsening stays hidden: what a scan sees stands open, or on an acknowledgement or a dated decision
    that saw it as grave.
 3. Age never shrinks: first sight stays within an episode, and a resolution that the next scan contradicts
    goes on in the same one; after an absence that a scan saw, the next begins.
 4. No older reading reopens: of two scans at once, what the newer one does not see is not opened.
 5. Every change one entry: an alert has as many entries as its version says.
 6. A scan that failed or is not believed closes nothing, and an absence opens nothing.
 7. Replay equals the table, the tally equals counting, and the chain is whole (at the end of each life).

A step is one thing that happens: a finding that comes, goes or worsens, an act, a scan, another view.
Every life has a source name of its own in one console; a new console is made after some of them, so that
the last three cost the same for a million steps.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any, ClassVar
from uuid import UUID

import hypothesis.strategies as st
import psycopg
from django.db import connection, connections
from django.db.models.functions import Now
from hypothesis import HealthCheck, settings
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from psycopg.rows import namedtuple_row

from alerts import models, services
from alerts.models import Alert, Cause, Decision
from alerts.services import Conflict, NotAllowed, Resolution
from governance.core.identity.acting import acting_as_system, acting_as_user
from governance.core.identity.models import Delegation, SourceRole, User
from governance.core.ledger.verify import chain_check
from integrity.scans.models import Scan
from integrity.scans.scan import scan_run
from tests.alerts.make import assert_tally
from tests.conftest import Postgres, make_user

STEPS = int(os.environ.get("SOAK_STEPS", "300"))
LIFE = 50  # steps of one
LIVES = 20  # in one console
ENTITIES = tuple("abcdefghijkl")
RANK = {"CRITICAL": 0, "WARN": 1, "INFO": 2}
# Decisions that wait until a day; which they are, and whether one may be taken back, is the product's.
DATED = getattr(models, "DATED", (Decision.ACCEPTE,))
REOPEN: Callable[..., Alert] | None = getattr(services, "alert_reopen", None)

# A scan waits in the middle of its reading for as long as somebody holds this lock.
GATE = 7
SEEN = f"""
SELECT 'ANOMALIE'::text AS check_code, severity, 'T'::text AS entity_type, id AS entity_id,
  'm'::text AS message, jsonb_build_object('n', n) AS payload, since AS detected_at
FROM (SELECT pg_advisory_xact_lock_shared({GATE})) AS gate, below"""
PLAIN = f"""
CREATE OR REPLACE FUNCTION shown(id text) RETURNS boolean LANGUAGE sql STABLE AS 'SELECT true';
CREATE OR REPLACE VIEW below WITH (security_invoker = false) AS SELECT * FROM facts WHERE shown(id);
CREATE OR REPLACE VIEW v_integrity_checks WITH (security_invoker = false) AS {SEEN};
ALTER TABLE facts NO FORCE ROW LEVEL SECURITY;
"""
SCHEMA = f"""
CREATE TABLE facts (id text PRIMARY KEY, severity text, n int, since timestamptz);
ALTER TABLE facts ENABLE ROW LEVEL SECURITY;
{PLAIN}
"""
# How the source may be looked at: what is done to it, and whom that hides.
EYES: dict[str, tuple[str, Sequence[str]]] = {
    "plain": ("", ""),
    "reordered": (f"CREATE OR REPLACE VIEW v_integrity_checks AS {SEEN} ORDER BY id DESC", ""),
    "above": (f"CREATE OR REPLACE VIEW v_integrity_checks AS {SEEN} WHERE id <> 'b'", "b"),
    "below": ("CREATE OR REPLACE VIEW below AS SELECT * FROM facts WHERE false", ENTITIES),
    "function": (
        "CREATE OR REPLACE FUNCTION shown(id text) RETURNS boolean LANGUAGE sql STABLE"
        " AS 'SELECT id <> ''a'''",
        "a",
    ),
    "invoker": (
        "ALTER VIEW below SET (security_invoker = true);"
        "ALTER VIEW v_integrity_checks SET (security_invoker = true)",
        ENTITIES,
    ),
    "row security": ("ALTER TABLE facts FORCE ROW LEVEL SECURITY", ENTITIES),
}
ROWS = """
SELECT entity_id, id, status, severity, episode, version, first_detected_at, last_detected_at,
  acknowledged_severity,
  resolved_by, resolution_cause, resolution_decision, accepted_until, acceptance_proposed_by,
  (SELECT count(*) FROM ledger_entry WHERE subject_type = 'alert' AND subject_id = a.id::text
     AND action <> 'alert.comment') AS entries
FROM system_alerts a WHERE source = %s
"""
REPLAY = """
SELECT (SELECT jsonb_agg(a ORDER BY id)::text FROM system_alerts a) AS stored,
  (SELECT jsonb_agg(s ORDER BY id)::text
   FROM alert_state_at((SELECT max(seq) FROM ledger_entry)) s) AS replayed
"""

CHANGE = """
WITH changed AS (SELECT key AS id, value AS severity, %s AS n FROM jsonb_each_text(%s::jsonb)),
gone AS (DELETE FROM facts USING changed c WHERE facts.id = c.id AND c.severity IS NULL)
INSERT INTO facts SELECT id, severity, n, timestamptz '2026-01-01' + n * interval '1 minute'
FROM changed WHERE severity IS NOT NULL
ON CONFLICT (id) DO UPDATE SET severity = excluded.severity, n = excluded.n
"""

entities = st.sampled_from(ENTITIES)
changes = st.dictionaries(
    entities, st.sampled_from(("CRITICAL", "CRITICAL", "WARN", "WARN", "INFO", None, None))
)
people = st.sampled_from(("directeur", "directeur", "second", "gerant"))


class World:
    """One source and, one after the other, consoles; what several lives share."""

    def __init__(self, pg: Postgres, source: str, given: Any) -> None:
        self.pg, self.given = pg, given
        self.dsn = pg.dsn(source, "depot_reader")
        self.hand = psycopg.connect(pg.dsn(source), autocommit=True)  # past its row security
        self.two = ThreadPoolExecutor(2)
        self.lives = self.steps = 0
        self.console = ""
        self.users: dict[str, User] = {}

    def life(self) -> str:
        """The name of a source that nothing is known of."""
        if self.lives % LIVES == 0:
            self._renew()
        self.lives += 1
        name = f"s{self.lives}"
        self.given.SOURCES = {name: self.dsn}
        with acting_as_system("install"):
            roles = {"directeur": "directeur", "second": "directeur", "gerant": "gerant"}
            SourceRole.objects.bulk_create(
                SourceRole(user=self.users[who], source=name, role=role)
                for who, role in roles.items()
            )
        self.hand.execute(PLAIN)
        self.hand.execute("TRUNCATE facts")
        return name

    def close(self) -> None:
        """Leave neither a connection nor a console behind."""
        self._leave()
        self.two.shutdown()
        self.hand.close()

    def _renew(self) -> None:
        self._leave()
        self.console = self.pg.create("console", template="console_template")
        connection.settings_dict["NAME"] = self.console
        # Past row security and triggers: reads, and moves the dates of scans.
        self.eye = psycopg.connect(
            self.pg.dsn(self.console), autocommit=True, row_factory=namedtuple_row
        )
        self.eye.execute("SET session_replication_role = replica")
        self.users = {name: make_user(name) for name in ("directeur", "second", "gerant")}
        self.users["admin"] = make_user("admin", {"console": "admin"})

    def _leave(self) -> None:
        if self.console:
            for done in [self.two.submit(_hang_up) for _ in range(2)]:
                done.result()
            connection.close()
            self.eye.close()
            self.pg.drop(self.console)
            self.console = ""


def _hang_up() -> None:
    connections["default"].close()
    time.sleep(0.01)  # so that each of the two threads gets one


class Lives(RuleBasedStateMachine):
    """One source of anomalies that come, go and hide; two directors, and one who borrows."""

    world: ClassVar[World]

    def __init__(self) -> None:
        super().__init__()
        self.source = self.world.life()
        self.facts: dict[str, str] = {}  # how grave
        self.eyes = self.eyes_before = "plain"
        self.eyes_moved = False
        self.rows: dict[str, Any] = {}
        # Entity -> whether a scan saw it absent since it was resolved; None where that is not certain.
        self.absent: dict[str, bool | None] = {}
        self.lent = False
        self.last: UUID | None = None  # the newest scan
        self.moved: set[datetime] = set()  # dates that scans had before they were moved
        self.steps = 0

    # --- the source ---------------------------------------------------------------------------

    def change(self, changes: dict[str, str | None]) -> None:
        """These facts are now as grave as this, or gone."""
        self.steps += len(changes)
        for entity, severity in changes.items():
            self.facts.pop(entity, None)
            if severity:
                self.facts[entity] = severity
        self.world.hand.execute(CHANGE, [self.steps, json.dumps(changes)])

    @rule(eyes=st.sampled_from((*EYES, "plain", "plain", "plain")))
    def look_otherwise(self, eyes: str) -> None:
        self.world.hand.execute(f"{PLAIN};{EYES[eyes][0]}")
        self.eyes = eyes
        self.eyes_moved = True

    # --- scans --------------------------------------------------------------------------------

    @rule(changes=changes)
    def scan(self, changes: dict[str, str | None]) -> None:
        """Findings come, go, worsen; then the source is read."""
        self.change(changes)
        was = self.read()
        self.after(scan_run(source=self.source), was)

    @precondition(lambda self: self.steps % 3 == 0)
    @rule(changes=changes)
    def two_scans_at_once(self, changes: dict[str, str | None]) -> None:
        """The first has read when the source changes; the second begins before the first has ended."""
        was = self.read()
        if not self.visible():
            return  # nothing to read, so the gate would not be passed
        hand, two = self.world.hand, self.world.two
        hand.execute("SELECT pg_advisory_lock(%s)", [GATE])
        try:
            early = two.submit(scan_run, source=self.source)
            self.until_it_reads(early)
            self.change(changes)
            late = two.submit(scan_run, source=self.source)
        finally:
            hand.execute("SELECT pg_advisory_unlock(%s)", [GATE])
        early.result()
        last = late.result()
        now = self.read()
        for one in ENTITIES:
            opened = one in now and now[one].status == "OPEN"
            already = one in was and was[one].status != "RESOLVED"
            if last.outcome == "COMPLETE" and opened and not already and self.same_eyes:
                assert one in self.visible(), "an older reading opened what the newer does not see"
            self.absent[one] = None
        if last.outcome == "COMPLETE":
            self.eyes_before = self.eyes
        self.after(scan_run(source=self.source), now)

    def until_it_reads(self, scan: Future[Scan]) -> None:
        deadline = time.monotonic() + 5
        waits = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND objid = %s"
        while not scan.done() and time.monotonic() < deadline:
            if self.world.hand.execute(waits, [GATE]).fetchone() != (0,):
                return
            time.sleep(0.001)

    @precondition(lambda self: self.last)
    @rule(days=st.sampled_from((-2, 2)))
    def the_clock_was_wrong(self, days: int) -> None:
        """The last scan is dated two days from now, or two days ago; it stays the last one.

        What it saw keeps the former date, so no later scan can say that it looked as this one did.
        """
        dated = "SELECT started_at FROM integrity_scan WHERE id = %s"
        self.moved |= {one[0] for one in self.world.eye.execute(dated, [self.last])}
        self.world.eye.execute(
            "UPDATE integrity_scan SET started_at = started_at + %(by)s, finished_at = finished_at + %(by)s"
            " WHERE id = %(last)s",
            {"by": timedelta(days=days), "last": self.last},
        )

    def after(self, scan: Scan, was: dict[str, Any]) -> None:
        """What the console may say of each entity once this scan has read the source as it is."""
        now = self.rows = self.read()
        self.last = scan.pk
        believed = scan.outcome == "COMPLETE"
        for one in ENTITIES:
            row, before, fact = now.get(one), was.get(one), self.facts.get(one)
            if scan.outcome == "FAILED":
                assert row == before
            elif fact and one in self.visible():
                assert row is not None
                self.stands(one, row, before, fact)
            elif row is not None:
                self.not_seen(row, before, fact, believed=believed)
                if believed:
                    sure = (
                        fact is None and self.same_eyes and row.last_detected_at not in self.moved
                    )
                    closed = row.status == "RESOLVED" and row.resolved_by is None
                    self.absent[one] = True if sure or closed else None
        if believed:
            self.eyes_before = self.eyes

    def stands(self, one: str, row: Any, before: Any, fact: str) -> None:
        """Seen: it says how grave it is, to somebody, with the age that it has."""
        if row.status == "RESOLVED":
            assert row.resolution_decision in DATED, "seen, and resolved without a date"
            assert row.accepted_until >= date.today()
            assert RANK[fact] >= RANK[row.severity], "a worsening stays hidden"
        else:
            assert row.severity == fact
        if row.status == "ACK":
            assert RANK[fact] >= RANK[row.acknowledged_severity], "a worsening stays hidden"
        if before is None:
            assert (row.status, row.episode) == ("OPEN", 1)
        elif before.status == "RESOLVED" and row.status != "RESOLVED":
            absent = self.absent.get(one)
            assert absent is not False or row.episode == before.episode, "contradicted, yet new"
            assert absent is not True or row.episode == before.episode + 1
        if row.status != "RESOLVED":
            self.absent.pop(one, None)

    def not_seen(self, row: Any, before: Any, fact: str | None, *, believed: bool) -> None:
        """Not seen: it stays as it is, or a scan that is believed closes it and says truly why."""
        assert before is not None, "an absence opened an alert"
        if before.status == "RESOLVED" or row.status != "RESOLVED":
            assert (row.status, row.episode) == (before.status, before.episode)
            return
        assert believed, "a scan that is not believed closed an alert"
        assert row.resolved_by is None
        assert row.resolution_cause != "DATA_FIXED" or fact is None, "hidden, and called mended"

    # --- people -------------------------------------------------------------------------------

    @rule(who=people, entity=entities)
    def acknowledge(self, who: str, entity: str) -> None:
        self.act(who, entity, services.alert_acknowledge)

    @rule(who=people, entity=entities, decision=st.sampled_from(list(Decision)))
    def resolve(self, who: str, entity: str, decision: Decision) -> None:
        if self.act(who, entity, services.alert_resolve, resolution=_resolution(decision)):
            self.absent[entity] = False

    @precondition(lambda self: REOPEN is not None)
    @rule(who=people, entity=entities)
    def take_back(self, who: str, entity: str) -> None:
        assert REOPEN
        was = self.rows.get(entity)
        if was and self.act(who, entity, REOPEN, note="repris"):
            now = self.read()[entity]
            assert (now.status, now.episode) == ("OPEN", was.episode)
            self.absent.pop(entity, None)

    @precondition(lambda self: self.eyes_moved)
    @rule()
    def what_is_there_is_what_should_be(self) -> None:
        """An administrator resolves the finding that the view has changed."""
        admin = self.world.users["admin"].pk
        with acting_as_user(admin):
            found = Alert.objects.filter(
                check_code="VIEW_DRIFT", entity_id=self.source, status__in=models.ACTIVE
            ).first()
        self.eyes_moved = False
        if found:
            with acting_as_user(admin):
                services.alert_resolve(
                    alert_id=found.pk,
                    version=found.version,
                    resolution=_resolution(Decision.CORRIGE),
                )

    @rule(lender=st.sampled_from(("directeur", "second")))
    def lend_or_end(self, lender: str) -> None:
        users = self.world.users
        with acting_as_user(users[lender].pk):
            if self.lent:
                lasting = Delegation.objects.filter(source=self.source, ends_at__gt=Now())
                lasting.update(ends_at=Now())
            else:
                Delegation.objects.create(
                    holder=users["gerant"],
                    source=self.source,
                    ends_at=datetime.now(UTC) + timedelta(days=3),
                    granted_by=users[lender].pk,
                )
        self.lent = not self.lent

    def act(self, who: str, entity: str, do: Callable[..., Alert], **more: Any) -> bool:
        """True when it was done, and then by somebody who may."""
        was = self.rows.get(entity)
        if was is None:
            return False
        try:
            with acting_as_user(self.world.users[who].pk):
                done = do(alert_id=was.id, version=was.version, **more)
        except (NotAllowed, Conflict):
            assert self.read()[entity] == was, "a refused action left a trace"
            return False
        assert who != "gerant" or self.lent
        return do != services.alert_resolve or done.status == "RESOLVED"

    # --- what must hold -----------------------------------------------------------------------

    def read(self) -> dict[str, Any]:
        found: list[Any] = self.world.eye.execute(ROWS, [self.source]).fetchall()
        return {row.entity_id: row for row in found}

    def visible(self) -> set[str]:
        return set(self.facts) - set(EYES[self.eyes][1])

    @property
    def same_eyes(self) -> bool:
        """Whether the next scan reads as the one before did."""
        return self.eyes == self.eyes_before

    @invariant()
    def every_change_is_one_entry_and_no_age_shrinks(self) -> None:
        self.steps += 1
        now = self.read()
        for entity, row in now.items():
            assert row.entries == row.version
            was = self.rows.get(entity, row)
            assert row.version >= was.version
            assert row.episode - was.episode in (0, 1)
            if row.episode == was.episode:
                assert row.first_detected_at == was.first_detected_at, "its age shrank"
        self.rows = now

    def teardown(self) -> None:
        self.world.steps += self.steps
        [(stored, replayed)] = self.world.eye.execute(REPLAY).fetchall()
        assert stored == replayed
        assert_tally()
        with acting_as_system("verify"):
            assert chain_check().fault is None


def _resolution(decision: Decision) -> Resolution:
    until = date.today() + timedelta(days=10) if decision in DATED else None
    return Resolution(note="dit", cause=Cause.AUTRE, decision=decision, accepted_until=until)


def test_random_scans(
    django_db_setup: None, django_db_blocker: Any, pg: Postgres, fresh_source: Any, settings: Any
) -> None:
    """SOAK_STEPS steps, told from time to time; a slice of them without it."""
    with django_db_blocker.unblock():
        Lives.world = World(pg, fresh_source(SCHEMA), settings)
        started = time.monotonic()
        try:
            while Lives.world.steps < STEPS:
                left = STEPS - Lives.world.steps
                _run(lives=min(LIVES, max(left // LIFE, 1)))
                pace = Lives.world.steps / (time.monotonic() - started)
                print(f"{Lives.world.steps} of {STEPS} steps, {pace:.0f} a second", flush=True)
        finally:
            Lives.world.close()
            connection.settings_dict["NAME"] = "console"


def _run(*, lives: int) -> None:
    run_state_machine_as_test(
        Lives,
        settings=settings(
            max_examples=lives,
            stateful_step_count=LIFE,
            deadline=None,
            database=None,
            print_blob=True,
            suppress_health_check=list(HealthCheck),
        ),
    )

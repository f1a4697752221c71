"""A business database whose findings come and go, looked at in ways that may hide some of them."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from threading import Barrier
from typing import Any, NamedTuple

import psycopg
from django.db import connection, connections

from governance.core.identity.acting import acting_as_system
from governance.core.identity.models import SourceRole, User
from tests.conftest import Postgres, make_user
from tests.postgres import MAJOR

LIVES = 3  # in one console
ENTITIES = tuple(f"{letter}{number}" for letter in "abcdefghijkl" for number in range(200))
# By whom alerts are decided on; what the console says of the source itself is the admin's.
PEOPLE = {"directeur": "directeur", "second": "directeur", "gerant": "gerant"}

# A scan waits in the middle of its reading for as long as somebody holds this lock.
GATE = 7
SHOWN = """
SELECT 'ANOMALIE'::text AS check_code, {severity} AS severity, 'T'::text AS entity_type, id AS entity_id,
  'm'::text AS message, jsonb_build_object('n', n) AS payload, since AS detected_at
FROM (SELECT pg_advisory_xact_lock_shared({gate})) AS gate, below"""
SEEN = SHOWN.format(gate=GATE, severity="severity")
GARBLED = SHOWN.format(gate=GATE, severity="CASE WHEN id LIKE 'c%' THEN 'GRAVE' ELSE severity END")
# Before 15 a view reads with its owner's rights and cannot be told otherwise.
OWNERS = "WITH (security_invoker = false)" if MAJOR >= 15 else ""
PLAIN = f"""
CREATE OR REPLACE FUNCTION shown(id text) RETURNS boolean LANGUAGE sql STABLE AS 'SELECT true';
CREATE OR REPLACE VIEW below {OWNERS} AS SELECT * FROM facts WHERE shown(id);
CREATE OR REPLACE VIEW v_integrity_checks {OWNERS} AS {SEEN};
ALTER TABLE facts NO FORCE ROW LEVEL SECURITY;
"""
SCHEMA = f"""
CREATE TABLE facts (id text PRIMARY KEY, severity text, n int, since timestamptz);
ALTER TABLE facts ENABLE ROW LEVEL SECURITY;
{PLAIN}
"""


class Eyes(NamedTuple):
    """A way to look at the source: what is done to it, and whom that hides (by how their names begin)."""

    done: str = ""
    hides: tuple[str, ...] = ()


EVERYBODY = ("",)
EYES = {
    "plain": Eyes(),
    "reordered": Eyes(f"CREATE OR REPLACE VIEW v_integrity_checks AS {SEEN} ORDER BY id DESC"),
    "above": Eyes(
        f"CREATE OR REPLACE VIEW v_integrity_checks AS {SEEN} WHERE id NOT LIKE 'b%'", ("b",)
    ),
    "below": Eyes("CREATE OR REPLACE VIEW below AS SELECT * FROM facts WHERE false", EVERYBODY),
    "function": Eyes(
        "CREATE OR REPLACE FUNCTION shown(id text) RETURNS boolean LANGUAGE sql STABLE"
        " AS 'SELECT id NOT LIKE ''a%'''",
        ("a",),
    ),
    "invoker": Eyes(
        "ALTER VIEW below SET (security_invoker = true);"
        "ALTER VIEW v_integrity_checks SET (security_invoker = true)",
        EVERYBODY,
    ),
    "row security": Eyes("ALTER TABLE facts FORCE ROW LEVEL SECURITY", EVERYBODY),
    # Rows that break the contract: they are set aside, and no absence of their code is believed.
    "garbled": Eyes(f"CREATE OR REPLACE VIEW v_integrity_checks AS {GARBLED}", ("c",)),
    # Nothing can be read: the scan fails.
    "broken": Eyes(
        f"CREATE OR REPLACE VIEW v_integrity_checks AS {SEEN} WHERE 1 / 0 = 1", EVERYBODY
    ),
}
if not OWNERS:
    del EYES["invoker"]


class Fact(NamedTuple):
    """An anomaly as it is in the source."""

    severity: str
    n: int
    since: datetime


CHANGE = """
WITH changed AS (
  SELECT * FROM jsonb_to_recordset(%s::jsonb) AS c (id text, severity text, n int, since timestamptz)
), gone AS (
  DELETE FROM facts USING changed AS c WHERE facts.id = c.id AND c.severity IS NULL
)
INSERT INTO facts SELECT id, severity, n, since FROM changed WHERE severity IS NOT NULL
ON CONFLICT (id) DO UPDATE SET severity = excluded.severity, n = excluded.n, since = excluded.since
"""


class Row(NamedTuple):
    """What the console's table says of one alert."""

    entity_id: str
    id: Any
    status: str
    severity: str
    episode: int
    version: int
    first_detected_at: datetime
    last_detected_at: datetime
    acknowledged_severity: str | None
    resolved_at: datetime | None
    resolved_by: Any
    resolution_cause: str | None
    resolution_decision: str | None
    accepted_until: Any
    acceptance_proposed_by: Any
    absent_at: datetime | None


ROWS = f"""
SELECT {", ".join(Row._fields)} FROM system_alerts
WHERE source = %s AND (%s::text[] IS NULL OR entity_id = ANY (%s))
"""
ENTRIES = """
SELECT subject_id, action, after ->> 'resolution_cause', after ->> 'resolution_decision', count(*), max(seq)
FROM ledger_entry
WHERE seq > %s AND subject_type = 'alert' AND action <> 'alert.comment' AND check_code = 'ANOMALIE'
GROUP BY 1, 2, 3, 4
"""
# Alerts whose entries in the whole ledger are not as many as their version says.
MISCOUNTED = """
SELECT a.entity_id, a.version, count(e.seq)
FROM system_alerts AS a
LEFT JOIN ledger_entry AS e
  ON e.subject_type = 'alert' AND e.subject_id = a.id::text AND e.action <> 'alert.comment'
GROUP BY a.id HAVING a.version <> count(e.seq)
"""
REPLAY = """
SELECT (SELECT jsonb_agg(a ORDER BY id)::text FROM system_alerts AS a),
  (SELECT jsonb_agg(s ORDER BY id)::text
   FROM alert_state_at((SELECT max(seq) FROM ledger_entry)) AS s)
"""


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
        self.told: Counter[str] = Counter()  # what happened, and what came of it

    def step(self, kind: str, times: int = 1) -> None:
        """This happened to an alert, or to the source."""
        self.steps += times
        self.told[kind] += times

    # --- consoles -----------------------------------------------------------------------------

    def life(self) -> str:
        """The name of a source that nothing is known of."""
        if self.lives % LIVES == 0:
            self._renew()
        self.lives += 1
        name = f"s{self.lives}"
        self.given.SOURCES = {name: self.dsn}
        with acting_as_system("install"):
            SourceRole.objects.bulk_create(
                SourceRole(user=self.users[who], source=name, role=role)
                for who, role in (PEOPLE | {"admin": "admin"}).items()
            )
        self.look("plain")
        self.hand.execute("TRUNCATE facts")
        return name

    def end(self) -> int:
        """The number of the ledger's last entry."""
        [(seq,)] = self.eye.execute("SELECT seq FROM ledger_head").fetchall()
        return int(seq)

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
        self.eye = psycopg.connect(self.pg.dsn(self.console), autocommit=True)
        self.eye.execute("SET session_replication_role = replica")
        self.users = {name: make_user(name) for name in PEOPLE}
        self.users["admin"] = make_user("admin", {"console": "admin"})

    def _leave(self) -> None:
        if self.console:
            both = Barrier(2)  # so that each of the two threads gets one
            for done in [self.two.submit(_hang_up, both) for _ in range(2)]:
                done.result()
            connection.close()
            self.eye.close()
            self.pg.drop(self.console)
            self.console = ""

    # --- the source ---------------------------------------------------------------------------

    def look(self, eyes: str) -> None:
        """From now on the source is looked at like this."""
        self.hand.execute(f"{PLAIN};{EYES[eyes].done}")

    def change(self, facts: Mapping[str, Fact | None]) -> None:
        """These facts are now like this, or gone."""
        changed = [
            {"id": one, "severity": None}
            if fact is None
            else {"id": one, **fact._asdict(), "since": fact.since.isoformat()}
            for one, fact in facts.items()
        ]
        self.hand.execute(CHANGE, [json.dumps(changed)])

    def while_it_reads(self, scan: Callable[[], Any], do: Callable[[], Any]) -> tuple[Any, Any]:
        """Begin this scan, do that while it has read and not yet ended; what both gave."""
        self.hand.execute("SELECT pg_advisory_lock(%s)", [GATE])
        try:
            early = self.two.submit(scan)
            self._until_it_reads(early)
            done = do()
        finally:
            self.hand.execute("SELECT pg_advisory_unlock(%s)", [GATE])
        return early.result(), done

    def _until_it_reads(self, scan: Future[Any]) -> None:
        deadline = time.monotonic() + 60
        waits = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND objid = %s"
        while not scan.done() and self.hand.execute(waits, [GATE]).fetchone() == (0,):
            assert time.monotonic() < deadline, "the scan does not read"
            time.sleep(0.001)


def _hang_up(both: Barrier) -> None:
    both.wait()
    connections["default"].close()

"""Random lives of a real source under real scans and people: whatever happens, nothing said is untrue.

The truth is the table `facts` of the source. What the console makes of it is compared after every scan and
every act:

 1. No hidden one closes as mended: DATA_FIXED, and the confirmation of what a person resolved, only if the
    fact was gone from the table; and whenever it was, and the eyes were the same.
 2. No worsening stays hidden: what a scan sees stands open, or on an acknowledgement or a dated decision
    that saw it as grave.
 3. Age never shrinks: first sight stays within an episode, and a resolution that the next scan contradicts
    goes on in the same one; after an absence that a scan saw, the next begins, no older than that.
 4. No older reading reopens: of two scans at once, what the newer one does not see is not opened, and a
    reading begun before a decision says nothing against it.
 5. Every change one entry: an alert has as many entries as its version says.
 6. A scan that failed or is not believed closes nothing, and an absence opens nothing; one that loses more
    than half is not believed at once.
 7. A decision is done where the person may and the alert is as it was seen, and leaves no trace elsewhere.
 8. Replay equals the table, the tally equals counting, and the chain is whole (at the end of each life).

A step is one thing that happens to one alert or to the source: a finding comes, goes, worsens, …; somebody
decides on one alert; the source is scanned, or is looked at otherwise. What a scan makes of all that is
counted beside, as are acts that were refused. One scan or one bulk decision carries hundreds of steps that
do not depend on each other. A whole life is dealt from one seed, which is printed when it fails; SOAK_SEED
lives that one again.

Each life has a source name of its own; a new console is made after some of them, so that a life costs the
same at the beginning and at the end of a million steps.
"""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from random import Random, SystemRandom
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models.functions import Now

from alerts import services
from alerts.bulk import LIMIT, BulkOutcome, Seen, alerts_acknowledge, alerts_resolve
from alerts.intake.findings import SUSPECT_FROM
from alerts.models import ACTIVE, DATED, Alert, Cause, Decision
from alerts.services import Conflict, NotAllowed, Resolution
from governance.core.identity.acting import acting_as_system, acting_as_user
from governance.core.identity.models import Delegation
from governance.core.ledger.verification.verify import chain_check
from integrity.scans.models import Scan
from integrity.scans.scan import scan_run
from tests.alerts.changing_source import (
    ENTITIES,
    ENTRIES,
    EYES,
    MISCOUNTED,
    PEOPLE,
    REPLAY,
    ROWS,
    SCHEMA,
    Fact,
    Row,
    World,
)
from tests.alerts.make import assert_tally
from tests.conftest import Postgres

SLICE = 700  # steps: one life, rarely two; in `make test`
STEPS = int(os.environ.get("SOAK_STEPS") or SLICE)
LIFE = 40  # things that happen in one
FULL = 1_000_000  # steps in which each kind must have happened

RANK = {"CRITICAL": 0, "WARN": 1, "INFO": 2}
SEVERITIES = tuple(RANK)
MOODS = ("any",) * 8 + ("go", "come")
DATED_BY_DATA = timedelta(minutes=1)

FOUND = {"comes", "comes late", "goes", "worsens", "eases", "says otherwise", "is dated otherwise"}
DECIDED = {"ack", "propose", "second signature", "withdraw.ack", "withdraw.resolve"} | {
    f"resolve {decision}" for decision in Decision.values
}
STEP_KINDS = {
    *FOUND,
    *DECIDED,
    *(f"looked at: {eyes}" for eyes in EYES),
    *(f"scan {outcome}" for outcome in ("COMPLETE", "SUSPECT", "FAILED")),
    *("two scans at once", "decided during a reading", "clock forward", "clock back"),
    *("right lent", "loan ended", "new eyes accepted"),
}
# What came of it, as the ledger says, and what was refused.
CAME_OF_IT = {
    *("open", "reopen", "contradict", "confirm", "change", "lapse.severity"),
    *("close DATA_FIXED", "close RULE_CHANGED"),
    *("refused in bulk", "outdated in bulk", "refused singly", "done in bulk", "done singly"),
    *("held out of sight", "stays accepted", "stays decided"),
}

# Of all entities; in a slice less at a time, so that more happens between.
MUCH = (8, 300, 1000, 2000) if STEPS > SLICE else (8, 40, 100, 200)
HAPPENS = (
    *("scan", "scan", "scan", "scan_again", "decide", "decide", "decide_singly", "decide_singly"),
    *("two_scans_at_once", "two_scans_at_once", "decide_while_it_reads", "decide_while_it_reads"),
    *("look_otherwise", "look_otherwise", "accept_new_eyes", "the_clock_was_wrong", "lend_or_end"),
)


class Life:
    """One source of anomalies that come, go and hide; two directors, and one who borrows."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.source = world.life()
        self.happened: list[tuple[str, int]] = []
        self.facts: dict[str, Fact] = {}
        self.changes = 0
        self.eyes = "plain"
        self.eyes_before: str | None = None  # of the last scan that was believed
        self.eyes_moved = False
        # The dates of scans, as they now stand, and how each looked.
        self.looked: dict[datetime, str] = {}
        self.last: UUID | None = None  # the newest scan
        self.last_outcome = ""
        self.rows: dict[str, Row] = {}
        self.seq = self.world.end()  # of what other lives in the same ledger left
        self.lent = False

    def live(self, seed: int) -> None:
        """Let LIFE things happen, each drawn, and how much of it; then see whether all of it adds up."""
        random = Random(seed)
        try:
            for _ in range(LIFE):
                what, much = random.choice(HAPPENS), random.choice(MUCH)
                self.happened.append((what, much))
                getattr(self, what)(random, much)
            self.adds_up()
        except Exception:
            print(f"SOAK_SEED={seed} SOAK_STEPS={STEPS} failed, in {self.happened}")
            raise

    # --- the source ---------------------------------------------------------------------------

    def change(self, random: Random, much: int) -> None:
        """So many facts come, go, or are no longer as they were."""
        mood = random.choice(MOODS)
        changed: dict[str, Fact | None] = {}
        for entity in random.sample(ENTITIES, much):
            kind, fact = self._fate(random, mood, self.facts.get(entity))
            if kind:
                self.world.step(kind)
                changed[entity] = fact
        self.world.change(changed)
        for entity, fact in changed.items():
            self.facts.pop(entity, None)
            if fact:
                self.facts[entity] = fact

    def _fate(self, random: Random, mood: str, was: Fact | None) -> tuple[str, Fact | None]:
        self.changes += 1
        now = datetime.now(UTC)
        if was is None:
            if mood == "go" or random.random() < 0.4:
                return "", None
            late = random.random() < 0.4
            since = now - timedelta(days=random.randint(1, 900)) if late else now
            fact = Fact(random.choice(SEVERITIES), self.changes, since)
            return "comes late" if late else "comes", fact
        if random.random() < {"go": 0.95, "come": 0.02}.get(mood, 0.25):
            return "goes", None
        severity = random.choice(SEVERITIES)
        if severity == was.severity:
            if random.random() < 0.3:
                since = now - timedelta(days=random.randint(1, 900))
                return "is dated otherwise", was._replace(since=since)
            return "says otherwise", was._replace(n=self.changes)
        worse = RANK[severity] < RANK[was.severity]
        return "worsens" if worse else "eases", was._replace(severity=severity)

    def look_otherwise(self, random: Random, much: int) -> None:
        eyes = random.choice(("plain", *EYES, "plain", "plain"))
        self.world.look(eyes)
        self.world.step(f"looked at: {eyes}")
        self.eyes = eyes
        self.eyes_moved = True

    # --- scans --------------------------------------------------------------------------------

    def scan(self, random: Random, much: int) -> None:
        """Findings come, go, worsen; then the source is read."""
        self.change(random, much)
        self.after(scan_run(source=self.source), self.rows)

    def scan_again(self, random: Random, much: int) -> None:
        """Nothing has happened since."""
        self.after(scan_run(source=self.source), self.rows)

    def two_scans_at_once(self, random: Random, much: int) -> None:
        """The first has read when the source changes; the second begins before the first has ended."""
        if not self.visible():
            return  # nothing is read, so the gate would not be met
        was, facts_was = self.rows, set(self.facts)

        def meanwhile() -> Any:
            self.change(random, much)
            return self.world.two.submit(scan_run, source=self.source)

        early, begun = self.world.while_it_reads(lambda: scan_run(source=self.source), meanwhile)
        late: Scan = begun.result()
        for one in (early, late):
            self.scanned(one)
        self.read()
        now, gone = self.rows, facts_was.union(self.facts) - facts_was.intersection(self.facts)
        visible = self.visible()
        # Where the newer is believed and looked as the older did, what it does not see is closed again.
        late_closes = late.outcome == "COMPLETE" and not self.is_set_aside
        late_closes &= self.same_eyes or early.outcome == "COMPLETE"
        for one, row in now.items():
            before = was.get(one)
            already = before is not None and before.status != "RESOLVED"
            opened = row.status == "OPEN" and not already
            if opened and late_closes:
                assert one in visible, "an older reading opened what the newer does not see"
            if row.absent_at and not (before and before.absent_at):
                assert one in gone or one not in self.facts, "hidden, and its mending confirmed"
            if row.resolution_cause == "DATA_FIXED" and already:
                assert one in gone or one not in self.facts, "hidden, and called mended"
        if "COMPLETE" in (early.outcome, late.outcome):
            self.eyes_before = self.eyes
        self.world.step("two scans at once")
        self.after(scan_run(source=self.source), now)

    def decide_while_it_reads(self, random: Random, much: int) -> None:
        """Somebody decides on what a scan has read and not yet taken in."""
        self.change(random, much)
        if not self.visible():
            return
        before = self.rows
        scan, _ = self.world.while_it_reads(
            lambda: scan_run(source=self.source), lambda: self._decide(random, times=3)
        )
        decided = {
            one
            for one, row in self.rows.items()
            if row.status == "RESOLVED" and row.version != before[one].version
        }
        self.world.step("decided during a reading")
        self.after(scan, self.rows, decided=decided)

    def the_clock_was_wrong(self, random: Random, much: int) -> None:
        """The last scan is dated two days from now, or two days ago; it stays the last one.

        What it saw keeps the former date, so no later scan can say that it looked as this one did.
        """
        if self.last is None:
            return
        days = random.choice((-2, 2))
        was, by = "SELECT started_at FROM integrity_scan WHERE id = %s", timedelta(days=days)
        [(dated,)] = self.world.eye.execute(was, [self.last]).fetchall()
        self.world.eye.execute(
            "UPDATE integrity_scan SET started_at = started_at + %(by)s, finished_at = finished_at + %(by)s"
            " WHERE id = %(last)s",
            {"by": by, "last": self.last},
        )
        if dated in self.looked:
            self.looked[dated + by] = self.looked.pop(dated)
        self.world.step("clock forward" if days > 0 else "clock back")

    def scanned(self, scan: Scan) -> None:
        """Keep what will be asked of this scan later."""
        self.world.step(f"scan {scan.outcome}")
        self.world.told["held out of sight"] += scan.held
        self.last, self.last_outcome = scan.pk, scan.outcome
        if scan.outcome != "FAILED":
            self.looked[scan.started_at] = self.eyes

    def after(
        self, scan: Scan, was: Mapping[str, Row], *, decided: Collection[str] = frozenset()
    ) -> None:
        """What the console may say of each entity once this scan has read the source as it is.

        `was`: when it began, but for what people `decided` (resolved) since.
        """
        suspected = self.last_outcome == "SUSPECT"
        self.read()
        now, visible = self.rows, self.visible()
        believed = scan.outcome == "COMPLETE"
        assert (scan.outcome == "FAILED") == (self.eyes == "broken")
        closed = Counter[bool]()
        for one in ENTITIES:
            row, before, fact = now.get(one), was.get(one), self.facts.get(one)
            if scan.outcome == "FAILED":
                assert row == before
            elif one in visible:
                assert row is not None
                assert fact is not None
                if one in decided:
                    assert row == before, "an older reading reopened"
                    self.world.told["stays decided"] += 1
                else:
                    self.stands(row, before, fact, scan.started_at)
            elif row is not None:
                assert before is not None, "an absence opened an alert"
                self.not_seen(row, before, fact, believed=believed, too_late=one in decided)
            if before and before.status != "RESOLVED":
                closed[now[one].status == "RESOLVED"] += 1
        active = closed.total() - scan.held
        assert not believed or suspected or active < SUSPECT_FROM or closed[True] * 2 <= active
        if believed:
            self.eyes_before = self.eyes
        self.scanned(scan)

    def stands(self, row: Row, before: Row | None, fact: Fact, at: datetime) -> None:
        """Seen: it says how grave it is, to somebody, with the age that it has."""
        dated = fact.since if fact.since <= at - DATED_BY_DATA else at
        if row.status == "RESOLVED":
            assert row.resolution_decision in DATED, "seen, and resolved without a date"
            assert row.accepted_until >= date.today()
            assert RANK[fact.severity] >= RANK[row.severity], "a worsening stays hidden"
            self.world.told["stays accepted"] += 1
        else:
            assert row.severity == fact.severity
        if row.status == "ACK":
            seen = RANK[row.acknowledged_severity or ""]
            assert RANK[fact.severity] >= seen, "a worsening stays hidden"
        if before is None:
            assert (row.status, row.episode) == ("OPEN", 1)
            assert row.first_detected_at == dated, "not as old as the data say"
        elif before.status == "RESOLVED" and row.status != "RESOLVED":
            gone = before.absent_at or (before.resolved_by is None and before.resolved_at)
            assert row.status == "OPEN"
            assert row.episode == before.episode + bool(gone), (
                "contradicted yet new, or gone yet not"
            )
            assert not gone or gone <= row.first_detected_at <= max(at, gone)

    def not_seen(
        self, row: Row, before: Row, fact: Fact | None, *, believed: bool, too_late: bool
    ) -> None:
        """Not seen: it stays as it is, or a scan that is believed closes it and says truly why.

        `too_late`: a person resolved it after the scan had begun.
        """
        sure = believed and self.is_alike(before)
        if before.status == "RESOLVED":
            assert row.absent_at or row == before
            confirms = sure and not too_late and before.resolved_by and before.absent_at is None
            assert bool(row.absent_at) == bool(before.absent_at or confirms)
            assert before.absent_at or not row.absent_at or fact is None, (
                "hidden, its mending confirmed"
            )
        if before.status == "RESOLVED" or row.status != "RESOLVED":
            assert (row.status, row.episode) == (before.status, before.episode)
            assert before.status == "RESOLVED" or not sure, "gone, and not closed"
            return
        assert believed, "a scan that is not believed closed an alert"
        assert row.resolved_by is None
        assert row.resolution_cause != "DATA_FIXED" or fact is None, "hidden, and called mended"
        assert (row.resolution_cause == "DATA_FIXED") == sure

    # --- people -------------------------------------------------------------------------------

    def decide(self, random: Random, much: int) -> None:
        """People select up to a page of alerts and decide on all of them at once."""
        self._decide(random, times=8)

    def _decide(self, random: Random, *, times: int) -> None:
        for _ in range(times):
            self._decide_once(random)

    def _decide_once(self, random: Random) -> None:
        was, who = self.rows, random.choice((*PEOPLE, "directeur", "second"))
        active = random.random() < 0.8
        known = sorted(one for one, row in was.items() if row.status != "RESOLVED" or not active)
        chosen = random.sample(known, min(len(known), random.choice((10, LIMIT, LIMIT))))
        outdated = {one for one in chosen if random.random() < 0.05}
        seen = [Seen(was[one].id, was[one].version - (one in outdated)) for one in chosen]
        decision = random.choice((None, *Decision))
        with acting_as_user(self.world.users[who].pk):
            if decision is None:
                outcome = alerts_acknowledge(seen=seen)
            else:
                outcome = alerts_resolve(seen=seen, resolution=_resolution(decision))
        self.read()
        may = {one for one in chosen if who != "gerant" or self.lent} - outdated
        self._decided(was, chosen, may, who, decision, outcome)

    def _decided(
        self,
        was: Mapping[str, Row],
        chosen: Sequence[str],
        may: set[str],
        who: str,
        decision: Decision | None,
        outcome: BulkOutcome,
    ) -> None:
        """Done is what this person `may` do to what is as it was seen, and nothing else moved."""
        done = {one.entity_id for one in outcome.done}
        awaiting = {one.entity_id for one in outcome.awaiting}
        possible = ("OPEN",) if decision is None else ACTIVE
        asked = {one for one in may if was[one].status in possible and was[one].severity != "INFO"}
        signed = {
            one for one in asked if decision is Decision.ACCEPTE and was[one].severity == "CRITICAL"
        }
        assert asked - signed == done - signed, "not done, or done where it may not be"
        assert awaiting <= signed
        assert done | awaiting <= asked
        for one, row in self.rows.items():
            if one in awaiting:
                assert row.status == "ACK"
            elif one not in done:
                assert row == was[one], "a refused action left a trace"
            elif decision is None:
                assert row.status == "ACK"
            else:
                assert (row.status, row.absent_at) == ("RESOLVED", None)
        me = self.world.users[who].pk
        for one in done & signed:
            assert was[one].acceptance_proposed_by not in (None, me), "one person signed twice"
        told = self.world.told
        told["done in bulk"] += outcome.changed
        told["refused in bulk"] += len(outcome.refused)
        told["outdated in bulk"] += len(outcome.stale)
        assert outcome.changed + len(outcome.mine) + outcome.skipped == len(chosen)

    def decide_singly(self, random: Random, much: int) -> None:
        """A few acts of anybody, each on one alert, mostly such as are possible."""
        acts = ("acknowledge", "resolve", "take back")
        steps = {"OPEN": acts[:2], "ACK": acts[1:], "RESOLVED": acts[2:]}
        for entity in random.sample(sorted(self.rows), min(8, len(self.rows))):
            who, was = random.choice(tuple(PEOPLE)), self.rows[entity]
            what = random.choice(steps[was.status] if random.random() < 0.8 else acts)
            if what == "acknowledge":
                self.act(who, entity, services.alert_acknowledge)
            elif what == "resolve":
                resolution = _resolution(random.choice(list(Decision)))
                self.act(who, entity, services.alert_resolve, resolution=resolution)
                row = self.rows[entity]
                assert row.status != "RESOLVED" or row == was or row.absent_at is None
            elif self.act(who, entity, services.alert_reopen, note="repris"):
                now = self.rows[entity]
                assert (now.status, now.episode) == ("OPEN", was.episode)
                assert was.status == "ACK" or was.resolved_by, "a scan's closing was taken back"

    def accept_new_eyes(self, random: Random, much: int) -> None:
        """An administrator resolves the finding that the view has changed."""
        if not self.eyes_moved:
            return
        admin = self.world.users["admin"].pk
        with acting_as_user(admin):
            found = Alert.objects.filter(
                check_code="VIEW_DRIFT", entity_id=self.source, status__in=ACTIVE
            ).first()
        self.eyes_moved = False
        if found:
            self.world.step("new eyes accepted")
            with acting_as_user(admin):
                services.alert_resolve(
                    alert_id=found.pk,
                    version=found.version,
                    resolution=_resolution(Decision.CORRIGE),
                )

    def lend_or_end(self, random: Random, much: int) -> None:
        users, lender = self.world.users, random.choice(("directeur", "second"))
        with acting_as_user(users[lender].pk):
            if self.lent:
                lasting = Delegation.objects.filter(source=self.source, ends_at__gt=Now())
                lasting.update(ends_at=Now())
            else:
                Delegation.objects.create(
                    reason="congé",
                    holder=users["gerant"],
                    source=self.source,
                    ends_at=datetime.now(UTC) + timedelta(days=3),
                    granted_by=users[lender].pk,
                )
        self.world.step("loan ended" if self.lent else "right lent")
        self.lent = not self.lent

    def act(self, who: str, entity: str, do: Callable[..., Alert], **more: Any) -> bool:
        """True when it was done, and then by somebody who may."""
        was = self.rows[entity]
        try:
            with acting_as_user(self.world.users[who].pk):
                do(alert_id=was.id, version=was.version, **more)
        except (NotAllowed, Conflict):
            self.read(entity)
            assert self.rows[entity] == was, "a refused action left a trace"
            self.world.told["refused singly"] += 1
            return False
        self.read(entity)
        assert who != "gerant" or self.lent
        assert self.rows[entity].version == was.version + 1
        self.world.told["done singly"] += 1
        return True

    # --- what must hold -----------------------------------------------------------------------

    def visible(self) -> set[str]:
        hides = EYES[self.eyes].hides
        return {one for one in self.facts if not one.startswith(hides)} if hides else {*self.facts}

    @property
    def same_eyes(self) -> bool:
        """Whether the next scan reads as the last one did that was believed."""
        return self.eyes_before in (self.eyes, None)

    @property
    def is_set_aside(self) -> bool:
        """Whether a row breaks the contract, so that no absence is believed."""
        return self.eyes == "garbled" and any(
            one.startswith(EYES["garbled"].hides) for one in self.facts
        )

    def is_alike(self, row: Row) -> bool:
        """Whether this scan looks as the last one did, and as the one did that last saw this alert."""
        as_seen = self.looked.get(row.last_detected_at) == self.eyes
        return as_seen and self.same_eyes and not self.is_set_aside

    def read(self, only: str | None = None) -> None:
        """See what the console has, all or one: every change is one entry, and no age shrinks."""
        eye = self.world.eye
        was, names = self.rows, None if only is None else [only]
        now = {row[0]: Row._make(row) for row in eye.execute(ROWS, [self.source, names, names])}
        entries: Counter[str] = Counter()
        for alert, action, cause, decision, n, seq in eye.execute(ENTRIES, [self.seq]).fetchall():
            entries[alert] += n
            self.seq = max(self.seq, seq)
            self._tell(action, cause, decision, n)
        for entity, row in now.items():
            new = entries.pop(str(row.id), 0)
            before = was.get(entity)
            assert row.version == (before.version if before else 0) + new, "not one entry a change"
            if before is None:
                continue
            assert row.episode - before.episode in (0, 1)
            if row.episode == before.episode:
                assert row.first_detected_at == before.first_detected_at, "its age shrank"
        assert not entries, "an entry about an alert that nobody touched"
        assert only or was.keys() <= now.keys(), "an alert is gone"
        self.rows = was | now

    def _tell(self, action: str, cause: str | None, decision: str | None, n: int) -> None:
        kind = action.removeprefix("alert.")
        if kind == "resolve":  # the decision that was proposed does not change
            kind = f"resolve {decision}" if decision else "second signature"
        elif kind == "close":
            kind = f"close {cause}"
        if kind in DECIDED:
            self.world.step(kind, n)
        else:
            self.world.told[kind] += n

    def adds_up(self) -> None:
        eye = self.world.eye
        assert eye.execute(MISCOUNTED).fetchall() == []
        [(stored, replayed)] = eye.execute(REPLAY).fetchall()
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
        world = World(pg, fresh_source(SCHEMA), settings)
        started = time.monotonic()
        try:
            while world.steps < STEPS:
                Life(world).live(int(os.environ.get("SOAK_SEED") or SystemRandom().getrandbits(32)))
                if world.lives % 20 == 0 or world.steps >= STEPS:
                    pace = world.steps / (time.monotonic() - started)
                    print(f"{world.steps} of {STEPS} steps, {pace:.0f} a second", flush=True)
        finally:
            world.close()
            connection.settings_dict["NAME"] = "console"
            for kind, n in sorted(world.told.items()):
                print(f"{n:>9} {'' if kind in STEP_KINDS else '  '}{kind}")
    assert world.told.keys() <= STEP_KINDS | CAME_OF_IT, "a kind that nobody expected"
    never = (STEP_KINDS | CAME_OF_IT) - {kind for kind, n in world.told.items() if n}
    assert STEPS < FULL or not never, "kinds that never happened"

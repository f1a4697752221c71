"""Enters a story: scans through the intake, deeds through the services, each in a transaction of its own."""

import json
import uuid
from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta
from typing import Any

import psycopg
from django.db import connection
from django.utils import timezone
from psycopg import sql

from alerts.bulk import Seen as SeenAlert
from alerts.bulk import alerts_resolve
from alerts.intake import Snapshot
from alerts.models import Alert
from alerts.services import (
    Resolution,
    alert_acknowledge,
    alert_assign,
    alert_reopen,
    alert_resolve,
    comment_add,
)
from governance.access.services import delegation_lend
from governance.core.identity.acting import acting_as_system, acting_as_user
from governance.core.identity.demonstration import IDENTITY
from governance.core.identity.models import User
from governance.core.identity.roles import Permission, Role
from governance.core.ledger.models import LedgerEntry
from governance.core.web.http import access_of_actor
from governance.devtools import demo
from governance.devtools.past.clock import past_clock, set_now
from governance.devtools.past.facts import depot_read
from governance.devtools.past.story import DAYS, Deed, Story, story_of
from governance.reports.contents import report_text
from governance.reports.period import last_month
from governance.reports.verification import digest_of, report_keep
from integrity.proofs.judgement import rules_prove
from integrity.proofs.models import RuleProof
from integrity.proofs.runs import IDENTITY as PROVER
from integrity.rules.catalog import DEPOT, catalog, material_keys
from integrity.scans.console import console_read, sources_watch
from integrity.scans.models import Scan, ScanOutcome, ViewDefinition
from integrity.scans.scan import IDENTITY as SCANNER
from integrity.sources.connections import source_transaction
from integrity.sources.evidence import Evidence, evidence_read
from integrity.sources.installed_view import InstalledView, view_installed

EVERY = timedelta(hours=1)  # between two scans of the past
PROVED_EVERY = 7  # days
# A report of a month is of its last second, and knows what was read three intervals before it.
BEFORE_MIDNIGHT = timedelta(seconds=90)
# Scans that saw again what stood, and nothing else: as `scan_run` and alerts/sql/intake/8_sight.sql do, on
# the server, because there are two thousand.
QUIET = """
DO $$
DECLARE at timestamptz := {first};
BEGIN
  WHILE at < {end} LOOP
    PERFORM set_config('governance.past_instant', at::text, false),
      set_config('governance.system', {scanner}, true), set_config('search_path', 'public, pg_temp', true);
    UPDATE system_alerts SET last_detected_at = at
    WHERE source = {source} AND status IN ('OPEN', 'ACK');
    INSERT INTO integrity_scan (id, source, started_at, finished_at, outcome, error, view_hash,
      evidence_hash, rules, compiled, rows, per_code, quarantined, faults, opened, reopened, lapsed, changed,
      closed, active)
    SELECT gen_random_uuid(), {source}, at, at + interval '400 ms', 'COMPLETE', '', {view},
      {evidence}, {rules}, true, {rows}, {per_code}, 0, '[]', 0, 0, 0, 0,
      0, count(*)
    FROM system_alerts WHERE source = {source} AND status IN ('OPEN', 'ACK');
    COMMIT;
    at := at + {every};
  END LOOP;
END $$
"""


def is_wanted() -> bool:
    """Whether this console remembers nothing yet: a past is played before all else, or never."""
    with acting_as_system(IDENTITY), connection.cursor() as cursor:
        cursor.execute("SELECT ledger_instant() IS NULL")  # an instant never falls behind it
        (is_new,) = cursor.fetchone()
    return bool(is_new)


def past_play(*, url: str, view_install: Callable[[], None]) -> int:
    """Play three months on the embedded depot at `url`; gives the number of entries.

    `view_install` puts its view in place. The accounts of the demonstration exist afterwards. For the first
    start alone (`is_wanted`).
    """
    now = timezone.now().replace(microsecond=0)
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off")  # a start that is cut short is begun anew
    try:
        with past_clock("owner"):
            set_now(now - timedelta(days=DAYS, minutes=10))
            demo.accounts_create()
            view_install()
            with psycopg.connect(url) as depot:
                told = story_of(depot_read(depot), now)
            _Player(told, url).play()
    finally:
        connection.close()  # with what was set for it
    with acting_as_system(IDENTITY):
        return LedgerEntry.objects.count()


class _Player:
    def __init__(self, told: Story, url: str) -> None:
        self.told = told
        with source_transaction(DEPOT, holds=[]) as source:
            view, evidence = view_installed(source), evidence_read(source)
        assert view is not None  # noqa: S101 - it was installed just now
        self.view: InstalledView = view
        self.evidence: Evidence = evidence
        with closing(psycopg.connect(url)) as depot:
            self.proofs = rules_prove(depot, list(catalog(DEPOT).values()))
        with acting_as_system(IDENTITY):
            self.people = {user.username: user.pk for user in User.objects.all()}

    def play(self) -> None:
        """From the first scan to a little before now, in the order in which it happened."""
        at = self.told.moment(DAYS, 0)
        if at < self.told.now - timedelta(days=DAYS):
            at += timedelta(days=1)
        deeds = list(self.told.deeds)
        self._begin(at)
        shown: frozenset[int] | None = None
        quiet_from = None
        proved = None
        failed = False
        while at < self.told.now - timedelta(minutes=2):
            present = self._present(at)
            due = [one for one in deeds if one.at < at]
            is_silent, is_down = _within(at, self.told.silent), _within(at, self.told.down)
            proves = proved is None or at - proved >= timedelta(days=PROVED_EVERY)
            ends_month = timezone.localtime(at).day == 1 and timezone.localtime(at).hour == 0
            changes = present != shown or bool(due) or is_silent or is_down or proves or failed
            changes |= ends_month
            if changes and quiet_from is not None:
                self._quiet(quiet_from, at, shown or frozenset())
                quiet_from = None
            if ends_month and shown is not None:
                self._scan(at - BEFORE_MIDNIGHT, shown, mended=failed)
            for deed in due:
                deeds.remove(deed)
                self._do(deed)
            if is_silent:
                pass
            elif is_down:
                self._fail(at)
                failed = True
            elif changes:
                self._scan(at, present, mended=failed)
                shown, failed = present, False
            elif quiet_from is None:
                quiet_from = at
            if proves and not is_silent and not is_down:
                self._prove(at + timedelta(minutes=5))
                proved = at
            at += EVERY
        if quiet_from is not None:
            self._quiet(quiet_from, at, shown or frozenset())
        for deed in deeds:
            self._do(deed)

    def _present(self, at: datetime) -> frozenset[int]:
        return frozenset(
            number
            for number, fact in enumerate(self.told.facts)
            if fact.since <= at and (fact.until is None or at < fact.until)
        )

    def _scan(self, at: datetime, present: frozenset[int], *, mended: bool) -> None:
        set_now(at)
        with acting_as_system(SCANNER):
            snapshot = Snapshot(source=DEPOT, taken_at=at, material=material_keys(DEPOT))
            snapshot.add(self.told.facts[number].finding for number in sorted(present))
            snapshot.compare(versions=self.view.rule_versions)
            done = snapshot.apply(closes=True)
            self._record(at, ScanOutcome.COMPLETE, **done.counts)
            if mended:
                console_read(codes=["SCAN_FAILED"], taken_at=at, entities=[DEPOT])

    def _fail(self, at: datetime) -> None:
        set_now(at)
        with acting_as_system(SCANNER):
            error = "la connexion a été refusée (connection refused)"
            Scan.objects.create(
                id=uuid.uuid4(),
                source=DEPOT,
                started_at=at,
                finished_at=at + timedelta(seconds=5),
                outcome=ScanOutcome.FAILED,
                error=error,
            )
            console_read(codes=["SCAN_FAILED"], taken_at=at, entities=[DEPOT])

    def _record(self, at: datetime, outcome: ScanOutcome, **counts: Any) -> None:
        Scan.objects.create(
            id=uuid.uuid4(),
            source=DEPOT,
            started_at=at,
            finished_at=at + timedelta(milliseconds=400),
            outcome=outcome,
            view_hash=self.view.definition_hash,
            evidence_hash=self.evidence.sha256,
            rules=self.view.rule_versions,
            **counts,
        )

    def _quiet(self, first: datetime, end: datetime, present: frozenset[int]) -> None:
        counts: dict[str, int] = {}
        for number in present:
            code = self.told.facts[number].finding.check_code
            counts[code] = counts.get(code, 0) + 1
        values = {
            "first": first,
            "end": end,
            "every": EVERY,
            "scanner": SCANNER,
            "source": DEPOT,
            "view": self.view.definition_hash,
            "evidence": self.evidence.sha256,
            "rows": len(present),
        }
        statement = sql.SQL(QUIET).format(
            **{name: sql.Literal(value) for name, value in values.items()},
            rules=sql.Literal(_json(self.view.rule_versions)),
            per_code=sql.Literal(_json(counts)),
        )
        with connection.cursor() as cursor:
            cursor.execute(statement.as_string(cursor.connection))

    def _prove(self, at: datetime) -> None:
        set_now(at)
        with acting_as_system(PROVER):
            RuleProof.objects.bulk_create(
                RuleProof(
                    source=DEPOT,
                    code=proof.code,
                    version=proof.version,
                    verdict=proof.verdict.value,
                    severity=proof.severity,
                    through=proof.through,
                    text_sha256=proof.text_sha256,
                    cases=[
                        {"name": one.name, "verdict": one.verdict.value, "detail": one.detail}
                        for one in proof.cases
                    ],
                    proved_at=at,
                )
                for proof in self.proofs
            )

    def _begin(self, at: datetime) -> None:
        """What every scan of the past reads through, and which source it is."""
        set_now(at)
        texts = {
            self.view.definition_hash: self.view.definition,
            self.evidence.sha256: self.evidence.text,
        }
        with acting_as_system(SCANNER):
            sources_watch()
            ViewDefinition.objects.bulk_create(
                ViewDefinition(source=DEPOT, view_hash=name, definition=text, first_seen_at=at)
                for name, text in texts.items()
            )

    # --- What people do --------------------------------------------------------------------------

    def _do(self, deed: Deed) -> None:
        set_now(deed.at)
        with acting_as_user(self.people[deed.who.value]):
            found = [
                alert
                for code, entity in deed.about
                for alert in Alert.objects.filter(
                    source=DEPOT, check_code=code, entity_id=entity, status__in=self._from(deed)
                )
            ]
            if deed.verb == "lend":
                assert deed.ends_at is not None  # noqa: S101 - a loan has an end
                delegation_lend(
                    holder_id=self.people[Role.GERANT.value],
                    source=DEPOT,
                    starts_at=deed.at,
                    ends_at=deed.ends_at,
                    reason=deed.note,
                )
            elif deed.verb == "keep":
                period = last_month(timezone.localdate(deed.at))
                sources = access_of_actor().sources[Permission.HISTORY]
                report_keep(period=period, digest=digest_of(report_text(period, sources)))
            elif deed.verb == "accept_many":
                seen = [SeenAlert(one.pk, one.version) for one in found]
                alerts_resolve(seen=seen, resolution=self._resolution(deed))
            else:
                for alert in found:
                    self._act(deed, alert)

    @staticmethod
    def _from(deed: Deed) -> tuple[str, ...]:
        return ("OPEN",) if deed.verb == "ack" else ("OPEN", "ACK")

    def _act(self, deed: Deed, alert: Alert) -> None:
        about: dict[str, Any] = {"alert_id": alert.pk, "version": alert.version}
        if deed.verb == "ack":
            alert_acknowledge(**about, note=deed.note)
        elif deed.verb == "assign":
            alert_assign(**about, assignee=self.people[Role.GERANT.value])
        elif deed.verb == "reopen":
            alert_reopen(**about, note=deed.note)
        elif deed.verb == "comment":
            comment_add(alert_id=alert.pk, body=deed.note)
        else:
            alert_resolve(**about, resolution=self._resolution(deed))

    @staticmethod
    def _resolution(deed: Deed) -> Resolution:
        return Resolution(deed.note, deed.cause, deed.decision, deed.until)


def _within(at: datetime, spans: list[tuple[datetime, datetime]]) -> bool:
    return any(since <= at < until for since, until in spans)


def _json(value: Any) -> str:
    return json.dumps(value)

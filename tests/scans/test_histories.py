"""Random histories of a source: what stands is what a full reading of the same moment says.

Two sources are one database; the readings of one stand, the other is always read in full. People do the same
to both. After every scan their alerts are the same. SOAK_HISTORIES says how many histories; SOAK_SEED deals
them again.
"""

import os
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from random import Random, SystemRandom
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.utils import timezone

from alerts.models import Alert, Cause, Decision
from alerts.services import (
    Resolution,
    alert_acknowledge,
    alert_reopen,
    alert_resolve,
)
from governance.core.identity.acting import acting_as_system, acting_as_user
from governance.core.identity.roles import Role
from integrity.scans import scan as scanning
from tests.conftest import make_user
from tests.scans.still import CLOCK, Depot, depot, own_server, scanned, stood

__all__ = ["depot", "own_server"]

SLICE = 12
HISTORIES = int(os.environ.get("SOAK_HISTORIES") or SLICE)
LIMIT = 12  # of one kind of wrong rows, so that no scan is doubted
COMPARED = (
    "check_code", "entity_type", "entity_id", "severity", "message", "payload", "occurrences", "status",
    "episode", "resolution_cause", "resolution_decision", "accepted_until",
)  # fmt: skip


class Life:
    """One source under two names, and what happens to it."""

    def __init__(self, depot: Depot, chance: Random, person: UUID) -> None:
        self.depot, self.chance, self.person = depot, chance, person
        self.other: psycopg.Connection[Any] | None = None
        self.done: Counter[str] = Counter()

    def step(self) -> None:
        steps: list[Callable[[], None]] = [
            self.nothing, self.nothing, self.nothing, self.nothing, self.reads, self.acknowledges,
            self.resolves, self.accepts, self.reopens, self.writes, self.mends, self.deletes, self.truck,
            self.undoes,
            self.begins, self.commits, self.analyses, self.empties,
        ]  # fmt: skip
        step = self.chance.choice(steps)
        self.done[step.__name__] += 1
        step()

    def nothing(self) -> None:
        pass

    def reads(self) -> None:
        self.depot.owner.execute("SELECT count(*) FROM receptions")

    def writes(self) -> None:
        (wrong,) = self.depot.owner.execute(
            "SELECT count(*) FROM receptions WHERE volume_corrige_15c < 19000"
        ).fetchone() or (0,)
        self.depot.reception(
            at_15c=self.chance.choice([20_000.0, 10_000.0 if wrong < LIMIT else 19_999.0])
        )

    def mends(self) -> None:
        self.depot.owner.execute(
            "UPDATE receptions SET volume_corrige_15c = 20000 WHERE id IN"
            " (SELECT id FROM receptions WHERE volume_corrige_15c < 19000 ORDER BY id LIMIT 1)"
        )

    def deletes(self) -> None:
        self.depot.owner.execute(
            "DELETE FROM receptions WHERE id IN (SELECT id FROM receptions ORDER BY id LIMIT 1)"
        )

    def truck(self) -> None:
        """One whose two days are over in a moment, or never."""
        waits = timedelta(hours=48) - timedelta(seconds=self.chance.uniform(-0.2, 0.4))
        if self.done["truck"] % LIMIT == 0:
            self.depot.owner.execute("DELETE FROM cours_de_route")
        self.depot.facts.row("cours_de_route", statut="ARRIVE", created_at=timezone.now() - waits)

    def undoes(self) -> None:
        with closing(psycopg.connect(self.depot.owner.info.dsn)) as other:
            other.execute("DELETE FROM receptions")
            other.rollback()

    def begins(self) -> None:
        if self.other is None:
            self.other = psycopg.connect(self.depot.owner.info.dsn)
            self.other.execute(
                "INSERT INTO receptions (citerne_id, produit_id, volume_ambiant, volume_corrige_15c)"
                " VALUES (%s, %s, 20000, 15000)",
                [self.depot.tank, self.depot.facts.product],
            )

    def commits(self) -> None:
        if self.other is not None:
            self.other.commit() if self.chance.random() < 0.6 else self.other.rollback()
            self.other.close()
            self.other = None

    def analyses(self) -> None:
        self.depot.owner.execute("ANALYZE receptions")

    def empties(self) -> None:
        """TRUNCATE, now and then, of what no other table needs."""
        self.depot.owner.execute("TRUNCATE stocks_adjustments")

    def acknowledges(self) -> None:
        for alert in self._both("OPEN"):
            alert_acknowledge(alert_id=alert.pk, version=alert.version)

    def resolves(self) -> None:
        for alert in self._both("OPEN", "ACK"):
            self._resolve(alert, Decision.CORRIGE, None)

    def accepts(self) -> None:
        until = timezone.localdate() + timedelta(days=self.chance.choice([0, 30]))
        for alert in self._both("OPEN", "ACK"):
            self._resolve(alert, Decision.ACCEPTE, until)

    def reopens(self) -> None:
        for alert in self._both("RESOLVED", resolved_by__isnull=False):
            alert_reopen(alert_id=alert.pk, version=alert.version, note="repris")

    def _resolve(self, alert: Alert, decision: Decision, until: Any) -> None:
        alert_resolve(
            alert_id=alert.pk,
            version=alert.version,
            resolution=Resolution(
                note="vu", cause=Cause.AUTRE, decision=decision, accepted_until=until
            ),
        )

    def _both(self, *statuses: str, **where: Any) -> Any:
        """The same alert of both sources, each in a transaction of its own of the person."""
        with acting_as_system("test"):
            found = list(
                Alert.objects.filter(source="depot", status__in=statuses, **where).order_by(
                    "check_code", "entity_id"
                )
            )
        if not found:
            return
        chosen = self.chance.choice(found)
        for source in ("depot", "entier"):
            with acting_as_user(self.person):
                yield Alert.objects.get(
                    source=source, check_code=chosen.check_code, entity_id=chosen.entity_id
                )

    def scan(self, monkeypatch: pytest.MonkeyPatch) -> None:
        scan = scanned()
        self.done["stood" if stood(scan) else "read"] += 1
        assert scan.disputed == {}
        self._full(monkeypatch)
        self._same(clock=False)
        # A truck may have become late between the two, or between the next two.
        for _turn in range(20):
            if self._alerts("depot", clock=True) == self._alerts("entier", clock=True):
                break
            scanned()
            self._full(monkeypatch)
        self._same(clock=True)

    def _full(self, monkeypatch: pytest.MonkeyPatch) -> None:
        with monkeypatch.context() as patch:
            patch.setattr(scanning, "STANDS_FROM", timedelta(days=999))
            assert not stood(scanned("entier"))

    def _same(self, *, clock: bool) -> None:
        assert self._alerts("depot", clock=clock) == self._alerts("entier", clock=clock)

    def _alerts(self, source: str, *, clock: bool) -> list[Any]:
        with acting_as_system("test"):
            rows = Alert.objects.filter(source=source).order_by("check_code", "entity_id")
            rows = rows.filter(check_code=CLOCK) if clock else rows.exclude(check_code=CLOCK)
            return list(rows.values_list(*COMPARED))


def test_what_stands_is_what_a_full_reading_says(
    depot: Depot, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.SOURCES = {"depot": depot.reader, "entier": depot.reader}
    settings.SOURCE_PACKS = getattr(settings, "SOURCE_PACKS", {}) | {"entier": "depot"}
    person = make_user("claire", {"depot": Role.DIRECTEUR, "entier": Role.DIRECTEUR}).pk
    seed = int(os.environ.get("SOAK_SEED") or SystemRandom().randrange(2**32))
    print(f"\nSOAK_SEED={seed}")
    life = Life(depot, Random(seed), person)
    for _history in range(HISTORIES):
        for _step in range(life.chance.randint(0, 3)):
            life.step()
        life.scan(monkeypatch)
    life.commits()
    print(dict(life.done))
    assert life.done["stood"] >= HISTORIES // 10
    assert life.done["read"] >= HISTORIES // 10

"""What people did about the demonstration's anomalies over three months, as data; `play` enters it.

Everything is told in days before the start, so that a demonstration is as old on whatever day it begins.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, Literal

from django.utils import timezone

from alerts.models import Cause, Decision
from governance.core.identity.roles import Role
from governance.devtools.past.facts import (
    Depot,
    Fact,
    below_zero,
    off_standard,
    over_capacity,
    truck_waited,
    typed_wrong,
)

DAYS = 92
Verb = Literal["ack", "resolve", "assign", "comment", "reopen", "lend", "accept_many"]
TANK_OVER, TANK_BELOW, NOT_STOCKED = (
    "STOCK_OVER_CAPACITY",
    "STOCK_NEGATIF",
    "SORTIE_STOCK_INSUFFISANT",
)
TRUCK, TYPED, STANDARD = "CDR_ARRIVE_STALE", "RECEPTION_ECART_15C", "RECEPTION_VOLUME_ASTM"
WITHDRAWN = "SORTIE_ECART_15C"


@dataclass(frozen=True)
class Deed:
    """What one person did at an instant; `about` names the alerts by code and entity."""

    at: datetime
    who: Role
    verb: Verb
    about: tuple[tuple[str, str], ...] = ()
    note: str = ""
    decision: Decision = Decision.CORRIGE
    cause: Cause = Cause.ERREUR_SAISIE
    until: date | None = None
    ends_at: datetime | None = None


@dataclass
class Story:
    """Facts and deeds, and the hours in which nobody looked (`silent`) or the source was `down`."""

    now: datetime
    facts: list[Fact] = field(default_factory=list)
    deeds: list[Deed] = field(default_factory=list)
    silent: list[tuple[datetime, datetime]] = field(default_factory=list)
    down: list[tuple[datetime, datetime]] = field(default_factory=list)

    def moment(self, days: float, hour: int, minute: int = 0) -> datetime:
        """A time of day, in the console's zone, so many days ago."""
        day = timezone.localdate(self.now) - timedelta(days=days)
        return timezone.make_aware(datetime.combine(day, time(hour, minute)))

    def day(self, days: int) -> date:
        """A day from today; negative: past."""
        return timezone.localdate(self.now) + timedelta(days=days)

    def did(self, at: datetime, who: Role, verb: Verb, *about: Fact, **more: Any) -> None:
        self.deeds.append(Deed(at, who, verb, tuple(one.key for one in about), **more))


def story_of(depot: Depot, now: datetime) -> Story:
    """The three months before `now`."""
    told = Story(now)
    _loans(told)
    _everyday(told, depot)
    _tanks(told, depot)
    _accepted_together(told, depot)
    _standing(told, depot)
    told.silent.append((told.moment(20, 21), told.moment(19, 7)))
    told.down.append((told.moment(33, 13), told.moment(33, 17)))
    told.deeds = sorted((one for one in told.deeds if one.at < now), key=lambda one: one.at)
    return told


def _loans(told: Story) -> None:
    for lent, ends, reason in (
        (told.moment(61, 8), told.moment(47, 18), "Congé du directeur"),
        (told.moment(6, 8), told.moment(-8, 18), "Mission au siège"),
    ):
        told.did(lent, Role.DIRECTEUR, "lend", note=reason, ends_at=ends)


def _everyday(told: Story, depot: Depot) -> None:
    """Trucks that waited, and volumes typed wrong: most of what a depot sees."""
    old = [one for one in depot.receipts if one["received"] < told.moment(13, 0)]
    for number, receipt in enumerate(old):
        if number % 2 == 0:
            truck = truck_waited(receipt)
            told.facts.append(truck)
            if number % 3 < 2:
                told.did(
                    truck.since + timedelta(hours=3 + number % 5), Role.DIRECTEUR, "ack", truck
                )
        if number % 3 == 0:
            day = timezone.localtime(receipt["received"]) + timedelta(days=1 + number % 2)
            mended = day.replace(hour=15, minute=10 + number)
            wrong = typed_wrong(receipt, -2_900.0 - 60 * number, mended)
            told.facts.append(wrong)
            told.did(wrong.since + timedelta(hours=2 + number % 4), Role.DIRECTEUR, "ack", wrong)
            told.did(wrong.since + timedelta(hours=5), Role.DIRECTEUR, "assign", wrong)
            told.did(
                mended + timedelta(minutes=4),
                Role.GERANT if _is_lent(mended, told) else Role.DIRECTEUR,
                "resolve",
                wrong,
                note="Volume relu sur le bordereau, saisie corrigée",
            )


def _is_lent(at: datetime, told: Story) -> bool:
    return told.moment(61, 9) < at < told.moment(47, 17)


def _tanks(told: Story, depot: Depot) -> None:
    """One tank four times too full, one accepted by two people until a day that came, one below zero."""
    sixth, fifth, first = (depot.tanks[name] for name in ("TANK6", "TANK5", "TANK1"))
    for days, litres in ((80, 1_900.0), (61, 2_400.0), (38, 900.0), (17, 3_100.0)):
        full = over_capacity(sixth, litres, told.moment(days, 6, 20), told.moment(days - 2, 15, 40))
        told.facts.append(full)
        told.did(told.moment(days, 7, 5), Role.DIRECTEUR, "ack", full)
    told.did(
        told.moment(78, 15, 45),
        Role.DIRECTEUR,
        "resolve",
        full,
        note="Transfert vers TANK3 terminé",
        decision=Decision.AJUSTEMENT,
        cause=Cause.LIVRAISON_PARTIELLE,
    )

    kept = over_capacity(fifth, 2_650.0, told.moment(56, 9, 10), told.moment(39, 11, 30))
    told.facts.append(kept)
    for person, hour in ((Role.DIRECTEUR, 10), (Role.ADMIN, 14)):
        told.did(
            told.moment(56, hour),
            person,
            "resolve",
            kept,
            note="Marge mesurée, sortie programmée",
            decision=Decision.ACCEPTE,
            cause=Cause.AUTRE,
            until=told.day(-42),
        )
    told.did(told.moment(41, 8, 15), Role.DIRECTEUR, "ack", kept)

    short = below_zero(first, 140.0, told.moment(70, 14, 10), told.moment(69, 9, 50))
    told.facts.append(short)
    told.did(
        told.moment(70, 16), Role.DIRECTEUR, "comment", short, note="Jaugeage demandé au gérant."
    )
    told.did(
        told.moment(69, 9, 52),
        Role.DIRECTEUR,
        "resolve",
        short,
        note="Jaugeage refait, ajustement inscrit",
        decision=Decision.AJUSTEMENT,
        cause=Cause.TEMPERATURE_DENSITE,
    )


def _accepted_together(told: Story, depot: Depot) -> None:
    """A thermometer that was wrong: six receptions at once, accepted in one go and mended a month later."""
    before = [one for one in depot.receipts if one["received"] < told.moment(48, 0)][-6:]
    seen, mended = told.moment(47, 10, 12), told.moment(24, 16, 30)
    found = [off_standard(one, 18.0 + 3 * n, seen, mended) for n, one in enumerate(before)]
    told.facts += found
    told.did(
        told.moment(46, 8, 30),
        Role.DIRECTEUR,
        "accept_many",
        *found,
        note="Thermomètre envoyé à l’étalonnage ; écarts de quelques litres",
        decision=Decision.ACCEPTE,
        cause=Cause.TEMPERATURE_DENSITE,
        until=told.day(-20),
    )


def _standing(told: Story, depot: Depot) -> None:
    """What stands today, and where each of it has got to."""
    told.facts += depot.standing
    by_code: dict[str, list[Fact]] = {}
    for fact in depot.standing:
        by_code.setdefault(fact.finding.check_code, []).append(fact)

    for fact in by_code.get(TANK_OVER, []):
        told.did(
            told.moment(2, 8, 20), Role.DIRECTEUR, "ack", fact, note="Sortie vers TANK6 à prévoir"
        )
        told.did(told.moment(2, 8, 25), Role.DIRECTEUR, "assign", fact)
    for fact in by_code.get(NOT_STOCKED, []):
        told.did(
            told.moment(3, 17, 5),
            Role.DIRECTEUR,
            "resolve",
            fact,
            note="Reprise convenue avec le partenaire",
            decision=Decision.ACCEPTE,
            cause=Cause.AUTRE,
            until=told.day(20),
        )
    for fact in by_code.get(TYPED, []):  # the next scan finds it still there
        told.did(told.moment(4, 9, 40), Role.DIRECTEUR, "resolve", fact, note="Saisie corrigée")
    for fact in by_code.get(WITHDRAWN, []):
        told.did(
            told.moment(3, 11),
            Role.DIRECTEUR,
            "resolve",
            fact,
            note="Bordereau réclamé au client",
            decision=Decision.ACCEPTE,
            until=told.day(1),
        )
    for fact in by_code.get(STANDARD, []):
        told.did(told.moment(5, 10, 30), Role.GERANT, "ack", fact)
    trucks = sorted(by_code.get(TRUCK, []), key=lambda fact: fact.since)
    for fact, act in zip(trucks, _trucks(told), strict=False):
        act(fact)


def _trucks(told: Story) -> Iterator[Any]:
    """The oldest first: acknowledged long ago, disputed, resolved in seconds, withdrawn."""
    yield lambda fact: told.did(told.moment(8, 9, 15), Role.DIRECTEUR, "ack", fact)
    yield lambda fact: told.did(
        told.moment(5, 15, 20),
        Role.GERANT,
        "resolve",
        fact,
        note="Le transporteur conteste l’heure d’arrivée",
        decision=Decision.LITIGE,
        cause=Cause.MANQUANT_FOURNISSEUR,
        until=told.day(9),
    )

    def hasty(fact: Fact) -> None:
        seen = told.moment(4, 8, 40)
        told.did(seen, Role.GERANT, "ack", fact)
        told.did(seen + timedelta(seconds=9), Role.GERANT, "resolve", fact, note="Vu")

    yield hasty

    def regretted(fact: Fact) -> None:
        told.did(told.moment(2, 10), Role.GERANT, "ack", fact)
        told.did(told.moment(2, 10, 6), Role.GERANT, "reopen", fact, note="Mauvais camion")

    yield regretted

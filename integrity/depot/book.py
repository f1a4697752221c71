"""Owns the bookkeeping of a told scenario: trucks, movements, adjustments as rows, and stocks.

Each call writes one row and keeps the owner's stock up to date, so a story can ask what is left
before it withdraws. Knows nothing of what is healthy and what is not; the scenarios decide.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Literal
from uuid import UUID

import psycopg

from integrity.depot import diesel, master

Owner = Literal["MONALUXE", "PARTENAIRE"]


@dataclass(frozen=True)
class Reading:
    """What the operator reads beside a volume: °C and observed kg/m³."""

    temperature_c: float
    density_observed: float


@dataclass
class Stock:
    """Litres of one owner in one tank: validated receptions minus validated withdrawals."""

    ambient: float = 0.0
    at_15c: float = 0.0


@dataclass
class Book:
    """Rows of one scenario, deterministic for a given name, seed and now."""

    scenario: str
    seed: int
    now: datetime
    rng: Random = field(init=False)
    rows: dict[str, list[master.Row]] = field(init=False)
    stocks: dict[tuple[str, Owner], Stock] = field(init=False)

    def __post_init__(self) -> None:
        self.now = self.now.astimezone(UTC)
        self.rng = Random(f"{self.scenario}:{self.seed}")  # noqa: S311 - sample data, no secret
        self.rows = defaultdict(list)
        self.stocks = defaultdict(Stock)

    def moment(self, days_ago: int, hour: int) -> datetime:
        """A minute within that hour (UTC) of a day at least two days before now."""
        day = self.now - timedelta(days=days_ago)
        return day.replace(hour=hour, minute=self.rng.randrange(60), second=0, microsecond=0)

    def reading(self) -> Reading:
        """A plausible diesel reading, well inside the diesel range of the standard."""
        temperature = round(self.rng.uniform(19.5, 28.5), 1)
        density_15c = self.rng.uniform(840.5, 846.0)
        return Reading(temperature, round(density_15c * diesel.vcf(density_15c, temperature), 1))

    def truck(
        self, statut: str, created_at: datetime, volume: float, *, note: str | None = None
    ) -> UUID:
        """A truck on its way, loaded the day before it was announced; volume in litres."""
        return self._add(
            "cours_de_route",
            fournisseur_id=self.rng.choice(list(master.SUPPLIERS.values())),
            depot_destination_id=master.DEPOT,
            produit_id=master.DIESEL,
            **self._vehicle(),
            depart_pays=self.rng.choice(["Zambie", "Tanzanie"]),
            date_chargement=(created_at - timedelta(days=1)).date(),
            volume=volume,
            statut=statut,
            note=note,
            created_at=created_at,
        )

    def reception(
        self,
        tank: str,
        owner: Owner,
        at: datetime,
        volume: float,
        reading: Reading,
        *,
        truck: UUID | None = None,
        recorded_15c: float | None = None,
        statut: str = "validee",
        note: str | None = None,
    ) -> UUID:
        """A reception in litres; unless recorded otherwise, its 15 °C volume is the standard's.

        Without a truck it comes from one of its own, announced five days before and unloaded.
        """
        at_15c = self._volume_15c(volume, reading, recorded_15c)
        if statut == "validee":
            self._move(tank, owner, volume, at_15c)
        index = float(self.rng.randrange(100_000, 900_000))
        return self._add(
            "receptions",
            cours_de_route_id=truck or self.truck("DECHARGE", at - timedelta(days=5), volume),
            citerne_id=master.TANKS[tank],
            produit_id=master.DIESEL,
            partenaire_id=master.PARTNERS["Partenaire A"] if owner == "PARTENAIRE" else None,
            index_avant=index,
            index_apres=index + volume,
            volume_observe=volume,
            volume_ambiant=volume,
            volume_15c=at_15c,
            volume_corrige_15c=at_15c,
            temperature_ambiante_c=reading.temperature_c,
            densite_a_15=reading.density_observed,
            proprietaire_type=owner,
            statut=statut,
            date_reception=at,
            created_by=master.OPERATOR,
            validated_by=master.MANAGER if statut == "validee" else None,
            note=note,
            created_at=at,
        )

    def withdrawal(
        self,
        tank: str,
        owner: Owner,
        at: datetime,
        volume: float,
        reading: Reading,
        *,
        recorded_15c: float | None = None,
        statut: str = "validee",
        note: str | None = None,
    ) -> UUID:
        """A withdrawal in litres; unless recorded otherwise, its 15 °C volume is the standard's."""
        at_15c = self._volume_15c(volume, reading, recorded_15c)
        if statut == "validee":
            self._move(tank, owner, -volume, -at_15c)
        index = float(self.rng.randrange(100_000, 900_000))
        client = self.rng.choice(list(master.CLIENTS.values()))
        return self._add(
            "sorties_produit",
            citerne_id=master.TANKS[tank],
            produit_id=master.DIESEL,
            client_id=client if owner == "MONALUXE" else None,
            partenaire_id=master.PARTNERS["Partenaire A"] if owner == "PARTENAIRE" else None,
            index_avant=index,
            index_apres=index + volume,
            volume_ambiant=volume,
            volume_corrige_15c=at_15c,
            temperature_ambiante_c=reading.temperature_c,
            densite_a_15=reading.density_observed,
            proprietaire_type=owner,
            statut=statut,
            date_sortie=at,
            **self._vehicle(),
            created_by=master.OPERATOR,
            validated_by=master.MANAGER if statut == "validee" else None,
            note=note,
            created_at=at,
        )

    def adjustment(
        self,
        movement: tuple[Literal["RECEPTION", "SORTIE"], UUID],
        tank: str,
        owner: Owner,
        at: datetime,
        delta: Stock,
        *,
        reason: str,
    ) -> UUID:
        """A correction of the snapshot in litres; it changes no movement."""
        kind, movement_id = movement
        return self._add(
            "stocks_adjustments",
            mouvement_type=kind,
            mouvement_id=movement_id,
            delta_ambiant=delta.ambient,
            delta_15c=delta.at_15c,
            reason=reason,
            created_by=master.MANAGER,
            depot_id=master.DEPOT,
            citerne_id=master.TANKS[tank],
            produit_id=master.DIESEL,
            proprietaire_type=owner,
            created_at=at,
        )

    def write(self, connection: psycopg.Connection) -> None:
        """Insert every row, trucks before the receptions that came with them."""
        for table in ("cours_de_route", "receptions", "sorties_produit", "stocks_adjustments"):
            master.rows_insert(connection, table, self.rows[table])

    def _add(self, table: str, **values: object) -> UUID:
        id_ = master.key(self.scenario, self.seed, table, len(self.rows[table]))
        self.rows[table].append({"id": id_, **values})
        return id_

    def _move(self, tank: str, owner: Owner, ambient: float, at_15c: float) -> None:
        stock = self.stocks[tank, owner]
        stock.ambient += ambient
        stock.at_15c += at_15c

    def _vehicle(self) -> dict[str, object]:
        number = self.rng.randrange(1, 13)
        return {
            "plaque_camion": f"{self.rng.randrange(1000, 9999)}AB/05",
            "plaque_remorque": f"{self.rng.randrange(1000, 9999)}AC/05",
            "chauffeur_nom": f"Chauffeur {number}",
            "transporteur": f"Transporteur {'ABC'[number % 3]}",
        }

    @staticmethod
    def _volume_15c(volume: float, reading: Reading, recorded: float | None) -> float:
        if recorded is not None:
            return recorded
        return diesel.volume_15c(volume, reading.density_observed, reading.temperature_c)

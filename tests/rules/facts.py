"""Writes the few rows that a case needs into a depot, and reads what the view says of them."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import psycopg
from psycopg import sql
from psycopg.rows import dict_row


@dataclass
class Facts:
    """Rows that would pass every rule unless a value says otherwise."""

    connection: psycopg.Connection[Any]

    def __post_init__(self) -> None:
        self.depot = self.row("depots", nom="Dépôt")
        self.product = self.row("produits", nom="Gasoil/AGO", code="G.O")
        self.partner = self.row("partenaires", nom="Partenaire A")
        self.client = self.row("clients", nom="Client A")

    def row(self, table: str, **values: Any) -> UUID:
        id_ = values.setdefault("id", uuid4())
        self.connection.execute(
            sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
                sql.Identifier(table),
                sql.SQL(", ").join(map(sql.Identifier, values)),
                sql.SQL(", ").join(map(sql.Placeholder, values)),
            ),
            values,
        )
        return UUID(str(id_))

    def tank(self, **values: Any) -> UUID:
        given = {"nom": "TANK1", "capacite_totale": 500_000.0}
        return self.row(
            "citernes", **(given | {"depot_id": self.depot, "produit_id": self.product} | values)
        )

    def stock(self, tank: UUID, ambient: float, at_15c: float | None = None, **values: Any) -> UUID:
        """A snapshot; a value below zero is put in an adjustment, as the real system must."""
        at_15c = ambient if at_15c is None else at_15c
        owner = values.pop("proprietaire_type", "MONALUXE")
        values = {"produit_id": self.product, "depot_id": self.depot} | values
        key = {"citerne_id": tank, "proprietaire_type": owner}
        snapshot = self.row(
            "stocks_snapshot",
            stock_ambiant=max(ambient, 0),
            stock_15c=max(at_15c, 0),
            **key,
            **values,
        )
        if ambient < 0 or at_15c < 0:
            self.adjust(tank, min(ambient, 0), min(at_15c, 0), owner, values["produit_id"])
        return snapshot

    def adjust(
        self,
        tank: UUID,
        ambient: float,
        at_15c: float,
        owner: str = "MONALUXE",
        product: UUID | None = None,
    ) -> UUID:
        return self.row(
            "stocks_adjustments",
            mouvement_type="SORTIE",
            mouvement_id=uuid4(),
            delta_ambiant=ambient,
            delta_15c=at_15c,
            reason="Sortie supérieure au stock",
            depot_id=self.depot,
            citerne_id=tank,
            produit_id=product or self.product,
            proprietaire_type=owner,
        )

    def truck(self, **values: Any) -> UUID:
        given = {
            "produit_id": self.product,
            "plaque_camion": "1234AB/05",
            "volume": 38_500.0,
            "statut": "ARRIVE",
        }
        return self.row("cours_de_route", **(given | values))

    def reception(self, **values: Any) -> UUID:
        given = {
            "produit_id": self.product,
            "statut": "validee",
            "volume_ambiant": 20_000.0,
            "temperature_ambiante_c": 20.0,
            "densite_a_15": 837.0,
        }
        if "citerne_id" not in values:
            values["citerne_id"] = self.tank()
        return self.row("receptions", **(given | values))

    def withdrawal(self, **values: Any) -> UUID:
        given = {
            "produit_id": self.product,
            "client_id": self.client,
            "statut": "validee",
            "volume_ambiant": 20_000.0,
            "temperature_ambiante_c": 20.0,
            "densite_a_15": 837.0,
        }
        if "citerne_id" not in values:
            values["citerne_id"] = self.tank()
        return self.row("sorties_produit", **(given | values))

    def now(self, expression: str = "now()") -> Any:
        row = self.connection.execute(f"SELECT {expression}").fetchone()
        assert row is not None
        return row[0]

    def findings(self, code: str | None = None) -> list[dict[str, Any]]:
        """Rows of the view, of one rule if it is named."""
        with self.connection.cursor(row_factory=dict_row) as cursor:
            cursor.execute(
                "SELECT * FROM v_integrity_checks"
                " WHERE %(code)s::text IS NULL OR check_code = %(code)s"
                " ORDER BY check_code, entity_id, message",
                {"code": code},
            )
            return cursor.fetchall()

    def fired(self, code: str) -> list[UUID]:
        """Entities that a rule names."""
        return [row["entity_id"] for row in self.findings(code)]

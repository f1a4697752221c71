"""What was wrong with the demonstration's depot and since when, told from its own rows; knows no alert.

What stands now is what its view says now. What is over is what its rows allow: trucks that waited for the
reception that they have, and volumes that were typed wrong before they became what they are.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import psycopg
from psycopg.rows import dict_row

from alerts.intake import Finding
from integrity.rules.catalog import DEPOT, catalog
from integrity.sources.contract import VIEW

STANDING = f"""
SELECT check_code, severity, entity_type, entity_id::text AS entity_id, message, payload, detected_at
FROM {VIEW}
"""  # noqa: S608 - our name
RECEIPTS = """
SELECT r.id::text AS id, c.nom AS citerne, p.nom AS produit, r.proprietaire_type AS proprietaire,
  t.id::text AS truck, t.plaque_camion, t.plaque_remorque, t.transporteur, f.nom AS fournisseur,
  t.created_at AS arrived, r.date_reception AS received, r.volume_ambiant, r.volume_15c,
  r.temperature_ambiante_c AS temperature, r.densite_a_15 AS density
FROM receptions r JOIN citernes c ON c.id = r.citerne_id JOIN produits p ON p.id = r.produit_id
JOIN cours_de_route t ON t.id = r.cours_de_route_id JOIN fournisseurs f ON f.id = t.fournisseur_id
WHERE r.statut = 'validee' AND t.statut = 'DECHARGE'
ORDER BY r.date_reception, r.id
"""
TANKS = "SELECT id::text AS id, nom, capacite_totale FROM citernes"


@dataclass(frozen=True)
class Fact:
    """One anomaly, from when it could first be read until it no longer could (None: it stands)."""

    finding: Finding
    since: datetime
    until: datetime | None = None

    @property
    def key(self) -> tuple[str, str]:
        return self.finding.check_code, self.finding.entity_id


@dataclass(frozen=True)
class Depot:
    """What was read of the depot."""

    standing: list[Fact]
    receipts: list[dict[str, Any]]
    tanks: Mapping[str, dict[str, Any]]


def depot_read(connection: psycopg.Connection[Any]) -> Depot:
    """What the depot's view and tables say now."""
    with connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(STANDING).fetchall()
        receipts = cursor.execute(RECEIPTS).fetchall()
        tanks = {row["nom"]: row for row in cursor.execute(TANKS).fetchall()}
    standing = [Fact(Finding(**row), row["detected_at"]) for row in rows]
    return Depot(standing, receipts, tanks)


def truck_waited(receipt: Mapping[str, Any]) -> Fact:
    """Its truck was announced more than two days before it was unloaded."""
    limit = receipt["arrived"] + timedelta(days=2)
    payload = {
        name: receipt[name]
        for name in ("plaque_camion", "plaque_remorque", "transporteur", "fournisseur", "produit")
    } | {
        "volume": receipt["volume_ambiant"],
        "arrive_le": _z(receipt["arrived"]),
        "limite": _z(limit),
    }
    return _fact("CDR_ARRIVE_STALE", receipt["truck"], payload, limit, receipt["received"])


def typed_wrong(receipt: Mapping[str, Any], litres: float, until: datetime) -> Fact:
    """Its volume at 15 °C was `litres` off the one that it has now; beyond 5 % of the ambient one."""
    ambient, wrong = receipt["volume_ambiant"], receipt["volume_15c"] + litres
    payload = _measured(receipt) | {
        "volume_15c": wrong,
        "ecart_l": round(wrong - ambient, 2),
        "ecart_pct": round(100 * (wrong - ambient) / ambient, 3),
    }
    return _fact("RECEPTION_ECART_15C", receipt["id"], payload, receipt["received"], until)


def off_standard(
    receipt: Mapping[str, Any], litres: float, since: datetime, until: datetime
) -> Fact:
    """Its volume at 15 °C was `litres` off what the standard gives."""
    right = receipt["volume_15c"]
    factor = right / receipt["volume_ambiant"]
    payload = _measured(receipt) | {
        "volume_15c": right + litres,
        "volume_norme": right,
        "facteur": round(factor, 6),
        "densite_15c": round(receipt["density"] / factor, 2),
        "ecart_l": litres,
        "tolerance": 5.0,
        "motif": "écart au-delà de la tolérance",
    }
    return _fact("RECEPTION_VOLUME_ASTM", receipt["id"], payload, since, until)


def over_capacity(tank: Mapping[str, Any], litres: float, since: datetime, until: datetime) -> Fact:
    """The tank held `litres` more than it may."""
    capacity = tank["capacite_totale"]
    total, partner = capacity + litres, round(capacity / 3)
    payload = {
        "citerne": tank["nom"],
        "stock_total": total,
        "stock_monaluxe": total - partner,
        "stock_partenaire": partner,
        "capacite_totale": capacity,
        "capacite_securite": 0.0,
        "capacite_utile": capacity,
        "depassement": litres,
        "palier": -(-100 * litres // capacity),
    }
    return _fact("STOCK_OVER_CAPACITY", tank["id"], payload, since, until)


def below_zero(tank: Mapping[str, Any], litres: float, since: datetime, until: datetime) -> Fact:
    """The depot's own stock in the tank was `litres` below zero."""
    payload = {
        "citerne": tank["nom"],
        "produit": "Gasoil/AGO",
        "proprietaire": "MONALUXE",
        "stock_ambiant": -litres,
        "stock_15c": -round(litres * 0.993),
        "stock_affiche": 0.0,
        "instantane_ambiant": 0.0,
        "ajustements_ambiant": -litres,
        "capacite_totale": tank["capacite_totale"],
        "palier": -(-litres // 100) * 100,
    }
    return _fact("STOCK_NEGATIF", tank["id"], payload, since, until)


def _measured(receipt: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: receipt[name]
        for name in ("citerne", "produit", "proprietaire", "plaque_camion", "volume_ambiant")
    } | {
        "date_reception": _z(receipt["received"]),
        "temperature_c": receipt["temperature"],
        "densite_observee": receipt["density"],
    }


def _fact(
    code: str, entity: str, payload: dict[str, Any], since: datetime, until: datetime
) -> Fact:
    rule = catalog(DEPOT)[code]
    finding = Finding(
        code, rule.severity, rule.entity_type, entity, rule.sentence(payload), payload, since
    )
    return Fact(finding, since, until)


def _z(instant: datetime) -> str:
    return instant.isoformat()

"""Owns the reference depot's master data: the real site and tanks, and anonymous counterparts.

Every key is derived from a name, so a tank keeps its identity from one load to the next. People
and companies are letters and numbers: nobody is invented. Knows nothing of movements.
"""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid5

import psycopg
from psycopg import sql

NAMESPACE = UUID("5f0f3a52-7d0c-4f0e-9a1b-8f6d2a4c1e90")
FIELD_RECEPTIONS = Path(__file__).parent / "data" / "field_receptions.csv"

Row = Mapping[str, object]


def key(*names: object) -> UUID:
    """Stable key of the thing that these names designate."""
    return uuid5(NAMESPACE, ":".join(map(str, names)))


DEPOT = key("depot", "Dépôt Daipn")
DIESEL = key("produit", "G.O")
PETROL = key("produit", "ESS")
CAPACITIES_L = {
    "TANK1": 500_000.0,
    "TANK2": 500_000.0,
    "TANK3": 500_000.0,
    "TANK4": 500_000.0,
    "TANK5": 300_000.0,
    "TANK6": 300_000.0,
}
TANKS = {name: key("citerne", name) for name in CAPACITIES_L}
SUPPLIERS = {name: key(name) for name in ("Fournisseur A", "Fournisseur B")}
CLIENTS = {name: key(name) for name in ("Client A", "Client B", "Client C", "Client D")}
PARTNERS = {name: key(name) for name in ("Partenaire A", "Partenaire B")}
OPERATOR = key("user", "operateur")
MANAGER = key("user", "gerant")


@dataclass(frozen=True)
class FieldReception:
    """A real diesel reception: litres and kg/m³ as observed, °C."""

    case: str
    volume_observed_l: float
    temperature_c: float
    density_observed: float


def field_receptions() -> list[FieldReception]:
    """The eight real receptions, without the 15 °C results of the field's instrument.

    Those results contradict each other here and there (this is for a volumetric audit to say), so
    a scenario that needs healthy receptions computes its own from what was observed.
    """
    with FIELD_RECEPTIONS.open(encoding="utf-8", newline="") as file:
        return [
            FieldReception(
                case=line["case"],
                volume_observed_l=float(line["volume_observed_l"]),
                temperature_c=float(line["temperature_c"]),
                density_observed=float(line["density_observed_kg_m3"]),
            )
            for line in csv.DictReader(file)
        ]


def rows_insert(connection: psycopg.Connection, table: str, rows: Sequence[Row]) -> None:
    """Insert rows that all have the keys of the first one."""
    if not rows:
        return
    columns = list(rows[0])
    statement = sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
        sql.Identifier(table),
        sql.SQL(", ").join(map(sql.Identifier, columns)),
        sql.SQL(", ").join(map(sql.Placeholder, columns)),
    )
    with connection.cursor() as cursor:
        cursor.executemany(statement, rows)


def master_load(connection: psycopg.Connection, *, now: datetime) -> None:
    """Insert the depot, its products, tanks, counterparts and two profiles, a year old."""
    since = now - timedelta(days=365)
    rows_insert(
        connection,
        "depots",
        [{"id": DEPOT, "nom": "Dépôt Daipn", "adresse": "Route Kipushi", "created_at": since}],
    )
    rows_insert(
        connection,
        "produits",
        [
            {"id": DIESEL, "nom": "Gasoil/AGO", "code": "G.O", "created_at": since},
            {"id": PETROL, "nom": "Essence", "code": "ESS", "created_at": since},
        ],
    )
    rows_insert(
        connection,
        "citernes",
        [
            {
                "id": TANKS[name],
                "depot_id": DEPOT,
                "nom": name,
                "capacite_totale": capacity,
                "localisation": "DAIPN LSHI",
                "produit_id": DIESEL,
                "created_at": since,
            }
            for name, capacity in CAPACITIES_L.items()
        ],
    )
    for table, names in (
        ("fournisseurs", SUPPLIERS),
        ("clients", CLIENTS),
        ("partenaires", PARTNERS),
    ):
        rows_insert(
            connection,
            table,
            [{"id": id_, "nom": name, "created_at": since} for name, id_ in names.items()],
        )
    rows_insert(
        connection,
        "profils",
        [
            {
                "id": key("profil", role),
                "user_id": user,
                "nom_complet": name,
                "role": role,
                "depot_id": DEPOT,
                "created_at": since,
            }
            for user, name, role in (
                (OPERATOR, "Opérateur 1", "operateur"),
                (MANAGER, "Gérant 1", "gerant"),
            )
        ],
    )

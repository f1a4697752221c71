"""The reference depot refuses what the real one refuses, and hides what the real one hides."""

from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg import errors

from integrity.depot import master, schema_create
from integrity.depot.master import DEPOT, DIESEL, PARTNERS, TANKS, rows_insert
from integrity.depot.schema import TABLES
from tests.depot.conftest import Connection

COLUMNS = {
    "depots": "id nom adresse created_at",
    "produits": "id nom code description actif created_at",
    "citernes": "id depot_id nom capacite_totale capacite_securite localisation statut produit_id"
    " created_at",
    "cours_de_route": "id fournisseur_id depot_destination_id produit_id plaque_camion"
    " plaque_remorque chauffeur_nom transporteur depart_pays date_chargement volume statut note"
    " created_at",
    "receptions": "id cours_de_route_id citerne_id produit_id partenaire_id index_avant index_apres"
    " volume_observe volume_ambiant volume_15c volume_corrige_15c temperature_ambiante_c"
    " densite_a_15 proprietaire_type statut date_reception created_by validated_by note created_at",
    "sorties_produit": "id citerne_id produit_id client_id partenaire_id index_avant index_apres"
    " volume_ambiant volume_corrige_15c temperature_ambiante_c densite_a_15 proprietaire_type"
    " statut date_sortie chauffeur_nom plaque_camion plaque_remorque transporteur created_by"
    " validated_by note created_at",
    "stocks_snapshot": "id citerne_id produit_id proprietaire_type depot_id stock_ambiant stock_15c"
    " last_movement_at updated_at",
    "stocks_adjustments": "id mouvement_type mouvement_id delta_ambiant delta_15c reason created_by"
    " depot_id citerne_id produit_id proprietaire_type created_at",
    "profils": "id user_id nom_complet role depot_id email created_at",
    "log_actions": "id user_id action module niveau details cible_id created_at",
    "v_stock_actuel": "depot_id citerne_id produit_id proprietaire_type stock_ambiant stock_15c"
    " last_movement_at updated_at stock_ambiant_base stock_15c_base delta_ambiant_total"
    " delta_15c_total",
}

TANK: dict[str, Any] = {
    "depot_id": DEPOT,
    "nom": "TANK7",
    "capacite_totale": 1.0,
    "capacite_securite": 0.0,
    "statut": "maintenance",
    "produit_id": DIESEL,
}
TRUCK: dict[str, Any] = {"statut": "FRONTIERE"}
STOCK: dict[str, Any] = {
    "citerne_id": TANKS["TANK1"],
    "produit_id": DIESEL,
    "proprietaire_type": "PARTENAIRE",
}
RECEPTION: dict[str, Any] = STOCK | {
    "partenaire_id": PARTNERS["Partenaire A"],
    "index_avant": 10.0,
    "index_apres": 10.5,
    "volume_ambiant": 0.5,
    "statut": "validee",
}
WITHDRAWAL: dict[str, Any] = STOCK | {"statut": "brouillon"}
SNAPSHOT: dict[str, Any] = STOCK | {"depot_id": DEPOT, "stock_ambiant": 0.0, "stock_15c": 0.0}
ADJUSTMENT: dict[str, Any] = STOCK | {
    "depot_id": DEPOT,
    "mouvement_type": "SORTIE",
    "mouvement_id": UUID(int=1),
    "delta_ambiant": -1.0,
    "delta_15c": -1.0,
    "reason": "dix lettre",
}


@pytest.fixture
def furnished(depot: Connection) -> Connection:
    now = depot.execute("SELECT now()").fetchone()
    assert now
    master.master_load(depot, now=now[0])
    return depot


@pytest.mark.parametrize(("name", "columns"), COLUMNS.items())
def test_columns_are_the_real_systems(depot: Connection, name: str, columns: str) -> None:
    rows = depot.execute(
        "SELECT column_name FROM information_schema.columns"
        " WHERE table_schema = 'public' AND table_name = %s ORDER BY ordinal_position",
        [name],
    ).fetchall()
    assert [row[0] for row in rows] == columns.split()


@pytest.mark.parametrize(
    ("table", "row"),
    [
        ("citernes", TANK),
        ("cours_de_route", TRUCK),
        ("receptions", RECEPTION),
        ("receptions", RECEPTION | {"statut": "rejetee", "volume_ambiant": None}),
        ("receptions", RECEPTION | {"proprietaire_type": "MONALUXE", "partenaire_id": None}),
        ("sorties_produit", WITHDRAWAL),
        ("stocks_snapshot", SNAPSHOT),
        ("stocks_adjustments", ADJUSTMENT),
    ],
)
def test_row_at_the_limit_is_accepted(
    furnished: Connection, table: str, row: dict[str, Any]
) -> None:
    rows_insert(furnished, table, [row])


@pytest.mark.parametrize(
    ("table", "row", "change"),
    [
        ("citernes", TANK, {"capacite_totale": 0.0}),
        ("citernes", TANK, {"capacite_securite": -0.1}),
        ("citernes", TANK, {"statut": "ACTIVE"}),
        ("cours_de_route", TRUCK, {"statut": "PERDU"}),
        ("receptions", RECEPTION, {"index_apres": 10.0}),
        ("receptions", RECEPTION, {"volume_ambiant": None}),
        ("receptions", RECEPTION, {"partenaire_id": None}),
        ("receptions", RECEPTION, {"proprietaire_type": "AUTRE"}),
        ("receptions", RECEPTION, {"statut": "brouillon"}),
        ("sorties_produit", WITHDRAWAL, {"statut": "VALIDEE"}),
        ("sorties_produit", WITHDRAWAL, {"proprietaire_type": "AUTRE"}),
        ("stocks_snapshot", SNAPSHOT, {"stock_ambiant": -0.02}),
        ("stocks_snapshot", SNAPSHOT, {"stock_15c": -0.02}),
        ("stocks_snapshot", SNAPSHOT, {"proprietaire_type": "AUTRE"}),
        ("stocks_adjustments", ADJUSTMENT, {"reason": "neuf lett"}),
        ("stocks_adjustments", ADJUSTMENT, {"mouvement_type": "TRANSFERT"}),
    ],
)
def test_row_beyond_the_limit_is_refused(
    furnished: Connection, table: str, row: dict[str, Any], change: dict[str, Any]
) -> None:
    with pytest.raises(errors.CheckViolation):
        rows_insert(furnished, table, [row | change])


def test_one_snapshot_per_tank_product_and_owner(furnished: Connection) -> None:
    rows_insert(
        furnished, "stocks_snapshot", [SNAPSHOT, SNAPSHOT | {"proprietaire_type": "MONALUXE"}]
    )
    with pytest.raises(errors.UniqueViolation):
        rows_insert(furnished, "stocks_snapshot", [SNAPSHOT])


def test_view_hides_a_negative_stock_and_keeps_its_parts(furnished: Connection) -> None:
    rows_insert(
        furnished, "stocks_snapshot", [SNAPSHOT | {"stock_ambiant": 100.0, "stock_15c": 99.0}]
    )
    rows_insert(
        furnished,
        "stocks_adjustments",
        [
            ADJUSTMENT | {"delta_ambiant": -80.0, "delta_15c": -79.0},
            ADJUSTMENT | {"delta_ambiant": -50.0, "delta_15c": -49.0},
            ADJUSTMENT | {"proprietaire_type": "MONALUXE", "delta_ambiant": 1000.0},
        ],
    )
    rows = furnished.execute(
        "SELECT stock_ambiant, stock_15c, stock_ambiant_base, stock_15c_base,"
        " delta_ambiant_total, delta_15c_total FROM v_stock_actuel"
    ).fetchall()
    assert rows == [(0.0, 0.0, 100.0, 99.0, -130.0, -128.0)]


def test_schema_create_keeps_what_is_there(furnished: Connection) -> None:
    schema_create(furnished)
    assert furnished.execute("SELECT count(*) FROM citernes").fetchone() == (6,)


def test_every_table_is_known_to_the_loader(depot: psycopg.Connection[Any]) -> None:
    rows = depot.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
    assert {row[0] for row in rows} == set(TABLES)

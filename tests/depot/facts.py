"""What is anomalous in a depot, in plain SQL written without a look at the rules."""

from datetime import datetime
from typing import Any

import psycopg

from integrity.volumetrics import standard as volumetrics

Facts = dict[str, list[tuple[Any, ...]]]

# Validated movements, signed; the truth of the stocks.
FLOWS = """
    WITH flow AS (
        SELECT id, citerne_id, proprietaire_type AS owner, date_reception AS at, 1 AS sign,
               volume_ambiant AS ambient, volume_corrige_15c AS at_15c
        FROM receptions WHERE statut = 'validee'
        UNION ALL
        SELECT id, citerne_id, proprietaire_type, date_sortie, -1,
               -volume_ambiant, -volume_corrige_15c
        FROM sorties_produit WHERE statut = 'validee'
    ),
    stock AS (
        SELECT s.citerne_id, s.proprietaire_type AS owner,
               s.stock_ambiant + coalesce(
                   (SELECT sum(a.delta_ambiant) FROM stocks_adjustments AS a
                    WHERE a.citerne_id = s.citerne_id
                      AND a.proprietaire_type = s.proprietaire_type), 0) AS ambient,
               s.stock_15c + coalesce(
                   (SELECT sum(a.delta_15c) FROM stocks_adjustments AS a
                    WHERE a.citerne_id = s.citerne_id
                      AND a.proprietaire_type = s.proprietaire_type), 0) AS at_15c
        FROM stocks_snapshot AS s
    )
"""

QUERIES = {
    "negative": f"""{FLOWS}
        SELECT nom, owner, ambient FROM stock JOIN citernes ON citernes.id = citerne_id
        WHERE ambient < -0.01 OR at_15c < -0.01 ORDER BY nom, owner""",
    "over_capacity": f"""{FLOWS}
        SELECT nom, sum(ambient), max(ambient)
        FROM stock JOIN citernes ON citernes.id = citerne_id
        WHERE statut = 'active'
        GROUP BY citernes.id HAVING sum(ambient) > max(capacite_totale - capacite_securite)
        ORDER BY nom""",
    "stale": """
        SELECT id FROM cours_de_route AS truck
        WHERE statut = 'ARRIVE' AND created_at < %(now)s::timestamptz - interval '2 days'
          AND id NOT IN (SELECT cours_de_route_id FROM receptions
                         WHERE statut = 'validee' AND cours_de_route_id IS NOT NULL)""",
    "reception_15c": """
        SELECT nom, volume_ambiant FROM receptions JOIN citernes ON citernes.id = citerne_id
        WHERE receptions.statut = 'validee'
          AND abs(volume_corrige_15c / volume_ambiant - 1) > 0.05""",
    "withdrawal_15c": """
        SELECT nom, volume_ambiant FROM sorties_produit JOIN citernes ON citernes.id = citerne_id
        WHERE sorties_produit.statut = 'validee'
          AND abs(volume_corrige_15c / volume_ambiant - 1) > 0.05""",
    "insufficient": f"""{FLOWS}
        SELECT nom, owner, round(left_over) FROM (
            SELECT *, sum(ambient) OVER w AS left_over, sum(at_15c) OVER w AS left_15c
            FROM flow WINDOW w AS (PARTITION BY citerne_id, owner ORDER BY at, id)
        ) AS running JOIN citernes ON citernes.id = citerne_id
        WHERE sign = -1 AND (left_over < 0 OR left_15c < 0) ORDER BY nom""",
    "snapshot_gap": f"""{FLOWS}
        SELECT citerne_id, owner
        FROM stock FULL JOIN (
            SELECT citerne_id, owner, sum(ambient) AS moved, sum(at_15c) AS moved_15c
            FROM flow GROUP BY citerne_id, owner
        ) AS sums USING (citerne_id, owner)
        WHERE (ambient = moved AND at_15c = moved_15c) IS NOT TRUE""",
    "over_capacity_once": f"""{FLOWS}
        SELECT nom FROM (
            SELECT *, sum(ambient) OVER (PARTITION BY citerne_id ORDER BY at, id) AS held
            FROM flow
        ) AS running JOIN citernes ON citernes.id = citerne_id
        WHERE held > capacite_totale - capacite_securite GROUP BY citernes.id ORDER BY nom""",
    "inactive_used": f"""{FLOWS}
        SELECT nom FROM flow JOIN citernes ON citernes.id = citerne_id WHERE statut <> 'active'""",
    "blocked": """
        SELECT id FROM cours_de_route WHERE statut IN ('TRANSIT', 'FRONTIERE')""",
    "several_receptions": """
        SELECT cours_de_route_id FROM receptions WHERE cours_de_route_id IS NOT NULL
        GROUP BY 1 HAVING count(*) > 1""",
    "field_missing": """
        SELECT id FROM receptions
        WHERE statut = 'validee' AND num_nulls(volume_ambiant, volume_15c, volume_corrige_15c,
                                               temperature_ambiante_c, densite_a_15) > 0""",
    "future": f"""{FLOWS} SELECT id FROM flow WHERE at > %(now)s""",
}


def anomalies(connection: psycopg.Connection[Any], now: datetime) -> Facts:
    """Every fact that some rule could object to, without the empty ones."""
    found = {
        name: connection.execute(query, {"now": now} if "%(" in query else None).fetchall()
        for name, query in QUERIES.items()
    }
    found["against_the_standard"] = against_the_standard(connection)
    return {name: rows for name, rows in found.items() if rows}


def against_the_standard(connection: psycopg.Connection[Any]) -> list[tuple[Any, ...]]:
    """Validated receptions off ASTM D1250 (1980) by more than 0.05 % or 5 L, either instrument."""
    rows = connection.execute(
        """
        SELECT nom, volume_ambiant, volume_corrige_15c, densite_a_15, temperature_ambiante_c
        FROM receptions JOIN citernes ON citernes.id = citerne_id
        WHERE receptions.statut = 'validee'
        """
    ).fetchall()
    wrong = []
    for tank, ambient, recorded, density, temperature in rows:
        for instrument in volumetrics.Instrument:
            density_15 = volumetrics.density_15_53b(density, temperature, instrument=instrument)
            right = ambient * volumetrics.vcf_54b(density_15, temperature)
            if abs(recorded - right) > min(5.0, 0.0005 * right):
                wrong.append((tank, ambient, instrument.value))
    return wrong

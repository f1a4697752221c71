"""Each scenario holds the facts that it is for, and no other."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from integrity.depot import DepotCounts, scenario_load
from integrity.depot.schema import TABLES
from tests.depot.conftest import Connection
from tests.depot.facts import anomalies

NOW = datetime(2026, 2, 19, 8, 0, tzinfo=UTC)
MIDNIGHT = datetime(2026, 2, 19, 0, 0, tzinfo=timezone(timedelta(hours=2)))


def content(connection: Connection) -> dict[str, list[tuple[object, ...]]]:
    return {
        table: connection.execute(f"SELECT * FROM {table} ORDER BY id").fetchall()
        for table in TABLES
    }


@pytest.mark.parametrize("seed", range(1, 6))
@pytest.mark.parametrize("now", [NOW, MIDNIGHT])
def test_production_shows_five_stale_trucks_and_nothing_else(
    depot: Connection, seed: int, now: datetime
) -> None:
    scenario_load(depot, "prod-2026-02-19", now=now, seed=seed)
    for elapsed in (timedelta(0), timedelta(days=400)):
        found = anomalies(depot, now + elapsed)
        assert set(found) == {"stale"}
        assert len(found["stale"]) == 5


@pytest.mark.parametrize("seed", range(1, 6))
@pytest.mark.parametrize("now", [NOW, MIDNIGHT])
def test_incident_facts(depot: Connection, seed: int, now: datetime) -> None:
    scenario_load(depot, "incident", now=now, seed=seed)
    for elapsed in (timedelta(0), timedelta(days=400)):
        found = anomalies(depot, now + elapsed)
        assert len(found.pop("stale")) == 6
        assert found == {
            "negative": [("TANK4", "MONALUXE", -230.0)],
            # Neither owner alone: the largest share is below 300 000 L.
            "over_capacity": [("TANK5", 303_420.0, 193_261.0)],
            "over_capacity_once": [("TANK5",)],
            "reception_15c": [("TANK2", 38_920.0)],
            "withdrawal_15c": [("TANK2", 20_000.0)],
            # Two later rules speak too, for the same two mistakes.
            "insufficient": [("TANK4", "MONALUXE", -230.0)],
            "against_the_standard": [
                ("TANK2", 38_920.0, "hydrometer"),
                ("TANK2", 38_920.0, "densitometer"),
            ],
        }


def test_incident_hides_its_negative_stock(depot: Connection) -> None:
    scenario_load(depot, "incident", now=NOW)
    rows = depot.execute(
        "SELECT nom, stock_ambiant, stock_15c, stock_ambiant_base, delta_ambiant_total"
        " FROM v_stock_actuel JOIN citernes ON citernes.id = citerne_id"
        " WHERE stock_ambiant_base + delta_ambiant_total < -0.01"
    ).fetchall()
    assert rows == [("TANK4", 0.0, 0.0, 0.0, -230.0)]


def test_incident_has_about_forty_healthy_movements_over_ninety_days(depot: Connection) -> None:
    counts = scenario_load(depot, "incident", now=NOW)
    assert counts == DepotCounts(
        depots=1, tanks=6, trucks=34, receptions=28, withdrawals=21, stocks=9, adjustments=3
    )
    days = depot.execute(
        """
        SELECT count(*), min(at), max(at) FROM (
            SELECT date_reception AS at FROM receptions WHERE statut = 'validee'
            UNION ALL SELECT date_sortie FROM sorties_produit WHERE statut = 'validee'
        ) AS movement
        """
    ).fetchone()
    assert days is not None
    assert days[0] == 43 + 3  # three of them are the story's mistakes
    assert NOW - timedelta(days=90) < days[1] < NOW - timedelta(days=80)
    assert NOW - timedelta(days=7) < days[2] < NOW


def test_field_receptions_keep_their_observations(depot: Connection) -> None:
    scenario_load(depot, "incident", now=NOW)
    rows = depot.execute(
        "SELECT volume_ambiant, temperature_ambiante_c, densite_a_15 FROM receptions"
        " WHERE note LIKE 'GASOIL_PROD%' ORDER BY note"
    ).fetchall()
    assert len(rows) == 8
    assert rows[0] == (39296.0, 29.7, 837.3)
    assert rows[7] == (33445.0, 21.0, 837.0)


def test_one_of_the_stale_trucks_has_a_rejected_reception(depot: Connection) -> None:
    scenario_load(depot, "incident", now=NOW)
    rows = depot.execute(
        "SELECT r.statut FROM receptions AS r"
        " JOIN cours_de_route AS c ON c.id = r.cours_de_route_id"
        " WHERE c.statut = 'ARRIVE' ORDER BY r.statut"
    ).fetchall()
    assert rows == [("rejetee",), ("validee",)]


@pytest.mark.parametrize("name", ["prod-2026-02-19", "incident", "large"])
def test_same_arguments_give_the_same_rows(depot: Connection, name: str) -> None:
    def load(seed: int) -> dict[str, list[tuple[object, ...]]]:
        scenario_load(depot, name, now=NOW, seed=seed, movements=30, anomalies=7)
        return content(depot)

    first = load(seed=7)
    assert load(seed=8)["receptions"] != first["receptions"]
    assert load(seed=7) == first


def test_time_zone_of_now_does_not_matter(depot: Connection) -> None:
    scenario_load(depot, "incident", now=MIDNIGHT)
    first = content(depot)
    scenario_load(depot, "incident", now=MIDNIGHT.astimezone(UTC))
    assert content(depot) == first


def test_times_move_with_now(depot: Connection) -> None:
    oldest = "SELECT min(created_at) FROM receptions"
    scenario_load(depot, "incident", now=NOW)
    before = depot.execute(oldest).fetchone()
    scenario_load(depot, "incident", now=NOW + timedelta(days=3))
    after = depot.execute(oldest).fetchone()
    assert before is not None
    assert after is not None
    assert after[0] - before[0] == timedelta(days=3)


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("accident", {"now": NOW}, "unknown scenario 'accident'"),
        ("incident", {"now": NOW.replace(tzinfo=None)}, "time zone"),
        ("large", {"now": NOW, "movements": -1}, "negative"),
        ("large", {"now": NOW, "anomalies": -1}, "negative"),
    ],
)
def test_bad_arguments_are_named(
    depot: Connection, name: str, arguments: dict[str, object], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        scenario_load(depot, name, **arguments)  # type: ignore[arg-type]

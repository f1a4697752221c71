"""The generated depot has the sizes that were asked for, and is healthy everywhere else."""

from datetime import UTC, datetime

import pytest

from integrity.depot import scenario_load
from tests.depot.conftest import Connection
from tests.depot.facts import anomalies

NOW = datetime(2026, 2, 19, 8, 0, tzinfo=UTC)


def test_healthy_movements_are_silent(depot: Connection) -> None:
    counts = scenario_load(depot, "large", now=NOW, movements=25_001, anomalies=0)
    assert anomalies(depot, NOW) == {}
    assert (counts.receptions, counts.withdrawals, counts.tanks) == (12_501, 12_500, 6)


def test_tanks_and_depots_grow_with_the_movements(depot: Connection) -> None:
    counts = scenario_load(depot, "large", now=NOW, movements=70_001, anomalies=0)
    assert (counts.tanks, counts.depots, counts.stocks) == (8, 2, 16)


@pytest.mark.parametrize("count", [1, 4, 5, 103])
def test_anomalies_go_round_the_five_rules(depot: Connection, count: int) -> None:
    scenario_load(depot, "large", now=NOW, movements=2_000, anomalies=count)
    found = {name: len(rows) for name, rows in anomalies(depot, NOW).items()}
    rules = ["negative", "over_capacity", "stale", "reception_15c", "withdrawal_15c"]
    assert [found.pop(name, 0) for name in rules] == [(count + 4 - n) // 5 for n in range(5)]
    # What the same facts mean to later rules.
    assert found.pop("insufficient") == (count + 4) // 5
    assert found.pop("over_capacity_once", 0) == (count + 3) // 5
    assert found.pop("against_the_standard", 0) == 2 * ((count + 1) // 5)
    assert found == {}


def test_nobody_is_over_capacity_alone(depot: Connection) -> None:
    scenario_load(depot, "large", now=NOW, movements=10, anomalies=10)
    alone = depot.execute(
        "SELECT count(*) FROM v_stock_actuel JOIN citernes ON citernes.id = citerne_id"
        " WHERE stock_ambiant > capacite_totale"
    ).fetchone()
    assert alone == (0,)


def test_nothing_at_all(depot: Connection) -> None:
    counts = scenario_load(depot, "large", now=NOW, movements=0, anomalies=0)
    assert (counts.receptions, counts.withdrawals, counts.tanks) == (0, 0, 6)

"""The reference depot: a business database with known facts, for demonstrations, tests, benchmarks.

Needs psycopg only. Must not know the rules that will judge its data.
"""

from integrity.depot.loader import (
    LARGE_ANOMALIES,
    LARGE_MOVEMENTS,
    SCENARIOS,
    DepotCounts,
    scenario_load,
)
from integrity.depot.schema import DepotRefusedError, loaded_scenario, schema_create

__all__ = [
    "LARGE_ANOMALIES",
    "LARGE_MOVEMENTS",
    "SCENARIOS",
    "DepotCounts",
    "DepotRefusedError",
    "loaded_scenario",
    "scenario_load",
    "schema_create",
]

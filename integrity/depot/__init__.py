"""The reference depot: a business database with known facts, for demonstrations, tests, benchmarks.

Needs psycopg only. Must not know the rules that will judge its data.
"""

from integrity.depot.schema import DepotRefused, loaded_scenario, schema_create

__all__ = ["DepotRefused", "loaded_scenario", "schema_create"]

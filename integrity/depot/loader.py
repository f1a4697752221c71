"""Owns the loading of a scenario into a reference depot, replacing what was there.

One transaction, which starts with a TRUNCATE: readers wait for its end. A REPEATABLE READ reader
whose snapshot is older than that end would find empty tables; it is safe if its first statement is
LOCK TABLE <its view> IN ACCESS SHARE MODE, which waits before the snapshot is taken.
"""

from dataclasses import dataclass
from datetime import datetime

import psycopg

from integrity.depot import master, stories
from integrity.depot.book import Book
from integrity.depot.schema import SQL, TABLES, content_replace_start

STORIES = {"prod-2026-02-19": stories.prod_2026_02_19, "incident": stories.incident}
SCENARIOS = (*STORIES, "large")
LARGE_MOVEMENTS = 1_000_000
LARGE_ANOMALIES = 1_000


@dataclass(frozen=True)
class DepotCounts:
    """Rows of the depot after a load."""

    depots: int
    tanks: int
    trucks: int
    receptions: int
    withdrawals: int
    stocks: int
    adjustments: int


def scenario_load(
    connection: psycopg.Connection,
    name: str,
    *,
    now: datetime,
    movements: int = LARGE_MOVEMENTS,
    anomalies: int = LARGE_ANOMALIES,
    seed: int = 1,
) -> DepotCounts:
    """Replace the depot's content by a scenario whose times are relative to `now` (aware).

    `movements` (healthy ones) and `anomalies` size the scenario `large` only; `anomalies` are
    spread evenly over the five V1 rules. The same name, now, sizes and seed give the same rows.
    Raises ValueError for an unknown name, a naive time or a negative size, and DepotRefusedError,
    with nothing changed, where schema_create() did not make the tables.
    """
    if name not in SCENARIOS:
        raise ValueError(f"unknown scenario {name!r}: choose one of {', '.join(SCENARIOS)}")
    if now.tzinfo is None:
        raise ValueError("now must carry a time zone")
    if movements < 0 or anomalies < 0:
        raise ValueError("movements and anomalies must not be negative")
    with connection.transaction():
        content_replace_start(connection, name)
        master.master_load(connection, now=now)
        if name in STORIES:
            book = Book(name, seed, now)
            STORIES[name](book)
            book.write(connection)
        else:
            _large_load(connection, now=now, movements=movements, anomalies=anomalies, seed=seed)
        connection.execute((SQL / "snapshots.sql").read_text(encoding="utf-8"))
        # A bulk load must not leave the first readers with plans for empty tables.
        connection.execute("ANALYZE " + ", ".join(TABLES))
        return _counts(connection)


def _large_load(
    connection: psycopg.Connection, *, now: datetime, movements: int, anomalies: int, seed: int
) -> None:
    # Binding on the client allows a whole file of statements to take parameters.
    psycopg.ClientCursor(connection).execute(
        (SQL / "large.sql").read_text(encoding="utf-8"),
        {
            "movements": movements,
            "anomalies": anomalies,
            "seed": seed,
            "now": now,
            "client": master.CLIENTS["Client A"],
            "partner": master.PARTNERS["Partenaire A"],
            "supplier": master.SUPPLIERS["Fournisseur A"],
        },
    )


def _counts(connection: psycopg.Connection) -> DepotCounts:
    row = connection.execute(
        """
        SELECT (SELECT count(*) FROM depots),
               (SELECT count(*) FROM citernes),
               (SELECT count(*) FROM cours_de_route),
               (SELECT count(*) FROM receptions),
               (SELECT count(*) FROM sorties_produit),
               (SELECT count(*) FROM stocks_snapshot),
               (SELECT count(*) FROM stocks_adjustments)
        """
    ).fetchone()
    assert row is not None  # noqa: S101 - a SELECT without FROM has one row
    return DepotCounts(*row)

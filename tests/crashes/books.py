"""What must hold of the ledger after a run of crashes: every answered act once, none twice, replay equal."""

from typing import Any

import psycopg

from tests.crashes.people import DONE, REFUSED, Answers

# How often each word stands in what an entry says is new; an act that is undone leaves it in `before`.
WORDS = r"""
SELECT word[1], count(*) FROM ledger_entry,
  LATERAL regexp_matches(after::text, 'mot-[0-9a-f]{32}', 'g') AS word GROUP BY 1
"""
# Rows that the ledger alone gives back otherwise than the table has them, either way.
REPLAY = """
WITH replayed AS (
  SELECT to_jsonb(a) AS row FROM alert_state_at((SELECT max(seq) FROM ledger_entry)) AS a
), stored AS (SELECT to_jsonb(a) AS row FROM system_alerts AS a)
SELECT (SELECT count(*) FROM (TABLE replayed EXCEPT TABLE stored) AS one),
       (SELECT count(*) FROM (TABLE stored EXCEPT TABLE replayed) AS other),
       (SELECT count(*) FROM stored)
"""


def lost_and_doubled(connection: psycopg.Connection[Any], answers: Answers) -> dict[str, list[str]]:
    """Words of acts that were answered and are not there, are there twice, or were refused and are there."""
    found: dict[str, int] = dict(connection.execute(WORDS).fetchall())
    return {
        "lost": [word for word, how in answers.acts.items() if how == DONE and word not in found],
        "doubled": [word for word, count in found.items() if count > 1],
        "refused and done": [
            word for word, how in answers.acts.items() if how == REFUSED and word in found
        ],
    }


def assert_replays(connection: psycopg.Connection[Any]) -> None:
    """The ledger alone gives `system_alerts` back, row for row."""
    with connection.transaction():
        connection.execute("SELECT set_config('governance.system', 'test', true)")
        (missing, invented, count) = connection.execute(REPLAY).fetchone() or (1, 1, 0)
    assert (missing, invented) == (0, 0)
    assert count > 0

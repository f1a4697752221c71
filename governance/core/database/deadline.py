"""A psycopg connection on which every wait for the server ends; knows no database and nothing of Django.

The server's own statement_timeout does not help against a server, or a network, that has stopped: the
kernel keeps such a connection open for hours. So the waiting side counts, too, and closes the socket.
"""

from typing import Any, TypeVar

import psycopg
from psycopg import errors
from psycopg.abc import PQGen

RV = TypeVar("RV")

# For libpq: a peer that vanished without a word is noticed within a minute.
KEEPALIVE = {
    "keepalives_idle": 20,  # seconds
    "keepalives_interval": 10,  # seconds
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,  # milliseconds
}


class DeadlineConnection(psycopg.Connection[Any]):
    """`answer_limit`: seconds for each answer of the server (a statement, a block of COPY); None: no end."""

    answer_limit: float | None = None

    def wait(self, gen: PQGen[RV], interval: float = 0.1, timeout: float | None = None) -> RV:
        """As psycopg's; closes the connection and raises OperationalError when the limit is over."""
        if timeout is not None or self.answer_limit is None:
            return super().wait(gen, interval, timeout)
        try:
            return super().wait(gen, interval, self.answer_limit)
        except errors._WaitTimeout:  # what psycopg's own wait() raises, and documents
            self.pgconn.finish()
            raise psycopg.OperationalError(
                f"the server did not answer within {self.answer_limit:g} s; connection closed"
            ) from None

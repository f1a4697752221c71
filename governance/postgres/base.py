"""Django's PostgreSQL backend, on connections whose every wait ends; loaded by Django through ENGINE.

`ANSWER_LIMIT_S` of a database's settings: seconds for each answer; None waits for ever.
"""

import time
from typing import Any

import psycopg
from django.db.backends.postgresql import base
from psycopg import IsolationLevel

from governance.deadline import DeadlineConnection

# A server that let one connection wait in vain is not asked again at once: the next requests say so at
# once instead of holding every thread. Seconds.
RETRY_AFTER = 1.0
PING_LIMIT = 3.0  # seconds for the question whether a kept connection still lives


class DatabaseWrapper(base.DatabaseWrapper):
    """Overrides how a connection is made and how a kept one is tried; the rest is Django's."""

    _ask_again_at = 0.0  # time.monotonic(), of the process

    def get_new_connection(self, conn_params: dict[str, Any]) -> DeadlineConnection:
        self.isolation_level = IsolationLevel.READ_COMMITTED
        began = time.monotonic()
        if began < self._ask_again_at:
            raise psycopg.OperationalError("the server did not answer a moment ago")
        try:
            connection = DeadlineConnection.connect(**conn_params)
        except psycopg.OperationalError:
            failed = time.monotonic()
            if failed - began > RETRY_AFTER:
                DatabaseWrapper._ask_again_at = failed + RETRY_AFTER
            raise
        connection.answer_limit = self.settings_dict.get("ANSWER_LIMIT_S")
        return connection

    def is_usable(self) -> bool:
        connection: DeadlineConnection | None = self.connection
        if connection is None or connection.closed:
            return False
        limit = connection.answer_limit
        connection.answer_limit = min(limit or PING_LIMIT, PING_LIMIT)
        usable: bool = super().is_usable()
        connection.answer_limit = limit
        return usable

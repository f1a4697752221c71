"""Django's PostgreSQL backend, on connections whose every wait ends; loaded by Django through ENGINE.

`ANSWER_LIMIT_S` of a database's settings: seconds for each answer; None waits for ever.
"""

import threading
import time
from typing import Any, ClassVar

import psycopg
from django.db.backends.postgresql import base
from psycopg import IsolationLevel

from governance.core.database.deadline import DeadlineConnection

# One thread connects at a time. When its one attempt takes longer than SLOW, the others are told at once
# that the server does not answer, instead of being held, too; and for RETRY_AFTER once it failed. A long
# queue of quick attempts is no silence. Seconds.
SLOW = 1.0
RETRY_AFTER = 6.0  # longer than a connection may take (settings: connect_timeout)
PING_LIMIT = 3.0  # seconds for the question whether a kept connection still lives


class _Door:
    """Where the threads of this process connect to one server, one at a time."""

    def __init__(self) -> None:
        self.turn = threading.Lock()
        self.ask_again_at = 0.0  # time.monotonic()
        self.attempt_began = 0.0  # of the thread that connects

    def refuse_while_silent(self) -> None:
        if time.monotonic() < self.ask_again_at:
            raise psycopg.OperationalError("the server did not answer a moment ago")

    def connect(self, conn_params: dict[str, Any]) -> DeadlineConnection:
        began = self.attempt_began = time.monotonic()
        try:
            connection = DeadlineConnection.connect(**conn_params)
        except psycopg.OperationalError:
            ended = time.monotonic()
            # Refused at once is no silence: whoever comes next may ask.
            self.ask_again_at = ended + RETRY_AFTER if ended - began > SLOW else 0.0
            raise
        self.ask_again_at = 0.0
        return connection


class DatabaseWrapper(base.DatabaseWrapper):
    """Overrides how a connection is made and how a kept one is tried; the rest is Django's."""

    _doors: ClassVar[
        dict[str, "_Door"]
    ] = {}  # of the process, by alias: a silent standby holds nobody else

    def get_new_connection(self, conn_params: dict[str, Any]) -> DeadlineConnection:
        self.isolation_level = IsolationLevel.READ_COMMITTED
        door = self._doors.setdefault(self.alias, _Door())
        door.refuse_while_silent()
        while not door.turn.acquire(timeout=SLOW):
            if time.monotonic() - door.attempt_began > SLOW:
                door.ask_again_at = time.monotonic() + RETRY_AFTER
            door.refuse_while_silent()
        try:
            door.refuse_while_silent()
            connection = door.connect(conn_params)
        finally:
            door.turn.release()
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

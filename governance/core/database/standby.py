"""Lets a page that only reads read from a standby, where there is one that knows all that the primary knows.

Knows how connections are exchanged, not which page reads what. The alias `standby` is READ_DATABASE_URL's.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from django.db import DEFAULT_DB_ALIAS, Error, InterfaceError, OperationalError, connections

ALIAS = "standby"
T = TypeVar("T")
logger = logging.getLogger(__name__)


def standby_is_configured() -> bool:
    return ALIAS in connections.settings


def read_on_standby(read: Callable[[], T], *, state: Callable[[], bytes | None]) -> T:
    """What `read` gives on the standby, if `state` gives there what it gives on the primary; else as ever.

    A standby that is behind, does not answer or fails is no reason for an error: the page is then the
    primary's. Both functions open their own transactions on the default connection and write nothing.
    """
    try:
        ours = state()
        with _exchanged():
            if ours is not None and state() == ours:
                return read()
    except (OperationalError, InterfaceError) as error:
        logger.warning("read on the primary: %s", " ".join(str(error).split())[:200])
    return read()


def standby_state(state: Callable[[], bytes | None]) -> str:
    """`level`, `behind`, or why the standby does not answer; for whoever checks an installation."""
    ours = state()
    try:
        with _exchanged():
            return "level" if state() == ours else "behind"
    except Error as error:
        return f"does not answer ({type(error).__name__})"


@contextmanager
def _exchanged() -> Iterator[None]:
    """Whoever asks for the default connection in this thread gets the standby's, which takes no write."""
    primary, standby = connections[DEFAULT_DB_ALIAS], connections[ALIAS]
    connections[DEFAULT_DB_ALIAS] = standby
    try:
        yield
    finally:
        connections[DEFAULT_DB_ALIAS] = primary

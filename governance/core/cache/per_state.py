"""Computes what is derived from the console's state once per state; knows nothing of what is computed.

Whatever changes the console's state moves the ledger's head, and a head never comes back: its hash
covers all that came before. So a figure that was read under one head is right for as long as that head
stands, and there is nothing to invalidate and no age at which it turns doubtful.
"""

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import connection

from governance.core.cache.lru import Cache

P = ParamSpec("P")
T = TypeVar("T")

# Results kept per function and process: as many sets of sources and filters as readers commonly have.
KEPT = 64

_of_this_page: ContextVar[bytes | None] = ContextVar("state of the page", default=None)


def ledger_state() -> bytes | None:
    """32 opaque bytes that name the state which the ledger covers; None when nobody acts.

    The SQL function is the ledger's (governance/core/ledger/sql/ledger_state.sql).
    """
    known = _of_this_page.get()
    if known is not None:
        return known
    with connection.cursor() as cursor:
        cursor.execute("SELECT ledger_state()")
        (found,) = cursor.fetchone()
    return None if found is None else bytes(found)


@contextmanager
def one_state(state: bytes | None) -> Iterator[None]:
    """Ask for the state once, for a block that writes nothing."""
    token = _of_this_page.set(state)
    try:
        yield
    finally:
        _of_this_page.reset(token)


def once_per_state(compute: Callable[P, T]) -> Callable[P, T]:
    """Keep what `compute` gave for these arguments until the ledger's head moves.

    For functions whose result depends on their (hashable) arguments and on what the ledger covers, and on
    nothing else: what row security hides must be named by an argument, such as the sources that the
    reader holds, and so must the day and the language. The result is shared between requests: callers
    only read it.
    """
    kept: Cache[Hashable, T] = Cache(KEPT)

    @wraps(compute)
    def remembering(*args: P.args, **kwargs: P.kwargs) -> T:
        # The state is read first: what is read after it can only be newer, and then so is the state that
        # the next reader asks with.
        state = ledger_state()
        if state is None:
            return compute(*args, **kwargs)
        key = (state, args, tuple(sorted(kwargs.items())))
        return kept.get(key, lambda: compute(*args, **kwargs))

    return remembering

"""Computes what is derived from the console's state once per state; knows nothing of what is computed.

Whatever changes the console's state moves the ledger's head, and a head never comes back: its hash
covers all that came before. So a figure that was read under one head is right for as long as that head
stands, and there is nothing to invalidate and no age at which it turns doubtful.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from functools import wraps
from threading import Lock
from typing import ParamSpec, TypeVar

from django.db import connection

P = ParamSpec("P")
T = TypeVar("T")

# Results kept per function and process: as many sets of sources as directors commonly hold.
KEPT = 32


def ledger_state() -> bytes | None:
    """32 opaque bytes that name the state which the ledger covers; None when nobody acts (sql/state.sql)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT ledger_state()")
        (found,) = cursor.fetchone()
    return None if found is None else bytes(found)


def once_per_state(compute: Callable[P, T]) -> Callable[P, T]:
    """Keep what `compute` gave for these arguments until the ledger's head moves.

    For functions whose result depends on their (hashable) arguments and on what the ledger covers, and on
    nothing else: what row security hides must be named by an argument, such as the sources that the
    reader holds, and so must the day. The result is shared between requests: callers only read it.
    """
    kept: OrderedDict[Hashable, T] = OrderedDict()
    lock = Lock()

    @wraps(compute)
    def remembering(*args: P.args, **kwargs: P.kwargs) -> T:
        # The head is read first: what is read after it can only be newer, and then so is the head that
        # the next reader asks with.
        state = ledger_state()
        if state is None:
            return compute(*args, **kwargs)
        key = (state, args, tuple(sorted(kwargs.items())))
        with lock:
            if key in kept:
                kept.move_to_end(key)
                return kept[key]
        found = compute(*args, **kwargs)
        with lock:
            kept[key] = found
            while len(kept) > KEPT:
                kept.popitem(last=False)
        return found

    remembering.forget = kept.clear  # type: ignore[attr-defined]  # tests that write behind the ledger's back
    return remembering

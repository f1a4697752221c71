"""Which errors mean that the console's database cannot serve now; knows no page and no address."""

import logging

from django.db import DatabaseError, InterfaceError, InternalError, OperationalError

# SQLSTATE -> how a page calls it; any other operational error is "away".
_KINDS = {"25006": "read_only", "53100": "full", "57014": "slow", "55P03": "slow"}


def outage_kind(error: BaseException | None) -> str:
    """`away`, `read_only`, `full` or `slow`; empty for an error that is none of the database's state."""
    if not isinstance(error, DatabaseError | InterfaceError):
        return ""
    state = getattr(error.__cause__, "sqlstate", None)
    # Without a state it is the driver's own: a server that died while it answered left it out of step.
    is_away = isinstance(error, OperationalError | InterfaceError) or (
        isinstance(error, InternalError) and not state
    )
    return _KINDS.get(state or "", "away" if is_away else "")


class WithoutOutages(logging.Filter):
    """Of Django's own records about requests, only tracebacks stay, and none of what an outage ended.

    governance/core/web/errors.py has written one line about that by then, and every request has its own.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        return bool(record.exc_info and not outage_kind(record.exc_info[1]))

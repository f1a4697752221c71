"""Which errors mean that the console's database cannot serve now; knows no page and no address."""

import logging

from django.db import DatabaseError, InterfaceError, OperationalError

# SQLSTATE -> how a page calls it; any other operational error is "away".
_KINDS = {"25006": "read_only", "53100": "full", "57014": "slow", "55P03": "slow"}


def outage_kind(error: BaseException | None) -> str:
    """`away`, `read_only`, `full` or `slow`; empty for an error that is none of the database's state."""
    if not isinstance(error, DatabaseError | InterfaceError):
        return ""
    kind = _KINDS.get(getattr(error.__cause__, "sqlstate", None) or "", "")
    return kind or ("away" if isinstance(error, OperationalError | InterfaceError) else "")


class WithoutOutages(logging.Filter):
    """Of Django's own records about requests, only tracebacks stay, and none of what an outage ended.

    governance/core/web/errors.py has written one line about that by then, and every request has its own.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        return bool(record.exc_info and not outage_kind(record.exc_info[1]))

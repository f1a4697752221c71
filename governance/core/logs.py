"""Log lines and error texts without any secret of the configuration; each line names the request it is of.

In production a line is one JSON object, on a developer's machine a sentence with its facts.
"""

import logging
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import psycopg
from django.db import Error
from pythonjsonlogger.core import RESERVED_ATTRS
from pythonjsonlogger.json import JsonFormatter

from governance.env import secret_pieces_set
from governance.secrets import INSTEAD, secret_pieces, without

# Of the request, or of the run of a job, that this thread works for; empty: of neither.
_request_id: ContextVar[str] = ContextVar("request id", default="")
# The secret of a link in a mail, by its address or by its length: ids are shorter.
_TOKEN = re.compile(r"(?<=/accounts/password/reset/key/)[^/\s\"']+|(?<=[/=])[\w-]{40,}")


def request_id() -> str:
    return _request_id.get()


def fresh_id() -> str:
    return secrets.token_hex(8)


@contextmanager
def working_for(name: str) -> Iterator[None]:
    """Every line in here, and the database's list of who is connected, carries this id."""
    token = _request_id.set(name)
    try:
        yield
    finally:
        _request_id.reset(token)


def one_line(error: BaseException, *addresses: str) -> str:
    """The error's words without line breaks, at most 300 characters; no secret of ours or of `addresses`.

    Of a server's answer the message alone: the rest quotes our SQL, and rows.
    """
    driver = error.__cause__ if isinstance(error, Error) else error
    diagnosed = driver.diag.message_primary if isinstance(driver, psycopg.Error) else None
    pieces = secret_pieces_set().union(*map(secret_pieces, addresses))
    return without(" ".join((diagnosed or str(error)).split()), pieces)[:300]


class OfRequest(logging.Filter):
    """Puts the id of the request into each record, where there is one, and takes Django's own words of it."""

    def filter(self, record: logging.LogRecord) -> bool:
        vars(record).pop("request", None)  # with its query: what somebody looks for is theirs
        if name := _request_id.get():
            record.request_id = name
        return True


class Formatter(JsonFormatter):
    """The finished line is searched, traceback included: a library may put an address anywhere in it.

    The framework names the page of each refused request, and whoever has a link's address has its account.
    """

    def format(self, record: logging.LogRecord) -> str:
        return _clean(super().format(record))


class TextFormatter(logging.Formatter):
    """The same for people: time, level, logger, message, and what else is known as name=value."""

    def format(self, record: logging.LogRecord) -> str:
        line, *more = super().format(record).split("\n")
        known = {name: value for name, value in vars(record).items() if name not in RESERVED_ATTRS}
        facts = "".join(f" {name}={value}" for name, value in known.items())
        return _clean("\n".join([line + facts, *more]))


def _clean(line: str) -> str:
    return _TOKEN.sub(INSTEAD, without(line, secret_pieces_set()))

"""Log lines and error texts without any secret of the configuration; a log line is one JSON object."""

import logging
import re
from contextvars import ContextVar

import psycopg
from django.db import Error
from pythonjsonlogger.json import JsonFormatter

from governance.env import secret_pieces_set
from governance.secrets import secret_pieces, without

# A part of an address that is as long as the secret of a link in a mail; ids are shorter.
TOKEN = re.compile(r"(?<=[/=])[\w-]{40,}")
# The name of the request that is being answered; empty outside of one.
REQUEST = ContextVar("REQUEST", default="")


def one_line(error: BaseException, *addresses: str) -> str:
    """The error's words without line breaks, at most 300 characters; no secret of ours or of `addresses`.

    Of a server's answer the message alone: the rest quotes our SQL, and rows.
    """
    driver = error.__cause__ if isinstance(error, Error) else error
    diagnosed = driver.diag.message_primary if isinstance(driver, psycopg.Error) else None
    pieces = secret_pieces_set().union(*map(secret_pieces, addresses))
    return without(" ".join((diagnosed or str(error)).split()), pieces)[:300]


class Formatter(JsonFormatter):
    """The finished line is searched, traceback included: a library may put an address anywhere in it.

    The framework names the page of each refused request, and whoever has a link's address has its account.
    """

    def format(self, record: logging.LogRecord) -> str:
        if name := REQUEST.get():
            record.request_id = name
        return TOKEN.sub("…", without(super().format(record), secret_pieces_set()))

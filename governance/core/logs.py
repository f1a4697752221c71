"""Log lines: one JSON object each, without any secret of the configuration."""

import logging

from pythonjsonlogger.json import JsonFormatter

from governance.core.secrets import without
from governance.env import secret_pieces_set


class Formatter(JsonFormatter):
    """The finished line is searched, traceback included: a library may put an address anywhere in it."""

    def format(self, record: logging.LogRecord) -> str:
        return without(super().format(record), secret_pieces_set())

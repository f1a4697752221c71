"""Reads the files of a pack's folder, which somebody else wrote; knows no manifest.

A pack may come from anywhere, links and devices included: what leads out of its folder could show any file of
this machine on a page, and what never ends would hold the start of the console.
"""

import re
from pathlib import Path

from integrity.rules.sql_text import SqlTextError, statements

LIMIT = 1_000_000  # bytes; the longest file that ships has some twenty thousand


def text_read(file: Path, home: Path) -> str:
    """A text of the folder `home`. Raises OSError or UnicodeDecodeError, with words."""
    try:
        real = file.resolve(strict=True)
    except RuntimeError as error:  # links in a circle
        raise OSError(str(error)) from None
    if not real.is_relative_to(home.resolve()):
        raise OSError(f"leads out of {home.name}")
    if not real.is_file():
        raise OSError("is no plain file")
    with real.open("rb") as opened:
        raw = opened.read(LIMIT + 1)
    if len(raw) > LIMIT:
        raise OSError(f"is longer than {LIMIT} bytes")
    return raw.decode("utf-8").replace("\r\n", "\n").replace("\r", "\n")


def schema_statements(file: Path, home: Path) -> list[str]:
    """The statements that make a database of a pack’s sort; none ends the transaction around them.

    Each must be sent by itself (the extended protocol): whatever hides a second one is then refused. Raises
    as `text_read`, and SqlTextError.
    """
    found = statements(text_read(file, home), bodies=True)
    for statement in found:
        if _ENDS_TRANSACTION.match(statement):
            raise SqlTextError(f"{statement.split()[0]}: the schema is made in one transaction")
    return found


_ENDS_TRANSACTION = re.compile(
    r"(begin|start|commit|end|rollback|abort|prepare|savepoint|release)\b", re.IGNORECASE
)

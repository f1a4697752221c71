"""Reads the files of a pack's folder, which somebody else wrote; knows no manifest.

A pack may come from anywhere, links and devices included: what leads out of its folder could show any file of
this machine on a page, and what never ends would hold the start of the console.
"""

import re
from collections.abc import Iterable
from pathlib import Path

from integrity.rules.sql_text import SqlTextError, statements, unqualified
from integrity.sources.contract import VIEW

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

    What `pg_dump -s` writes will do: tables lose their schema; rights, row security and settings are left
    out. Each must be sent by itself (the extended protocol): whatever hides a second one is then refused.
    Raises as `text_read`, and SqlTextError.
    """
    text = _PSQL.sub("", text_read(file, home))
    every = statements(text, bodies=True)
    made = schemas_of(every)
    found = [unqualified(one, made) for one in every if not _NO_TABLE.match(one)]
    for statement in found:
        if _ENDS_TRANSACTION.match(statement):
            raise SqlTextError(f"{statement.split()[0]}: the schema is made in one transaction")
    return found


def schemas_made(files: Iterable[Path]) -> frozenset[str]:
    """The schemas that files of an empty database would make: there it has one only, the temporary one."""
    texts = (_PSQL.sub("", text_read(file, file.parent)) for file in files)
    return frozenset().union(*(schemas_of(statements(text, bodies=True)) for text in texts))


def schemas_of(every: Iterable[str]) -> frozenset[str]:
    """The names in CREATE SCHEMA."""
    return frozenset(found[1].strip('"') for one in every if (found := _SCHEMA.match(one)))


_SCHEMA = re.compile(r'create\s+schema\s+(?:if\s+not\s+exists\s+)?("[^"]+"|\w+)', re.IGNORECASE)
# Commands of psql that pg_dump puts around its text.
_PSQL = re.compile(r"^\\(?:un)?restrict\b.*$", re.MULTILINE)
# What a dump says beside its tables, for roles and schemas that an empty database does not have.
_NO_TABLE = re.compile(
    r"create\s+(?:schema|policy)\b|create\s+view\s+(?:\w+\.)?"
    + VIEW
    + r"\b|set\s+\w+\s*=|select\s+pg_catalog\.set_config\b|grant\b|revoke\b"
    r"|comment\s+on\b|alter\s+default\s+privileges\b|alter\s.*\bowner\s+to\b"
    r"|alter\s+table\s.*\brow\s+level\s+security$",
    re.IGNORECASE | re.DOTALL,
)
_ENDS_TRANSACTION = re.compile(
    r"(begin|start|commit|end|rollback|abort|prepare|savepoint|release)\b", re.IGNORECASE
)

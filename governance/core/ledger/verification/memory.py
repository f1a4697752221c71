"""Remembers outside the database how far the chain was when it was last verified and last signed.

One small file per database, under LEDGER_MEMORY_DIR. It knows nothing of what an entry says.
"""

import json
import os
import tempfile
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Self

from django.conf import settings
from django.db import connection

FORMAT = "governance-ledger-memory/1"


class MemoryUnusable(RuntimeError):
    """The file is there and cannot be read or written; what it would have said is unknown."""


@dataclass(frozen=True)
class Known:
    """Entry `seq` had `hash` (hexadecimal) at the instant `at` (UTC)."""

    seq: int
    hash: str
    at: str


@dataclass(frozen=True)
class Memory:
    """The end of the last chain that was found whole, and of the last one that was signed."""

    verified: Known
    signed: Known | None = None

    @property
    def all(self) -> tuple[Known, ...]:
        """Both, the lower number first."""
        both = [self.verified] if self.signed is None else [self.verified, self.signed]
        return tuple(sorted(both, key=lambda one: one.seq))

    def after(self, verified: Known, *, signed: Known | None = None) -> "Memory":
        """This memory once `verified` was found whole; two verifications may end in either order."""
        newest = verified if verified.seq >= self.verified.seq else self.verified
        return replace(self, verified=newest, signed=signed or self.signed)

    @classmethod
    def from_text(cls, text: str) -> Self:
        fields = json.loads(text)
        if fields["format"] != FORMAT:
            raise ValueError(f"unknown format {fields['format']!r}")
        verified, signed = fields["verified"], fields["signed"]
        return cls(Known(**verified), signed and Known(**signed))


def path_here() -> Path:
    """The file of the database that the console is connected to.

    Named by the server's own identifier and the database's oid, so that a copy under another address
    is another database. Inside a transaction whose search_path is pg_catalog's.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.system_identifier, d.oid FROM pg_catalog.pg_control_system() AS c,"
            " pg_catalog.pg_database AS d WHERE d.datname = pg_catalog.current_database()"
        )
        server, database = cursor.fetchone()
    return Path(settings.LEDGER_MEMORY_DIR) / f"{server}-{database}.json"


def recall(path: Path) -> Memory | None:
    """What is remembered; None when nothing is. Raises MemoryUnusable rather than forget."""
    try:
        return Memory.from_text(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise MemoryUnusable(f"{path}: {error}") from error


def remember(path: Path, memory: Memory) -> None:
    """Replace the file as a whole; only its owner may read it. Raises MemoryUnusable."""
    text = json.dumps({"format": FORMAT, **asdict(memory)}, indent=2) + "\n"
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, fresh = tempfile.mkstemp(dir=path.parent, prefix=".")  # mode 0600
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(fresh).replace(path)
    except OSError as error:
        raise MemoryUnusable(f"{path}: {error}") from error


def are_others_known(path: Path) -> bool:
    """Whether the folder remembers other databases: ours may then be a copy, or made anew."""
    return any(other != path for other in path.parent.glob("*.json"))

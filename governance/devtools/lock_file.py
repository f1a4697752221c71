"""Files that are locked: for their owner alone, whatever umask the program was started under."""

import os
from pathlib import Path
from typing import IO


def open_lock(path: Path) -> IO[str]:
    """Open a lock file for reading and appending, made if it is missing; nobody else may open it."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    os.fchmod(descriptor, 0o600)  # one that an earlier release made
    return os.fdopen(descriptor, "a+")

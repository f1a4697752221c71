"""Runs one PostgreSQL server process in one folder, from the wheel's binaries; knows no role or database.

The wheel's own starter is not used: it splits paths at spaces, opens its fallback socket to every
user of the machine, and takes any process with a remembered number for the server.
"""

import hashlib
import os
import shutil
import signal
import stat
import subprocess
import time
from contextlib import suppress
from pathlib import Path

import psutil

from governance.core.database.postgres_wheel import (
    Account,
    ServerError,
    account_for,
    binaries_for,
    how_to_run,
    let_others_pass,
    version_of,
)

PORT = 5432  # only names the socket file: the server listens on no TCP port
SOCKET_NAME_LIMIT = 103  # bytes; macOS has the smallest
BUILTIN_LOCALE = 17  # the first version that has it
START_LIMIT = 60.0  # seconds; recovery after a crash is part of a start


def socket_folder(folder: Path) -> Path:
    """Where the socket of the server in `folder` is: the folder itself wherever that can be.

    A socket's name has a length limit, and libpq reads a comma as the end of a host.
    """
    folder = folder.resolve()
    name = os.fsencode(folder / f".s.PGSQL.{PORT}")
    if len(name) <= SOCKET_NAME_LIMIT and b"," not in name:
        return folder
    return Path("/tmp") / f"governance-{hashlib.sha256(name).hexdigest()[:16]}"  # noqa: S108  # checked below


class Postmaster:
    """The server of one folder. Whoever starts or stops it holds a lock of the caller's."""

    def __init__(self, folder: Path, *, durable: bool = True, binaries: Path | None = None) -> None:
        """`durable=False` trades safety at a power cut for speed: for throw-away servers.

        `binaries`: of another PostgreSQL than the wheel's, such as /usr/lib/postgresql/15/bin.
        """
        self.folder = folder.resolve()
        self.durable = durable
        self._binaries = binaries
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> bool:
        """Start the server, in a new data folder if need be; False when it was running already."""
        account = account_for(self.folder)
        binaries = self._binaries or binaries_for(account)
        if account:
            let_others_pass(self.folder, below=self.folder.parent)
        if not (self.folder / "PG_VERSION").exists():
            self._initdb(binaries, account)
        self._check_version(binaries)
        if self._settled_pid() is not None:
            return False
        self._launch(binaries, account)
        return True

    def stop(self, *, within: float = 6.0) -> None:
        """Stop the server and wait until it is gone; harmless when it does not run.

        First in good order; after two thirds of `within` (seconds) at once, which costs the next
        start a recovery and nobody a committed row.
        """
        pid = self.pid()
        if pid is None:
            return
        steps = (
            (signal.SIGINT, within * 2 / 3),
            (signal.SIGQUIT, within / 3),
            (signal.SIGKILL, 1.0),
        )
        for number, patience in steps:
            with suppress(ProcessLookupError):
                os.kill(pid, number)
            if self._wait_gone(pid, patience):
                break
        sockets = socket_folder(self.folder)
        if sockets != self.folder:
            with suppress(OSError):
                sockets.rmdir()

    def pid(self) -> int | None:
        """Process id of the server of this folder, None when there is none."""
        try:
            pid = int(self._pid_file()[0])
            command = psutil.Process(pid).cmdline()
        except (OSError, IndexError, ValueError, psutil.NoSuchProcess):
            self._reap(within=1)  # it removes its file a moment before it ends
            return None
        except psutil.AccessDenied:
            return pid  # somebody else's: better a clear failure than two servers in a folder
        if str(self.folder) in command and _is_alive(pid):
            return pid
        self._reap()
        return None

    def _reap(self, *, within: float = 0) -> None:
        """Leave no zombie of our own child, once it has ended or ends `within` seconds."""
        if self._process is not None:
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(within)
                self._process = None

    def _pid_file(self) -> list[str]:
        return (self.folder / "postmaster.pid").read_text().splitlines()

    def _settled_pid(self) -> int | None:
        """The running server, once a start or a stop that is under way has ended."""
        deadline = time.monotonic() + START_LIMIT
        while (pid := self.pid()) is not None:
            if self._is_ready(pid):
                return pid
            if time.monotonic() > deadline:
                raise ServerError(
                    f"The PostgreSQL server {pid} in {self.folder} does not get ready."
                )
            time.sleep(0.05)
        # After a crash the number may belong to anybody, and PostgreSQL would not start beside it.
        (self.folder / "postmaster.pid").unlink(missing_ok=True)
        (socket_folder(self.folder) / f".s.PGSQL.{PORT}.lock").unlink(missing_ok=True)
        return None

    def _is_ready(self, pid: int) -> bool:
        try:
            lines = self._pid_file()
        except OSError:
            return False
        return len(lines) > 7 and lines[0] == str(pid) and lines[7].strip() == "ready"

    def _wait_gone(self, pid: int, patience: float) -> bool:
        """Whether the process itself ends in time (seconds): it removes its file a moment before."""
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            gone = not _is_alive(pid)
            # Asked last, so that a child found dead above is reaped here.
            self._reap()
            if gone:
                return True
            time.sleep(0.02)
        return False

    def _launch(self, binaries: Path, account: Account | None) -> None:
        sockets = _private_socket_folder(self.folder, account)
        options = {"unix_socket_permissions": "0700", "listen_addresses": ""}
        if not self.durable:
            options |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        command = [str(binaries / "postgres"), "-D", str(self.folder), "-k", str(sockets)]
        command += ["-p", str(PORT)]
        for name, value in options.items():
            command += ["-c", f"{name}={value}"]
        deadline = time.monotonic() + START_LIMIT
        while (complaint := self._attempt(command, account, deadline)) is not None:
            # A postmaster that was killed leaves children behind, for a moment.
            if "is still in use" not in complaint or time.monotonic() > deadline:
                raise ServerError(f"PostgreSQL did not start: {complaint} (see {self.folder}/log)")
            time.sleep(0.2)

    def _attempt(self, command: list[str], account: Account | None, deadline: float) -> str | None:
        """Run `command` until the server is ready; its complaint when it never is."""
        log = self.folder / "log"
        with log.open("ab") as output:
            written = output.tell()
            if account:
                os.chown(log, account.uid, account.gid)
            self._process = subprocess.Popen(  # noqa: S603  # our own binary, no shell
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,  # Ctrl-C is for the launcher, which then stops the server
                **how_to_run(account),
            )
        while not self._is_ready(self._process.pid):
            if self._process.poll() is not None:
                return _reason(log, written)
            if time.monotonic() > deadline:
                self.stop()
                return "it does not get ready"
            time.sleep(0.02)
        return None

    def _initdb(self, binaries: Path, account: Account | None) -> None:
        """Make the data folder under another name first: an initdb that was killed leaves half of one."""
        if self.folder.exists() and any(self.folder.iterdir()):
            raise ServerError(
                f"{self.folder} is neither empty nor a PostgreSQL folder; move it away."
            )
        fresh = self.folder.with_name(f"{self.folder.name}.new")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        if account:
            os.chown(fresh, account.uid, account.gid)
        # C.UTF-8 from PostgreSQL itself, since 17: sorts and folds case alike on every machine.
        locale = ["--encoding=UTF8", "--locale=C"]
        locale += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        if version_of(binaries) < BUILTIN_LOCALE:
            locale = ["--encoding=UTF8", "--locale=C.UTF-8"]
        command = [
            str(binaries / "initdb"),
            "-D",
            str(fresh),
            "-U",
            "postgres",
            "--auth=trust",
            *locale,
        ]
        if not self.durable:
            command.append("--no-sync")
        done = subprocess.run(  # noqa: S603  # our own binary, no shell
            command, capture_output=True, text=True, check=False, **how_to_run(account)
        )
        if done.returncode:
            shutil.rmtree(fresh, ignore_errors=True)
            raise ServerError(f"initdb failed: {' '.join(done.stderr.split())[-300:]}")
        if self.folder.exists():
            self.folder.rmdir()
        fresh.rename(self.folder)

    def _check_version(self, binaries: Path) -> None:
        found = (self.folder / "PG_VERSION").read_text().strip()
        if int(found) != version_of(binaries):
            raise ServerError(
                f"{self.folder} was made by PostgreSQL {found}; move it away to start anew."
            )


def _is_alive(pid: int) -> bool:
    """A zombie is not: where nobody reaps it, its number stays for ever."""
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def _private_socket_folder(folder: Path, account: Account | None) -> Path:
    """The socket's folder, refused when another user could have put something there."""
    sockets = socket_folder(folder)
    if sockets == folder:
        return sockets
    owner = account.uid if account else os.geteuid()
    try:
        sockets.mkdir(mode=0o700)
        if account:
            os.chown(sockets, account.uid, account.gid)
    except FileExistsError:
        found = sockets.lstat()
        private = stat.S_ISDIR(found.st_mode) and stat.S_IMODE(found.st_mode) == 0o700
        if not private or found.st_uid != owner:
            raise ServerError(f"{sockets} belongs to somebody else; remove it.") from None
    return sockets


def _reason(log: Path, start: int) -> str:
    """The server's own complaint in what it wrote after byte `start`."""
    with log.open(errors="replace") as text:
        text.seek(start)
        lines = text.read().strip().splitlines() or ["it said nothing"]
    fatal = [line for line in lines if " FATAL: " in line]
    return (fatal or lines)[-1]

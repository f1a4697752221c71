"""`python -m tests.container`: performs docs/deployment/Containerfile in a clean root, and starts the result.

For machines without a container engine: debootstrap makes the root. As root; mounts end with their namespace.
Exit 0: the web server of the clean root was ready over a database that its own `migrate` made.
"""

import json
import os
import pwd
import secrets
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from governance.env import BASE_DIR
from tests.ha.nodes import Node, wait

FILE = BASE_DIR / "docs" / "deployment" / "Containerfile"
SUITES = {
    "docker.io/library/debian:12-slim": "bookworm",
    "docker.io/library/debian:13-slim": "trixie",
}
BINARIES = Path("/usr/lib/postgresql/15/bin")
HOST, PORT, DATABASE_PORT = "127.0.35.1", 8000, 5432


class Root:
    """The clean root, and what the file has said so far about where and as whom its steps run."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.folder, self.user = "/", "root"
        self.environment = {
            "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
            "HOME": "/root",
            "LANG": "C.UTF-8",
        }

    def command(self, line: str, **more: str) -> list[str]:
        """`line` inside, with /proc, in a mount namespace that ends with it."""
        settings = [f"{name}={value}" for name, value in {**self.environment, **more}.items()]
        inside = f"cd {self.folder} && {line}"
        enter = ["chroot", f"--userspec={self.user}", str(self.path), "env", "-i", *settings]
        outside = f"mount -t proc proc {self.path}/proc && exec {shlex.join([*enter, 'sh', '-c', inside])}"
        return ["unshare", "--mount", "--propagation", "private", "sh", "-c", outside]

    def run(self, line: str, **more: str) -> None:
        began = time.monotonic()
        done = subprocess.run(
            self.command(line, **more), capture_output=True, text=True, timeout=900, check=False
        )
        if done.returncode:
            raise RuntimeError(f"{line}: {done.returncode}\n{(done.stdout + done.stderr)[-2000:]}")
        print(f"{time.monotonic() - began:6.1f} s  {line[:90]}")


def steps() -> Iterator[tuple[str, str]]:
    """Each instruction of the file with its words, lines that go on put together."""
    text = FILE.read_text(encoding="utf-8").replace("\\\n", " ")
    for line in text.splitlines():
        if line.strip() and not line.startswith("#"):
            name, _space, rest = line.strip().partition(" ")
            yield name, " ".join(rest.split())


def build(root: Root) -> list[str]:
    """Perform the steps; the command that the image runs."""
    served: list[str] = []
    for name, rest in steps():
        if name == "FROM":
            began = time.monotonic()
            make = ["debootstrap", "--variant=minbase", SUITES[rest], str(root.path)]
            subprocess.run(make, check=True, capture_output=True, timeout=900)
            _as_this_machine(root.path)
            print(f"{time.monotonic() - began:6.1f} s  FROM {rest}, by debootstrap")
        elif name == "RUN":
            root.run(rest, **_registries())
        elif name == "WORKDIR":
            root.folder = rest
            (root.path / rest.lstrip("/")).mkdir(parents=True, exist_ok=True)
        elif name == "COPY":
            _copy(root, rest.split()[0])
        elif name == "USER":
            root.user = rest
        elif name == "ENV":
            root.environment |= dict(one.split("=", 1) for one in shlex.split(rest))
        elif name == "CMD":
            served = json.loads(rest)
    return served


def _as_this_machine(path: Path) -> None:
    """Names are resolved, and packages fetched, as this machine does."""
    for name in ("etc/resolv.conf", "etc/hosts", "etc/pip.conf"):
        with suppress(FileNotFoundError):
            shutil.copy(f"/{name}", path / name)
    for name in ("apt/sources.list.d", "apt/apt.conf.d", "apt/keyrings", "apt/auth.conf.d"):
        with suppress(FileNotFoundError):
            shutil.copytree(f"/etc/{name}", path / "etc" / name, dirs_exist_ok=True)
    certificates = Path("/usr/local/share/ca-certificates")
    if certificates.is_dir():
        shutil.copytree(certificates, path / certificates.relative_to("/"), dirs_exist_ok=True)


def _registries() -> dict[str, str]:
    """Where this machine fetches packages, for the build alone."""
    return {
        name: value for name, value in os.environ.items() if name.startswith(("PIP_", "UV_"))
    } | {name: value for name, value in os.environ.items() if name.lower().endswith("_proxy")}


def _copy(root: Root, what: str) -> None:
    """One file, or the whole commit: what is not committed is in no image."""
    target = root.path / root.folder.lstrip("/")
    archive = subprocess.run(
        ["git", "archive", "HEAD", *([] if what == "." else [what])],
        cwd=BASE_DIR,
        capture_output=True,
        check=True,
    )
    subprocess.run(["tar", "-x", "-C", str(target)], input=archive.stdout, check=True)


@contextmanager
def database(folder: Path) -> Iterator[str]:
    """A PostgreSQL on a loopback address; its address without role and name."""
    data = folder / "database"
    data.mkdir(mode=0o700)
    shutil.chown(data, "postgres", "postgres")
    account = pwd.getpwnam("postgres")
    make = [
        str(BINARIES / "initdb"),
        "-D",
        str(data),
        "--auth=trust",
        "--encoding=UTF8",
        "--locale=C.UTF-8",
    ]
    who = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    subprocess.run(make, check=True, capture_output=True, cwd="/", **who)  # type: ignore[call-overload]
    command = [
        str(BINARIES / "postgres"),
        "-D",
        str(data),
        "-k",
        "",
        "-h",
        HOST,
        "-p",
        str(DATABASE_PORT),
    ]
    server = Node("database", command, folder / "database.log", user="postgres")
    server.start()
    try:
        import psycopg

        def first() -> bool:
            try:
                with psycopg.connect(
                    f"postgresql://postgres@{HOST}:{DATABASE_PORT}/postgres"
                ) as connection:
                    connection.autocommit = True
                    for role in ("console_owner", "console_app"):
                        connection.execute(f"CREATE ROLE {role} LOGIN")
                    connection.execute(
                        "CREATE DATABASE console OWNER console_owner TEMPLATE template0"
                    )
            except psycopg.OperationalError:
                return False
            return True

        wait(first, "PostgreSQL")
        yield f"{HOST}:{DATABASE_PORT}/console"
    finally:
        server.stop()


def main() -> int:
    if os.geteuid() or not shutil.which("debootstrap") or not BINARIES.is_dir():
        print(
            "make container-test needs to be run as root, debootstrap and postgresql-15",
            file=sys.stderr,
        )
        return 2
    folder = Path(tempfile.mkdtemp(prefix="governance-container-"))
    folder.chmod(0o755)
    web: Node | None = None
    try:
        root = Root(folder / "root")
        served = build(root)
        with database(folder) as place:
            settings = {
                "APP_ENV": "local",
                "APP_RELEASE": "container-test",
                "SECRET_KEY": secrets.token_urlsafe(64),
                "ALLOWED_HOSTS": HOST,
                "DATABASE_URL": f"postgresql://console_app@{place}",
            }
            root.run(
                ".venv/bin/python manage.py migrate --verbosity 0",
                **settings,
                DATABASE_OWNER_URL=f"postgresql://console_owner@{place}",
            )
            root.run(".venv/bin/python manage.py collectstatic --noinput --verbosity 0", **settings)
            line = shlex.join(served).replace("0.0.0.0", HOST)  # the file's own
            web = Node("web", root.command(f"exec {line}", **settings), folder / "web.log")
            web.start()
            began = time.monotonic()
            wait(_is_ready, "the web server", within=120)
            print(f"{time.monotonic() - began:6.1f} s  {line[:70]}: /health/ready is 200")
            web.stop()
    except RuntimeError:
        if (folder / "web.log").exists():
            print((folder / "web.log").read_text()[-2000:], file=sys.stderr)
        raise
    finally:
        if web:
            web.stop()
        shutil.rmtree(folder)
    return 0


def _is_ready() -> bool:
    with urllib.request.urlopen(f"http://{HOST}:{PORT}/health/ready", timeout=5) as answer:
        return bool(json.load(answer)["ready"])


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (RuntimeError, subprocess.CalledProcessError) as error:
        print(f"failed: {error}", file=sys.stderr)
        sys.exit(1)

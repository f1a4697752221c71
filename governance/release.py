"""Names the running release and says whether the files that run are those that were released.

A release's manifest names every file with its SHA-256; it is written where the release is made, from a
clean checkout, and travels beside the files. Knows nothing of Django.
"""

import hashlib
import json
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FORMAT = "governance-release/1"
# What is installed: not tests, not documents, nothing that a start writes.
TREES = ("alerts", "governance", "integrity", "locale", "static", "templates")
FILES = ("manage.py", "pyproject.toml", "requirements.lock")
MADE_HERE = frozenset({".pyc", ".mo"})


def of_checkout(folder: Path) -> str:
    """Tag and commit of the git checkout in `folder`, or `unknown` where there is none."""
    try:
        done = subprocess.run(
            ["git", "describe", "--tags", "--always", "--dirty"],  # noqa: S607  # git from PATH
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=5,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return "unknown"
    return done.stdout.strip() or "unknown"


def installed(folder: Path) -> dict[str, str]:
    """SHA-256 of every file of the installation, by its name below `folder`."""
    paths = [folder / name for name in FILES]
    for tree in TREES:
        paths += (path for path in (folder / tree).rglob("*") if path.suffix not in MADE_HERE)
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(paths)
        if path.is_file()
    }


def digest(files: dict[str, str]) -> str:
    """One SHA-256 for all of them."""
    lines = "".join(f"{files[name]}  {name}\n" for name in sorted(files))
    return hashlib.sha256(lines.encode()).hexdigest()


def manifest(folder: Path, release: str) -> str:
    """The text of the manifest of what stands in `folder`."""
    files = installed(folder)
    whole = {"format": FORMAT, "release": release, "digest": digest(files), "files": files}
    return json.dumps(whole, indent=1, ensure_ascii=False) + "\n"


@dataclass(frozen=True)
class Comparison:
    """How what is installed differs from a manifest; `is_known` is false where there is none."""

    is_known: bool
    release: str = ""
    differing: tuple[str, ...] = ()

    @property
    def is_released(self) -> bool:
        return self.is_known and not self.differing


def compare(files: dict[str, str], path: Path) -> Comparison:
    """Raises ValueError for a manifest that cannot be read."""
    try:
        whole = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Comparison(is_known=False)
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(str(error)) from None
    if not isinstance(whole, dict) or whole.get("format") != FORMAT:
        raise ValueError(f"no manifest of the form {FORMAT}")
    released = whole["files"]
    names = files.keys() | released.keys()
    differing = (name for name in sorted(names) if files.get(name) != released.get(name))
    return Comparison(is_known=True, release=whole["release"], differing=tuple(differing))


@cache
def at_start(folder: Path) -> dict[str, str]:
    """`installed`, as it was when this process first asked: at its start."""
    return installed(folder)

"""PostgreSQL's own user must pass through pytest's temporary folders, as through any that holds a `var/`."""

from pathlib import Path

import pytest


def passable(folder: Path) -> Path:
    """The folder, let through by it and by pytest's own folders above it, which are their user's alone."""
    for one in (folder, *folder.parents):
        if "pytest-of" in str(one):
            one.chmod(0o711)
    return folder


@pytest.fixture
def tmp_path(tmp_path: Path) -> Path:
    return passable(tmp_path)

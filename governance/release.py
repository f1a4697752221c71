"""Names the running release from the checkout, for a local start; deployments set APP_RELEASE."""

import subprocess
from pathlib import Path


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

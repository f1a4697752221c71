"""The two lock files: every package with its hashes, the same versions in both, no registry's address."""

import re

import pytest

from governance.env import BASE_DIR

FILES = ["requirements.lock", "requirements-dev.lock"]


def _pins(name: str) -> dict[str, str]:
    text = (BASE_DIR / name).read_text(encoding="utf-8")
    return dict(re.findall(r"^([a-z0-9._-]+)==(\S+)", text, flags=re.MULTILINE))


@pytest.mark.parametrize("name", FILES)
def test_everything_is_pinned_by_hash_and_no_registry_is_named(name):
    text = (BASE_DIR / name).read_text(encoding="utf-8")
    assert "://" not in text
    assert "index-url" not in text
    for entry in re.split(r"\n(?=[a-z])", text):
        assert "--hash=sha256:" in entry, entry[:60]


def test_the_development_lock_holds_all_of_the_other():
    """So that `make run` after `make test` installs nothing."""
    runtime, development = (_pins(name) for name in FILES)
    assert runtime
    assert runtime.items() <= development.items()

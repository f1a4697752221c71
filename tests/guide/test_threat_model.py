"""Every test that docs/threat-model.md names exists, and every threat names one."""

import re

from governance.env import BASE_DIR

TEXT = (BASE_DIR / "docs" / "threat-model.md").read_text(encoding="utf-8")
ROWS = [line for line in TEXT.splitlines() if line.startswith("| ") and "`tests/" in line]


def test_every_test_that_is_named_exists():
    named = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", TEXT)
    assert len(named) > 30
    missing = []
    for file, test in named:
        path = BASE_DIR / file
        text = path.read_text(encoding="utf-8") if path.is_file() else ""
        if not re.search(rf"^def {test or 'test_'}", text, re.MULTILINE):
            missing.append(f"{file}::{test}")
    assert missing == []


def test_every_threat_names_a_test():
    """The rows of each table whose heading says so."""
    held = TEXT.split("## Threats, and what holds them")[1].split("## What is not held")[0]
    threats = [
        line
        for line in held.splitlines()
        if line.startswith("| ") and not line.startswith("| threat")
    ]
    assert len(threats) > 25
    assert [line for line in threats if line not in ROWS] == []

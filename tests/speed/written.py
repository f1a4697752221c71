"""Writes the plans of the hot queries into a file, shortened."""

import re
from collections.abc import Mapping
from pathlib import Path

from tests.history.plans import Plan
from tests.speed.hot import GROWING, indexes, scans

# Those whose plans are shown; of the others the table has the figures.
SHOWN = (
    "list",
    "list, deep",
    "list, resolved",
    "list, one entity",
    "pulse",
    "alert",
    "scans",
    "saved filters",
    "history, page 1 000",
    "history, a rare person",
)


def write(file: Path, plans: Mapping[str, list[Plan]]) -> None:
    """One table of all pages, then the plans of some."""
    lines = [
        "| page, nothing remembered | queries | blocks of 8 kB | ms in PostgreSQL |\n|---|---|---|---|\n"
    ]
    for name, page in plans.items():
        blocks, spent = sum(one.buffers for one in page), sum(one.milliseconds for one in page)
        lines.append(f"| {name} | {len(page)} | {blocks} | {spent:.1f} |\n")
    shown: set[str] = set()  # a query that many pages send is shown once
    for name in SHOWN:
        lines.append(f"\n**{name[0].upper()}{name[1:]}**\n\n```\n")
        told = {_kind(one.sql): one for one in plans[name] if _grows(one)}
        told = {kind: one for kind, one in told.items() if kind not in shown}
        shown |= set(told)
        lines.append("\n".join(f"{_asked(one.sql)}\n{_short(one.text)}\n" for one in told.values()))
        lines.append("```\n")
    file.write_text("".join(lines), encoding="utf-8")


def _grows(plan: Plan) -> bool:
    sessions = any(index.startswith("django_session") for index in indexes(plan))
    return not sessions and any(scan.table in GROWING for scan in scans(plan))


def _kind(sql: str) -> str:
    """The same for queries that differ in a value only."""
    return re.sub(r"'[^']*'|\b\d+\b", "", sql)


def _asked(sql: str) -> str:
    """The query on one line, without its columns and with a long list cut."""
    line = " ".join(re.sub(r"--[^\n]*", "", sql).split())
    line = re.sub(r'"\w+"\."(\w+)"', r"\1", line)
    line = re.sub(r"(SELECT (?:DISTINCT )?)[^()]{60,}?( FROM)", r"\1…\2", line)
    line = re.sub(r"IN \((?:[^(),]+, ){5}[^()]*\)", "IN (…)", line)
    return line if len(line) <= 400 else f"{line[:400]}…"


def _short(text: str) -> str:
    """Each node with what it looked up, its rows and its blocks; nothing that never ran."""
    kept = []
    skipping = 0  # below an InitPlan: the identity, the same in every query
    for line in text.split("\n"):
        indent = len(line) - len(line.lstrip())
        if skipping and indent > skipping:
            continue
        skipping = indent if line.lstrip().startswith("InitPlan") else 0
        if skipping or "never executed" in line:
            continue
        if "actual time=" in line:
            kept.append(
                re.sub(r"\(actual time=[\d.]+\.\.([\d.]+) rows=([\d.]+)", r"(\1 ms, rows=\2", line)
            )
        elif re.match(r"\s*(Index Cond|Filter|Rows Removed|Buffers|Sort Key|Execution)", line):
            kept.append(line if len(line) <= 160 else f"{line[:160]}…")
    return "\n".join(kept)

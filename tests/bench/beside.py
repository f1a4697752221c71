"""Measures this tree beside another revision, in turns on one machine; run by `make bench-beside REV=…`.

It reports and does not judge: what takes more than a tenth longer is marked, and the run ends well.
"""

import argparse
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from urllib.parse import quote

from tests.bench.report import machine
from tests.bench.tree import ROOT, Tree, check_out
from tests.postgres import SERVER

SLOWER = 1.10
FORM = "{:<34} {:>12} {:>12} {:>7}  {:<13} {:>5}  {}"
EACH = 8  # actions of a kind in one turn, and reads of the ledger's export
MANY = 200  # what the list shows, and what a bulk takes
LIST, HOME, HISTORY = "/governance/integrity", "/governance", "/governance/history"
RESOLUTION = [("note", "Vu."), ("cause", "AUTRE"), ("decision", "CORRIGE")]


@dataclass(frozen=True)
class Size:
    """`active` and `resolved` alerts; reads of a page take `seconds` in a turn."""

    movements: int
    active: int
    resolved: int
    seconds: float


SIZES = {
    "": Size(20_000, 3_000, 6_000, 0.3),
    "quick": Size(2_000, 1_000, 1_000, 0.1),
}
Measure = Callable[[Tree], Sequence[float]]  # seconds of each of what it did


def pages(tree: Tree) -> dict[str, str]:
    """A name for each page, and its address in this tree's console."""
    alert = tree.open_alerts(1)[0][0]
    ((scan,),) = tree.sql("console", "SELECT id FROM integrity_scan ORDER BY started_at LIMIT 1")
    ((deep,),) = tree.sql("console", "SELECT max(seq) / 2 FROM ledger_entry")
    return {
        "home": HOME,
        "integrity": LIST,
        "integrity, critical": f"{LIST}?severity=CRITICAL",
        "integrity, one rule": f"{LIST}?check_code=CDR_ARRIVE_STALE",
        "integrity, a word": f"{LIST}?q=BENCH",
        "integrity, late": f"{LIST}?echeance=depassee",
        "integrity, resolved": f"{LIST}?status=RESOLVED",
        "integrity, by rule": f"{LIST}?groupe=regle",
        "integrity, by entity": f"{LIST}?groupe=entite",
        "integrity, as it was": f"{LIST}?au={quote(tree.full.isoformat())}",
        "alert": f"/governance/alerts/{alert}",
        "history": HISTORY,
        "history, half-way": f"{HISTORY}?cursor={deep}",
        "scans": "/governance/scans",
        "one scan": f"/governance/scans/{scan}",
        "schedule": "/governance/schedule",
        "rules": "/governance/rules",
        "one rule": "/governance/rules/STOCK_NEGATIF",
        "report": "/governance/rapport",
        "delegations": "/governance/delegations",
        "ledger": "/governance/ledger",
        "live": "/governance/live",
        "saved filters": "/governance/integrity/filters",
        "health": "/health",
    }


def readings(trees: Sequence[Tree], seconds: float) -> dict[str, Measure]:
    """Each page that all trees have, asked again and again."""
    addresses = {tree: pages(tree) for tree in trees}

    def ask(name: str) -> Measure:
        return lambda tree: tree.get(addresses[tree][name], seconds).spent

    found: dict[str, Measure] = {}
    for name in addresses[trees[0]]:
        without = [tree.name for tree in trees if not tree.has(addresses[tree][name])]
        if without:
            print(f"{name}: not in {', '.join(without)}", flush=True)
        else:
            found[name] = ask(name)
    return found


def first_readings() -> dict[str, Measure]:
    """Pages asked once after a scan that changed something; twice a turn."""

    def ask(path: str) -> Measure:
        def measure(tree: Tree) -> list[float]:
            spent: list[float] = []
            for stand in (True, False):
                tree.trucks("first", 1, stand=stand)
                tree.scan()
                spent += tree.get(path).spent
            return spent

        return measure

    named = {"home": HOME, "integrity": LIST, "history": HISTORY}
    return {f"{name}, first after a scan": ask(path) for name, path in named.items()}


def actions() -> dict[str, Measure]:
    """What a person does: each turn takes alerts that nobody has touched."""

    def each(deed: str, form: list[tuple[str, str]], *, htmx: bool) -> Measure:
        def measure(tree: Tree) -> Sequence[float]:
            forms = [
                (f"/governance/alerts/{pk}/{deed}", [("version", str(version)), *form])
                for pk, version in tree.open_alerts(EACH)
            ]
            return tree.post(forms, htmx=htmx).spent

        return measure

    def bulk(tree: Tree) -> Sequence[float]:
        ticked = [("selected", f"{pk}:{version}") for pk, version in tree.open_alerts(MANY)]
        form = [("action", "ack"), ("note", ""), *ticked]
        return tree.post([(f"{LIST}/bulk", form)], htmx=False).spent

    return {
        "acknowledge": each("ack", [], htmx=True),
        "acknowledge, plain form": each("ack", [], htmx=False),
        "resolve": each("resolve", RESOLUTION, htmx=True),
        "comment": each("comment", [("body", "Vu avec le chef de dépôt.")], htmx=False),
        f"bulk, acknowledge {MANY}": bulk,
        "export of the history": export,
    }


def export(tree: Tree) -> Sequence[float]:
    """By GET where the tree answers that, else by POST."""
    path = f"{HISTORY}/export.jsonl?action=alert.resolve"
    if tree.browser.get(path).status == 200:
        return tree.get(path).spent
    return tree.post([(path, [])], htmx=False).spent


def scans() -> dict[str, Measure]:
    """Scans as the timetable runs them, without the start of a process."""

    def opens(tree: Tree) -> list[float]:
        tree.trucks("scanned", MANY)
        return [tree.scan()]

    def closes(tree: Tree) -> list[float]:
        tree.trucks("scanned", MANY, stand=False)
        return [tree.scan()]

    return {
        "scan that changes nothing": lambda tree: [tree.scan() for _ in range(3)],
        f"scan that opens {MANY}": opens,
        f"scan that closes {MANY}": closes,
    }


@dataclass(frozen=True)
class Turn:
    """What one tree took in one turn: seconds of each thing done, and of processors for all of it."""

    spent: Sequence[float]
    worked: float


def take(measure: Measure, tree: Tree) -> Turn:
    before = tree.worked()
    spent = measure(tree)
    worked = sum(ns - before.get(thread, 0) for thread, ns in tree.worked().items())
    return Turn(spent, worked / 1e9)


def compare(trees: Sequence[Tree], measures: dict[str, Measure], turns: int) -> None:
    """Print a line for each: both in turn, after one turn that warms and is not counted."""
    found: dict[str, list[tuple[Turn, ...]]] = {name: [] for name in measures}
    for turn in range(turns + 1):
        for name, measure in measures.items():
            both = tuple(take(measure, tree) for tree in trees)
            if turn:
                found[name].append(both)
    for name, pairs in found.items():
        print(line(name, pairs), flush=True)


def line(name: str, pairs: Sequence[tuple[Turn, ...]]) -> str:
    """What the table says of a measurement that both trees took in each turn.

    Ratios are of the same turn, whatever the machine did later. `cpu`: of the processors' time for each thing
    done, which waits for nobody and says more where others are at work.
    """
    medians = [(median(then.spent) * 1000, median(now.spent) * 1000) for then, now in pairs]
    then, now = (median(side) for side in zip(*medians, strict=True))
    ratios = sorted(now / then for then, now in medians)
    each = [[turn.worked / len(turn.spent) for turn in pair] for pair in pairs]
    cpu = median(now / then if then else 0 for then, now in each)
    spread = f"{ratios[0]:.2f} - {ratios[-1]:.2f}"
    mark = "slower" if median(ratios) > SLOWER else ""
    written = (f"{then:.1f}", f"{now:.1f}", f"{median(ratios):.2f}", spread, f"{cpu:.2f}", mark)
    return FORM.format(name, *written).rstrip()


def measure(revision: str, *, turns: int, size: Size, only: str) -> None:
    with ExitStack() as opened:
        scratch = Path(opened.enter_context(tempfile.TemporaryDirectory(prefix="beside-")))
        there, python = check_out(revision, scratch)
        trees = [
            opened.enter_context(Tree(revision, there, python, scratch)),
            opened.enter_context(Tree("this tree", ROOT, sys.executable, scratch)),
        ]
        now = datetime.now(UTC)
        for tree in trees:
            print(f"Filling the console of {tree.name}", flush=True)
            tree.fill(
                movements=size.movements, anomalies=size.active, resolved=size.resolved, now=now
            )
            tree.serve()
        print(
            FORM.format(
                "median, ms", revision, "this tree", "ratio", "of its turns", "cpu", ""
            ).rstrip()
        )
        for measures in (
            readings(trees, size.seconds),
            first_readings(),
            actions(),
            scans(),
        ):
            chosen = {name: one for name, one in measures.items() if only in name}
            compare(trees, chosen, turns)
    print(f"\n{machine()}, {turns} turns; ratio: median of the pairs of each turn.")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("revision")
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument("--only", default="", help="what has this in its name")
    given = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # a plain death leaves servers behind
    for name in ("EMBEDDED_POSTGRES", "DEPOT_OWNER_URL"):
        os.environ.pop(name, None)  # neither side is the demonstration
    short = subprocess.run(
        ["git", "rev-parse", "--short", given.revision],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.strip()
    size = SIZES[os.environ.get("BENCH_SIZE", "")]
    SERVER.start()
    measure(short, turns=given.turns, size=size, only=given.only)


if __name__ == "__main__":
    main()

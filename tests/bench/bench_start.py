"""How long a start takes: gunicorn to its first answer, and `manage.py check`; run by `make bench`."""

import statistics
import subprocess
import sys
import time

from governance.env import BASE_DIR
from tests.bench.report import Figure, Report
from tests.bench.serving import CONSOLE, FLOOR, serving
from tests.bench.sizes import SIZE
from tests.conftest import Postgres


def answers(application: str, pg: Postgres) -> float:
    """Seconds from the start of gunicorn to its first answer."""
    start = time.perf_counter()
    with serving(application, environment={"DATABASE_URL": pg.dsn("console", "console_app")}):
        return time.perf_counter() - start


def runs(*words: str) -> float:
    """Seconds of one command of Python."""
    start = time.perf_counter()
    subprocess.run([sys.executable, *words], cwd=BASE_DIR, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def test_start(django_db_setup: None, pg: Postgres, report: Report) -> None:
    asks = {
        "console, gunicorn to first answer": lambda: answers(CONSOLE, pg),
        "floor, gunicorn to first answer": lambda: answers(FLOOR, pg),
        "manage.py check": lambda: runs("manage.py", "check"),
        "python -c pass": lambda: runs("-c", "pass"),
    }
    spent: dict[str, list[float]] = {name: [] for name in asks}
    for turn in range(SIZE.turns + 1):
        for name, ask in asks.items():
            seconds = ask()
            if turn:
                spent[name].append(seconds)
    floors = ["floor, gunicorn to first answer"] * 2 + ["python -c pass"] * 2
    for name, floor in zip(asks, floors, strict=True):
        ratios = [one / base for one, base in zip(spent[name], spent[floor], strict=True)]
        ratio = None if name == floor else statistics.median(ratios)
        report.add("Start", Figure(name, statistics.median(spent[name]), "s", floor=ratio))

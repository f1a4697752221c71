"""The bench itself: what it counts, what it refuses, and how it judges. Against a small real server."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from tests.bench.aims import AIMS
from tests.bench.beside import Turn, compare, line
from tests.bench.client import Request, Task, run
from tests.bench.crowd import Timing, Turns, crowd
from tests.bench.load import Browser
from tests.bench.report import Figure, Report


class Pages(BaseHTTPRequestHandler):
    """`/`: a page; `/gone`: 404. `seen`: the status of each answer."""

    protocol_version = "HTTP/1.1"
    seen: list[int]

    def do_GET(self):
        status = 404 if self.path == "/gone" else 200
        self.seen.append(status)
        body = b"page" if status == 200 else b""
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture
def port():
    Pages.seen = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_address[1]
    server.shutdown()
    thread.join()
    server.server_close()


def test_each_request_once_and_only_those_that_count(port):
    browser = Browser(port)
    times = run(Task(port, (Request("/", counted=False), Request("/"), Request("/"))), browser)
    browser.close()
    assert (len(times.spent), len(Pages.seen)) == (2, 3)


def test_eight_clients_ask_at_once_and_a_bad_answer_ends_the_run(port):
    good, bad = Task(port, (Request("/"),)), Task(port, (Request("/gone"),))
    with crowd(8) as people:
        timing = people.turn([good] * 8)
        assert len(Pages.seen) == 8
        assert timing.p50_ms > 0
        with pytest.raises(RuntimeError, match="/gone: 404"):
            people.turn([good, bad])
        people.turn([good] * 2)  # and the clients are still there


def test_ratios_are_of_the_same_turn():
    turns = Turns()
    # A machine that becomes ten times slower: no turn's ratio says so.
    turns.found = {"page": [Timing(8, 1), Timing(80, 2)], "floor": [Timing(2, 4), Timing(20, 8)]}
    assert turns.times("page", "floor") == 4
    assert turns.rate("floor", "page") == 4


@pytest.mark.parametrize(
    ("key", "reached", "met"),
    [
        ("floor", 4, True),
        ("floor", 4.01, False),
        ("opens", 20_000, True),
        ("opens", 19_999, False),
        ("room", 1, True),
        ("room", 1.0001, False),
    ],
)
def test_aims(key, reached, met):
    assert AIMS[key].is_met(reached) is met


def test_the_report_holds_the_worst_against_the_aim(tmp_path, capsys):
    report = Report("trial")
    report.add("Pages", Figure("page", 7, "ms", aims={"floor": 3.5}))
    report.add("Pages", Figure("page", 9, "ms", aims={"floor": 4.5}), Figure("other", 1, "ms"))
    report.add("Scans", Figure("scan", 4, "s", aims={"opens": 25_000.0}))
    report.close(tmp_path)
    printed = capsys.readouterr().out
    assert "≤ 4 × floor: 3.5 met" in printed
    assert "≤ 4 × floor: 4.5 MISSED" in printed
    written = json.loads((tmp_path / "trial.json").read_text())
    assert written["aims"]["floor"]["reached"] == 4.5
    assert written["aims"]["floor"]["met"] is False
    assert written["aims"]["opens"]["met"] is True
    assert "memory" not in written["aims"]  # was not measured
    assert [one["what"] for one in written["sections"]["Pages"]] == ["page", "page", "other"]


def turn(*spent, worked=1.0):
    return Turn(spent, worked)


def test_what_takes_more_than_a_tenth_longer_is_marked():
    # Twice as slow as time goes by, on both sides: the ratios stay.
    steady = [(turn(0.010), turn(0.011)), (turn(0.020), turn(0.022)), (turn(0.040), turn(0.044))]
    assert " ".join(line("page", steady).split()) == "page 20.0 22.0 1.10 1.10 - 1.10 1.00"
    # Of 3 and 4 things done the processors' time is that of each.
    slower = (turn(0.010, 0.010, 9, worked=3), turn(0.0111, 0.0111, 9, 0, worked=8))
    assert " ".join(line("page", [slower]).split()) == "page 10.0 11.1 1.11 1.11 - 1.11 2.00 slower"


def test_both_trees_take_turns_and_the_first_is_not_counted(capsys):
    asked: list[str] = []

    class Place:
        def __init__(self, name: str) -> None:
            self.name = name

        def worked(self) -> dict[str, int]:
            return {"1": len(asked) * 10**9}

    def measure(tree: Any) -> list[float]:
        asked.append(tree.name)
        return [len(asked)]

    trees: Any = [Place("then"), Place("now")]
    compare(trees, {"page": measure}, 2)
    assert asked == ["then", "now"] * 3
    # 1 s beside 2 s warmed; 3 beside 4 and 5 beside 6 are counted.
    printed = capsys.readouterr().out.split()
    assert printed[:3] + printed[-2:] == ["page", "4000.0", "5000.0", "1.00", "slower"]

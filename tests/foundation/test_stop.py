"""A stop signal is heard at once, raised at a good moment only, and once."""

import os
import signal
import threading
import time
from collections.abc import Iterator

import pytest

from governance.devtools.stop import SIGNALS, Stop, StopSignals


@pytest.fixture
def stop() -> Iterator[StopSignals]:
    before = {number: signal.getsignal(number) for number in SIGNALS}
    yield StopSignals()
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", SIGNALS)
def test_waiting_ends_at_once(stop, number):
    threading.Timer(0.1, os.kill, [os.getpid(), number]).start()
    before = time.monotonic()
    with pytest.raises(Stop):
        stop.wait(30)
    assert time.monotonic() - before < 5


def test_elsewhere_nothing_is_interrupted_until_somebody_waits(stop):
    os.kill(os.getpid(), signal.SIGTERM)
    assert stop.asked
    for _ in range(2):
        with pytest.raises(Stop):
            stop.wait(0)


def test_interrupting_code_is_cut_short_once(stop):
    cleaned_up = False
    with pytest.raises(Stop), stop.interrupting():
        try:
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(30)
        finally:
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(0.01)
            cleaned_up = True
    assert cleaned_up
    with pytest.raises(Stop), stop.interrupting():
        pytest.fail("what was asked before is not begun")


def test_waiting_in_vain_takes_its_time(stop):
    before = time.monotonic()
    stop.wait(0.2)
    assert time.monotonic() - before >= 0.19

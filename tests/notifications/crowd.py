"""`python -m …`: a console that is set up once and forks a worker for each line it reads.

A line holds how many seconds later than now the worker's clock stands, so that no lease and no pause is
waited for. It answers `began PID`, and `gone PID` when a worker ended, however that was. A worker runs over
the outbox once.
"""

import os
import select
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "governance.settings")


def main() -> None:
    import django

    django.setup()
    from governance.notifications.outbox import clock, work

    at_the_database = clock.now
    buffer = ""
    while True:
        ready, _, _ = select.select([0], [], [], 0.002)
        if ready:
            read = os.read(0, 4096).decode()
            if not read:
                return
            buffer += read
            *lines, buffer = buffer.split("\n")
            for line in lines:
                pid = os.fork()
                if pid == 0:
                    ahead = timedelta(seconds=float(line))
                    clock.now = partial(_later, at_the_database, ahead)
                    try:
                        work.work()
                    finally:
                        os._exit(0)
                _say(f"began {pid}")
        while True:
            try:
                pid, _status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                break
            if not pid:
                break
            _say(f"gone {pid}")


def _later(now: Callable[[], datetime], ahead: timedelta) -> datetime:
    return now() + ahead


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()

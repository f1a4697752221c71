"""How gunicorn serves the console; knows nothing of databases or of how they came to run.

For a deployment: `gunicorn --config python:governance.serving governance.wsgi`.
"""

import copy
import os
import shutil
import signal
import threading
from typing import Any

from governance import env, release

env.load()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "governance.settings")

from governance import settings  # noqa: E402  # a bad setting ends the start here, with its one line

# Each process counts its requests into a file in here; the variable is set before the library is loaded.
METRICS = settings.VAR / "metrics" / str(env.port())
raw_env = [f"PROMETHEUS_MULTIPROC_DIR={METRICS}"]

bind = f"127.0.0.1:{env.port()}"
worker_class = "governance.web_worker.Worker"
workers = 2
threads = 4
worker_connections = 600  # well below the 1024 open files that a process usually may have
# Nobody's word about the address or the scheme is taken here; BEHIND_TLS_PROXY is Django's to read.
forwarded_allow_ips = ""
forwarder_headers = ""
secure_scheme_headers: dict[str, str] = {}
preload_app = True
# Seconds from the signal to stop until what still runs is killed: as long as an answer may take, and the
# announcement before it; a launcher's stop takes less than ten in all.
graceful_timeout = (
    4 if settings.LOCAL else settings.DATABASE_ANSWER_LIMIT_S + 5
) + settings.DRAIN_SECONDS
timeout = 60  # seconds
loglevel = "warning" if settings.LOCAL else "info"

# gunicorn's own lines in the shape of all others; the line per request is ours (operations/requests.py).
logconfig_dict: dict[str, Any] = copy.deepcopy(settings.LOGGING)
logconfig_dict["loggers"] |= {
    "gunicorn.error": {"level": loglevel.upper(), "handlers": [], "propagate": True},
    "gunicorn.access": {"level": "WARNING", "handlers": [], "propagate": True},
}


def on_starting(server: Any) -> None:
    """Refuse to serve as a role that row security does not bind, and say how the first person comes in."""
    from governance.access.people import first_link  # noqa: PLC0415  # needs Django, loaded by now
    from governance.core.identity import checks  # noqa: PLC0415  # likewise

    release.at_start(env.BASE_DIR)  # once, for all processes
    checks.refuse_wide_runtime_role()
    checks.refuse_demonstration_password()
    first_link.announce()


def when_ready(server: Any) -> None:
    """The port is ours and nobody serves yet: forget the counts of the server that was here before.

    End with the launcher, however that ends: its end of our standard input closes with it.
    """
    shutil.rmtree(METRICS, ignore_errors=True)
    METRICS.mkdir(parents=True)
    if env.env.bool("SERVED_BY_LAUNCHER", default=False):
        threading.Thread(target=_follow_launcher, daemon=True).start()


def _follow_launcher() -> None:
    os.read(0, 1)
    os.kill(os.getpid(), signal.SIGTERM)

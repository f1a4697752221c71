"""People who look and act over HTTP while things break, and a note of what each was answered.

Each act carries a word of its own into the ledger, so that it can be found there: once, or not at all.
"""

import http.client
import random
import re
import threading
import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from html import unescape
from urllib.parse import urlencode
from uuid import uuid4

TITLE = re.compile(r"<title>\s*([^<]*?)\s*</title>")
VERSION = re.compile(r'name="version" value="(\d+)"')
CSRF = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
ACTION = re.compile(r'action="[^"]*/(ack|reopen|resolve)(?:#[^"]*)?"')
SAYS_SO = ("n’est pas disponible", "not available")  # the page of an outage
PATHS = ("/governance", "/governance/integrity", "/governance/history", "/governance/scans")
GIVES_UP = 60.0  # seconds that a person waits for one answer

# What an answer means for the act that was asked for.
DONE, REFUSED, UNKNOWN = "done", "refused", "unknown"


@dataclass
class Answers:
    """What all of them saw; shared by threads, whose appends and counts are atomic enough."""

    acts: dict[str, str] = field(default_factory=dict)  # word -> DONE, REFUSED or UNKNOWN
    done_at: list[float] = field(default_factory=list)  # monotonic clock
    seen: Counter[str] = field(default_factory=Counter)
    blank: list[str] = field(default_factory=list)  # answers that say nothing to anybody
    slowest: float = 0.0

    def longest_silence(self) -> float:
        """Seconds between two acts that were answered, the longest."""
        return max(
            (
                later - earlier
                for earlier, later in zip(self.done_at, self.done_at[1:], strict=False)
            ),
            default=0.0,
        )


class Person(threading.Thread):
    """One browser of somebody who is signed in, over one address, until `over`."""

    def __init__(
        self,
        port: int,
        cookie: str,
        alerts: list[str],
        answers: Answers,
        over: threading.Event,
        *,
        seed: int,
        reads: bool = True,
        pause: float = 0.05,
        host: str = "127.0.0.1",
    ) -> None:
        super().__init__(daemon=True)
        self.host, self.port, self.alerts, self.answers, self.over = (
            host,
            port,
            alerts,
            answers,
            over,
        )
        self.cookies = {"sessionid": cookie}
        self.chance = random.Random(seed)
        self.reads, self.pause = reads, pause
        self.failure: Exception | None = None

    def run(self) -> None:
        try:
            while not self.over.wait(self.pause):
                if self.reads and self.chance.random() < 0.4:
                    self._ask("GET", self.chance.choice(PATHS))
                else:
                    self._act(self.chance.choice(self.alerts))
        except Exception as error:  # raised by whoever waits for us
            self.failure = error

    def _act(self, alert: str) -> None:
        status, page = self._ask("GET", f"/governance/alerts/{alert}")
        version, token = VERSION.search(page), CSRF.search(page)
        ways = {way for way in ACTION.findall(page) if way != "resolve"}
        if status != 200 or not version or not token or not ways:
            return
        way = self.chance.choice(sorted(ways))
        word = f"mot-{uuid4().hex}"
        form = {"version": version[1], "note": word, "csrfmiddlewaretoken": token[1]}
        status, page = self._ask("POST", f"/governance/alerts/{alert}/{way}", form)
        if status == 303:
            # The page that follows says what was done; without it we only know that we were answered.
            self.answers.done_at.append(time.monotonic())
            _, page = self._ask("GET", f"/governance/alerts/{alert}")
            if "déjà acquitté" in unescape(page):
                self.answers.acts[word] = UNKNOWN
            else:
                self.answers.acts[word] = DONE
        elif status in (403, 404, 409, 422, 429):
            self.answers.acts[word] = REFUSED
        else:
            self.answers.acts[word] = UNKNOWN

    def _ask(self, method: str, path: str, form: dict[str, str] | None = None) -> tuple[int, str]:
        """Status and text; never twice: who got no answer does not know."""
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        body = urlencode(form) if form else None
        if body:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        began = time.monotonic()
        try:
            with closing(
                http.client.HTTPConnection(self.host, self.port, timeout=GIVES_UP)
            ) as client:
                client.request(method, path, body=body, headers=headers)
                answer = client.getresponse()
                text = answer.read().decode()
                for line in answer.headers.get_all("Set-Cookie", []):
                    name, _, rest = line.partition("=")
                    self.cookies[name] = rest.partition(";")[0]
        except (OSError, http.client.HTTPException) as error:
            self.answers.blank.append(f"{method} {path}: {error!r}")
            return 0, ""
        self.answers.slowest = max(self.answers.slowest, time.monotonic() - began)
        self._note(method, path, answer.status, text)
        return answer.status, text

    def _note(self, method: str, path: str, status: int, text: str) -> None:
        title = TITLE.search(text)
        is_outage = status >= 500 and title and any(one in unescape(title[1]) for one in SAYS_SO)
        if status == 303:
            self.answers.seen["303"] += 1
        elif not title or (status >= 500 and not is_outage):
            self.answers.blank.append(f"{method} {path}: {status} {text[:200]!r}")
        else:
            self.answers.seen[f"{status}{' (page of an outage)' if is_outage else ''}"] += 1

"""Slack, Teams, Mattermost, Telegram, WhatsApp, SMS gateways, plain JSON: Apprise, in a process of its own.

That process has a deadline, no proxy and no redirect, and looks at each address as it connects
(apprise_process.py).
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from governance.env import passed_on
from governance.notifications.channels.answer import Answer, http_answer
from governance.notifications.models import Delivery, Outcome

DEADLINE_S = 25.0
ROOT = Path(__file__).resolve().parents[3]
# What a process needs to find its files and certificates, and nothing else of ours.
_PASSED = ("PATH", "LANG", "LC_ALL", "TZ", "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE")


def send(delivery: Delivery, secret: dict[str, str], *, may_be_private: bool) -> Answer:
    said = _asked(
        {
            "url": secret["url"],
            "title": delivery.subject,
            "body": delivery.text,
            "key": str(delivery.pk),
            "may_be_private": may_be_private,
        }
    )
    if said is None:
        return Answer(Outcome.LATER, f"no answer within {DEADLINE_S:g} s")
    if said["sent"]:
        return Answer(Outcome.DELIVERED, said["text"])
    if said["status"] is not None and said["status"] >= 300:
        return http_answer(said["status"], said["text"], said["retry_after"])
    return Answer(Outcome.REFUSED if said["refused"] else Outcome.LATER, said["text"])


def service_of(url: str) -> tuple[str, set[str]] | None:
    """The service that an address is of, and how its addresses begin; None for what Apprise does not know."""
    said = _asked({"url": url})
    return (said["service"], set(said["schemes"])) if said and said["service"] else None


def _asked(asked: dict[str, Any]) -> dict[str, Any] | None:
    """What the process says; None where it says nothing in time."""
    try:
        done = subprocess.run(  # our own module
            [sys.executable, "-m", "governance.notifications.channels.apprise_process"],
            input=json.dumps(asked),
            capture_output=True,
            text=True,
            timeout=DEADLINE_S,
            cwd=ROOT,
            env=passed_on(*_PASSED),
            check=True,
        )
        said: dict[str, Any] = json.loads(done.stdout)
    except (subprocess.SubprocessError, ValueError):
        return None
    return said

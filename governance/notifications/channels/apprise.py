"""Slack, Teams, Mattermost, Telegram, WhatsApp, SMS gateways, plain JSON: Apprise, in a process of its own.

That process has a deadline, no proxy and no redirect, and looks at each address as it connects
(apprise_process.py).
"""

import json
import os
import subprocess
import sys
from pathlib import Path

from governance.notifications.channels.answer import Answer, http_answer
from governance.notifications.models import Delivery, Outcome

DEADLINE_S = 25.0
ROOT = Path(__file__).resolve().parents[3]
# What a process needs to find its files and certificates, and nothing else of ours.
_PASSED = ("PATH", "LANG", "LC_ALL", "TZ", "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE")


def send(delivery: Delivery, secret: dict[str, str], *, may_be_private: bool) -> Answer:
    asked = {
        "url": secret["url"],
        "title": delivery.subject,
        "body": delivery.text,
        "key": str(delivery.pk),
        "may_be_private": may_be_private,
    }
    try:
        done = subprocess.run(  # our own module
            [sys.executable, "-m", "governance.notifications.channels.apprise_process"],
            input=json.dumps(asked),
            capture_output=True,
            text=True,
            timeout=DEADLINE_S,
            cwd=ROOT,
            env={name: os.environ[name] for name in _PASSED if name in os.environ},
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Answer(Outcome.LATER, f"no answer within {DEADLINE_S:g} s")
    try:
        said = json.loads(done.stdout)
    except ValueError:
        return Answer(Outcome.LATER, "the process that calls Apprise broke down")
    if said["sent"]:
        return Answer(Outcome.DELIVERED, said["text"])
    if said["status"] is not None and said["status"] >= 300:
        return http_answer(said["status"], said["text"], said["retry_after"])
    if said["refused"]:
        return Answer(Outcome.REFUSED, said["text"])
    return Answer(Outcome.LATER, said["text"])

"""What the other side said to one attempt, and what follows of it; no secret survives in its words."""

import base64
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import quote

from governance.notifications.models import Outcome

LIMIT = 300  # characters of an answer that are kept
LONGEST_WAIT_S = 3600.0  # that a provider may ask for
HIDDEN = "•••"
_PASSES = {408, 425, 429}  # of 4xx, those that are over by themselves


@dataclass(frozen=True)
class Answer:
    """`retry_after_s`: how long the provider asked to be left alone."""

    outcome: Outcome
    text: str
    retry_after_s: float | None = None


def http_answer(status: int, body: str, retry_after: str | None = None) -> Answer:
    """409: the other side has it already. A redirect is never followed, and never gets better."""
    text = f"HTTP {status} {body}".strip()
    if 200 <= status < 300 or status == 409:
        return Answer(Outcome.DELIVERED, text)
    if status >= 500 or status in _PASSES:
        return Answer(Outcome.LATER, text, retry_after_s(retry_after))
    return Answer(Outcome.REFUSED, text)


def retry_after_s(header: str | None, now: datetime | None = None) -> float | None:
    """Seconds, or a date; None for what is neither."""
    if not header:
        return None
    try:
        seconds = float(int(header))
    except ValueError:
        try:
            at = parsedate_to_datetime(header)
        except ValueError:
            return None
        at = at if at.tzinfo else at.replace(tzinfo=UTC)
        seconds = (at - (now or datetime.now(UTC))).total_seconds()
    return min(max(seconds, 0.0), LONGEST_WAIT_S)


def without_secrets(text: str, secrets: Iterable[str]) -> str:
    """One line that may be stored and shown, whatever the other side repeated in it."""
    for secret in sorted({form for one in secrets for form in _forms(one)}, key=len, reverse=True):
        text = text.replace(secret, HIDDEN)
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line if len(line) <= LIMIT else f"{line[: LIMIT - 1]}…"


def _forms(secret: str) -> list[str]:
    if len(secret) < 4:
        return []
    plain = base64.b64encode(secret.encode()).decode()
    return [secret, quote(secret, safe=""), quote(secret), plain, plain.rstrip("=")]

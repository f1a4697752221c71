"""Keeps the configuration's secrets out of what the console says: pages, reports, commands, log lines.

Knows which pieces of an address are secret, not what the words around them mean.
"""

import json
import re
from collections.abc import Iterable, Mapping
from urllib.parse import unquote

INSTEAD = "…"
SHORTEST = 3  # characters; a shorter piece would blot out ordinary words

_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://(?P<who>.*)@", re.IGNORECASE | re.DOTALL)
_KEY = re.compile(r"(?:password|passwd|secret|token)\s*=\s*'?(?P<value>[^\s&']+)", re.IGNORECASE)
_NAMED = re.compile(
    r"SECRET|PASSWORD|TOKEN|HEARTBEAT_URL|CHECKPOINT_URL|SENTRY_DSN"
)  # an address may itself be the key


def secret_pieces(address: str) -> set[str]:
    """The password of an address, whole and as a library may cut it that reads the address wrongly."""
    found = {match["value"] for match in _KEY.finditer(address)}
    if match := _ADDRESS.match(address):
        # A "/" or "@" that is not percent-encoded sends the rest of the password to host, port or name.
        _user, _colon, password = match["who"].partition(":")
        found |= {password, *re.split(r"[@:/?#&=\[\]]", password)}
    return {piece for one in found for piece in (one, unquote(one)) if len(piece) >= SHORTEST}


def environment_pieces(environment: Mapping[str, str]) -> set[str]:
    """The secret pieces of every variable that is an address, or that is secret by its name."""
    found: set[str] = set()
    for name, value in environment.items():
        found |= secret_pieces(value)
        if _NAMED.search(name) and not name.endswith("_FILE") and len(value) >= SHORTEST:
            found.add(value)
    return found


def without(text: str, pieces: Iterable[str]) -> str:
    """The text with each piece left out, also as JSON writes it."""
    # The longest first: a piece may be part of another.
    for piece in sorted(pieces, key=len, reverse=True):
        for written in {piece, json.dumps(piece)[1:-1]}:
            text = text.replace(written, INSTEAD)
    return text

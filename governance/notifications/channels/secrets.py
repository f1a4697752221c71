"""Addresses and keys of channels, encrypted at rest by the keys of CHANNEL_KEYS; the first of them writes."""

import base64
import json
from collections.abc import Mapping

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


class NoKey(RuntimeError):
    """There is no key to write a secret with, or none of those that there are wrote this one."""


def secret_write(values: Mapping[str, str]) -> bytes:
    """Raises NoKey."""
    return _keys().encrypt(json.dumps(dict(values)).encode())


def secret_read(token: bytes | memoryview | None) -> dict[str, str]:
    """Raises NoKey."""
    try:
        values: dict[str, str] = json.loads(_keys().decrypt(bytes(token or b"")))
    except InvalidToken as error:
        raise NoKey("no key of CHANNEL_KEYS reads this secret") from error
    return values


def secret_rewrite(token: bytes | memoryview | None) -> bytes:
    """The same, written with the first key; raises NoKey."""
    try:
        return _keys().rotate(bytes(token or b""))
    except InvalidToken as error:
        raise NoKey("no key of CHANNEL_KEYS reads this secret") from error


def has_key() -> bool:
    return bool(settings.CHANNEL_KEYS or settings.APP_ENV == "local")


def _keys() -> MultiFernet:
    keys = list(settings.CHANNEL_KEYS)
    if not keys and settings.APP_ENV == "local":
        # A developer's machine needs no second secret; elsewhere the two are kept apart.
        derive = HKDF(SHA256(), 32, salt=None, info=b"governance channels")
        keys = [base64.urlsafe_b64encode(derive.derive(settings.SECRET_KEY.encode())).decode()]
    if not keys:
        raise NoKey("CHANNEL_KEYS is missing")
    return MultiFernet([Fernet(key) for key in keys])

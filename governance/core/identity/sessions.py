"""Sessions behind four SQL functions, by the hash of the key: no statement and no row holds the key."""

from datetime import datetime
from hashlib import blake2b
from typing import Any

from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import CreateError, UpdateError
from django.db import connection


def _call(function: str, *values: str | datetime | bool | None) -> Any:
    places = ", ".join("%s" for _ in values)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}({places})", values)
        return cursor.fetchone()[0]


def session_name(key: str) -> str:
    """What the database knows a session by; as long as Django's column is."""
    return blake2b(key.encode(), digest_size=20).hexdigest()


class SessionStore(db.SessionStore):
    """Django's, but for the statements (governance/core/identity/sql/django_session/)."""

    def _validate_session_key(self, key: str | None) -> bool:
        """What cannot be a key is no session: a cookie may hold anything, also what no database takes."""
        if not key or not (key.isascii() and key.isalnum()):
            return False
        return bool(super()._validate_session_key(key))  # type: ignore[misc]

    def load(self) -> dict[str, Any]:
        data = _call("session_read", session_name(self.session_key)) if self.session_key else None
        if data is None:
            self._session_key = None
            return {}
        found: dict[str, Any] = self.decode(data)
        return found

    def exists(self, session_key: str) -> bool:
        return _call("session_read", session_name(session_key)) is not None

    def save(self, must_create: bool = False) -> None:
        if self.session_key is None:
            self.create()
            return
        data = self.encode(self._get_session(no_load=must_create))  # type: ignore[attr-defined]  # Django's own
        name = session_name(self.session_key)
        if not _call("session_write", name, data, self.get_expiry_date(), must_create):
            raise CreateError if must_create else UpdateError

    def cycle_key(self) -> None:
        """Django's, and what stands beside the session keeps to it under the new key."""
        data, key = self._get_session(), self.session_key  # type: ignore[attr-defined]  # Django's own
        self.create()
        self._session_cache = data
        if key:
            _call("session_moved", session_name(key), session_name(str(self.session_key)))
            self.delete(key)

    def delete(self, session_key: str | None = None) -> None:
        session_key = session_key or self.session_key
        if session_key is not None:
            _call("session_delete", session_name(session_key))

    @classmethod
    def clear_expired(cls) -> None:
        _call("session_tidy")

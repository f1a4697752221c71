"""Sessions behind four SQL functions: a key gives its session, and the table is granted to nobody."""

from datetime import datetime
from typing import Any

from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import CreateError, UpdateError
from django.db import connection


def _call(function: str, *values: str | datetime | bool | None) -> Any:
    places = ", ".join("%s" for _ in values)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}({places})", values)
        return cursor.fetchone()[0]


class SessionStore(db.SessionStore):
    """Django's, but for the statements (governance/sql/accounts.sql)."""

    def _validate_session_key(self, key: str | None) -> bool:
        """What cannot be a key is no session: a cookie may hold anything, also what no database takes."""
        if not key or not (key.isascii() and key.isalnum()):
            return False
        is_long_enough: bool = super()._validate_session_key(key)  # type: ignore[misc]
        return is_long_enough

    def load(self) -> dict[str, Any]:
        data = _call("session_read", self.session_key)
        if data is None:
            self._session_key = None
            return {}
        found: dict[str, Any] = self.decode(data)
        return found

    def exists(self, session_key: str) -> bool:
        return _call("session_read", session_key) is not None

    def save(self, must_create: bool = False) -> None:
        if self.session_key is None:
            self.create()
            return
        data = self.encode(self._get_session(no_load=must_create))  # type: ignore[attr-defined]  # Django's own
        if not _call("session_write", self.session_key, data, self.get_expiry_date(), must_create):
            raise CreateError if must_create else UpdateError

    def delete(self, session_key: str | None = None) -> None:
        session_key = session_key or self.session_key
        if session_key is not None:
            _call("session_delete", session_key)

    @classmethod
    def clear_expired(cls) -> None:
        _call("session_tidy")

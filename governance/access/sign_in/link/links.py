"""Links that let a person in once: the secret goes out, its hash stays (sql/person_link/)."""

import hashlib
import secrets
from datetime import timedelta
from uuid import UUID

from django.db import connection

LIFE = {
    "invite": timedelta(days=7),
    "reset": timedelta(days=1),
    "first": timedelta(days=1),
    "disown": timedelta(days=7),
}


def link_make(*, purpose: str, person_id: UUID | None) -> str:
    """A new secret for `purpose`, a key of LIFE; the former of that person opens nothing any more.

    Raises django.db.ProgrammingError for whoever may not, IntegrityError for a closed account.
    """
    secret = secrets.token_urlsafe(32)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT link_make(%s, %s, %s, %s)",
            [_digest(secret), person_id, purpose, LIFE[purpose]],  # type: ignore[list-item]
        )
    return secret


def link_of(secret: str) -> tuple[UUID | None, str] | None:
    """Whom it lets in (nobody yet: the first administrator) and what for; None when it is void."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT user_id, purpose FROM link_of(%s)", [_digest(secret)])
        row = cursor.fetchone()
    return row and (row[0], row[1])


def link_use(secret: str) -> bool:
    """Use it up, as the person whom it lets in; False when it is void."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT link_use(%s)", [_digest(secret)])
        (used,) = cursor.fetchone()
    return bool(used)


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()

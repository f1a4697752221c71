"""Reads the environment, and says in one line which variable stops a start; knows nothing of Django."""

from pathlib import Path
from urllib.parse import unquote, urlsplit

import environ

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

# Values that people copy from an example file and forget.
PLACEHOLDERS = ("change-me", "changeme", "replace-me", "example", "insecure", "secret-key", "todo")


class SettingsError(SystemExit):
    """A setting that must not be used; the process ends with status 1 and this one line."""


def load() -> None:
    """Read `.env` beside manage.py, if there is one; real environment variables win."""
    path = BASE_DIR / ".env"
    if path.is_file():
        env.read_env(str(path))


def source_urls() -> dict[str, str]:
    """The business databases: slug -> URL, from every SOURCE_<SLUG>_DATABASE_URL.

    A slug is the variable's middle part in lower case, `_` read as `-`: SOURCE_DEPOT_NORD_DATABASE_URL
    is the source `depot-nord`.
    """
    found = {}
    for name, url in sorted(env.ENVIRON.items()):
        if name.startswith("SOURCE_") and name.endswith("_DATABASE_URL") and url:
            slug = name[len("SOURCE_") : -len("_DATABASE_URL")].lower().replace("_", "-")
            if not slug or slug == "console":
                raise SettingsError(f"{name}: this slug is reserved or empty; choose another name.")
            found[slug] = url
    return found


def required_strong(name: str, value: str, *, minimum: int = 50) -> None:
    """Refuse a secret that is missing, a placeholder, or shorter than `minimum` characters."""
    if not value:
        raise SettingsError(f"{name} is missing.")
    lowered = value.lower()
    if any(word in lowered for word in PLACEHOLDERS):
        raise SettingsError(f"{name} still holds a placeholder.")
    if len(value) < minimum or len(set(value)) < 10:
        raise SettingsError(f"{name} is too weak: {minimum} random characters are needed.")


def required_database(name: str, url: str) -> None:
    """Refuse a database URL that is missing, is not PostgreSQL's, or holds a placeholder password."""
    if not url:
        raise SettingsError(f"{name} is missing.")
    parts = urlsplit(url)
    if parts.scheme not in ("postgres", "postgresql"):
        raise SettingsError(f"{name} must be a postgresql:// address.")
    if not parts.path.strip("/"):
        raise SettingsError(f"{name} names no database.")
    password = unquote(parts.password or "").lower()
    if password and (any(word in password for word in PLACEHOLDERS) or password == "password"):
        raise SettingsError(f"{name} still holds a placeholder password.")

"""Reads the environment, and says in one line which variable stops a start; knows nothing of Django."""

import base64
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import environ
import psycopg
from psycopg.conninfo import conninfo_to_dict

from governance.secrets import environment_pieces

BASE_DIR = Path(__file__).resolve().parent.parent

# Values that people copy from an example file and forget.
PLACEHOLDERS = ("change-me", "changeme", "replace-me", "example", "insecure", "secret-key", "todo")
GUESSED_FIRST = ("password", "postgres", "postgresql", "admin", "secret", "governance", "console")
MINIMUM_PASSWORD = 12  # characters
ROLES = (
    "admin",
    "directeur",
    "pca",
    "gerant",
    "auditeur",
)  # as core/identity/roles.py, which is Django's
MAIL_PORTS = {"smtp": 25, "smtp+tls": 587, "smtp+ssl": 465}

SHIPPED_PACKS = ("console", "depot")
_PACK_NAME = re.compile(r"[a-z][a-z0-9_-]*")

# A line of .env as the library reads it, and the name in one that it does not.
_SETTING = re.compile(r"(?:export )?[A-Za-z_0-9]+=.*")
_NAME = re.compile(r"\s*(?:export\s+)?([A-Z][A-Z0-9]*_[A-Z0-9_]+|PORT)\s*(?:[=:]|$)")

# Set by the program for the processes it starts, never by a person.
INTERNAL = {"DEPOT_OWNER_URL", "EMBEDDED_POSTGRES", "SERVED_BY_LAUNCHER"}


class SettingsError(SystemExit):
    """Settings that must not be used; the process ends with status 1 and a line for each."""


class Environment(environ.Env):  # type: ignore[misc]  # the library ships no types
    """django-environ, except that an empty value counts as none and a bad one is a single line."""

    def __init__(self) -> None:
        super().__init__()
        self.names_read: set[str] = set()
        self._refused: list[str] | None = None  # while they are gathered

    def gather(self) -> None:
        """From here to `conclude` a bad setting is noted, so that one start names all of them."""
        self._refused = []

    def conclude(self) -> None:
        """End the process when any setting was bad."""
        refused, self._refused = self._refused, None
        if refused:
            raise SettingsError("\n".join(dict.fromkeys(refused)))

    def refuse(self, line: str) -> None:
        """Note what is wrong with a setting, or end the process at once where nothing is gathered."""
        if self._refused is None:
            raise SettingsError(line)
        self._refused.append(line)

    def get_value(
        self,
        var: str,
        cast: Any = None,
        default: Any = environ.Env.NOTSET,
        parse_default: bool = False,  # the library's signature
    ) -> Any:
        """Value of `var`, or `default`; a `$` in it stays as it is (a password may begin with one)."""
        self.names_read.add(var)
        raw = self.ENVIRON.get(var, "")
        if raw == "":
            if default is self.NOTSET:
                raise SettingsError(f"{var} is missing.")
            return default
        try:
            return self.parse_value(raw, cast)
        except ValueError:
            self.refuse(f"{var} is not a valid {cast.__name__}.")
            return default

    def one_of(self, var: str, allowed: tuple[str, ...], *, default: str) -> str:
        """Value of `var`, refused when it is not in `allowed`."""
        value: str = self.str(var, default=default)
        if value not in allowed:
            self.refuse(f"{var} must be {', '.join(allowed[:-1])} or {allowed[-1]}.")
            return default
        return value

    def at_least(self, var: str, minimum: int, *, default: int) -> int:
        """Value of `var`, a whole number that is refused below `minimum`."""
        value: int = self.int(var, default=default)
        if value < minimum:
            self.refuse(f"{var} must be at least {minimum}.")
            return default
        return value


env = Environment()


def passed_on(*names: str) -> dict[str, str]:
    """Of the environment what a process gets that shall know nothing else of ours."""
    return {name: env.ENVIRON[name] for name in names if name in env.ENVIRON}


def load() -> None:
    """Read `.env` beside manage.py, if there is one; real environment variables win."""
    path = BASE_DIR / ".env"
    if path.is_file():
        _refuse_what_is_no_setting(path)
        env.read_env(str(path))


def _refuse_what_is_no_setting(path: Path) -> None:
    """Stop at a line that the library would print into the log, with whatever secret stands in it."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError:
        raise SettingsError(f"{path.name} is not UTF-8 text.") from None
    for number, line in enumerate(lines, 1):
        if not line or line.startswith("#") or _SETTING.fullmatch(line):
            continue
        name = _NAME.match(line)
        raise SettingsError(
            f"{path.name}, line {number}{f' ({name[1]})' if name else ''}: not of the form NAME=value."
        )


def secret_pieces_set() -> set[str]:
    """What no page, report or log line may show of the variables that were read."""
    return environment_pieces({name: env.ENVIRON.get(name, "") for name in env.names_read})


def var_dir() -> Path:
    """The folder of everything that a running console writes; git ignores the default one."""
    name: str = env.str("VAR_DIR", default="var")
    return BASE_DIR / name


def port() -> int:
    """The TCP port of the web server, on the loopback address."""
    number: int = env.int("PORT", default=8000)
    if not 0 < number < 65536:
        raise SettingsError("PORT must be between 1 and 65535.")
    return number


def source_urls() -> dict[str, str]:
    """The business databases: slug -> URL, from every SOURCE_<SLUG>_DATABASE_URL.

    A slug is the variable's middle part in lower case, `_` read as `-`: SOURCE_DEPOT_NORD_DATABASE_URL
    is the source `depot-nord`.
    """
    found = {}
    for name, slug in _sources("_DATABASE_URL"):
        if url := env.str(name, default=""):
            if not slug or slug == "console":
                env.refuse(f"{name}: this slug is reserved or empty; choose another name.")
            found[slug] = url
    return found


def source_names() -> dict[str, str]:
    """What people call the sources: slug -> name, from every SOURCE_<SLUG>_NAME."""
    named = {slug: env.str(name, default="").strip() for name, slug in _sources("_NAME")}
    return {slug: name for slug, name in named.items() if name}


def rule_packs() -> dict[str, Path]:
    """The packs of RULE_PACKS: name -> folder. A folder's own name is the pack's."""
    found: dict[str, Path] = {}
    for given in env.list("RULE_PACKS", default=[]):
        folder = (BASE_DIR / given.strip()).resolve()
        if not folder.is_dir():
            raise SettingsError(f"RULE_PACKS: {given.strip()} is not a folder.")
        if not _PACK_NAME.fullmatch(folder.name):
            raise SettingsError(
                f"RULE_PACKS: the folder {folder.name} must be named in small letters, digits, - and _."
            )
        if folder.name in (*SHIPPED_PACKS, *found):
            raise SettingsError(f"RULE_PACKS: there is a pack {folder.name} already.")
        found[folder.name] = folder
    return found


def source_packs(packs: Mapping[str, Path]) -> dict[str, str]:
    """Which pack each source uses, from every SOURCE_<SLUG>_PACK; a source without one uses `depot`."""
    chosen = {}
    for name, slug in _sources("_PACK"):
        pack = env.str(name, default="").strip()
        if pack and pack not in (*packs, "depot"):
            known = ", ".join(["depot", *sorted(packs)])
            raise SettingsError(f"{name}: there is no pack {pack}; known: {known}.")
        if pack:
            chosen[slug] = pack
    return chosen


def _sources(ending: str) -> list[tuple[str, str]]:
    """Variables SOURCE_<SLUG><ending> that are set, each with its slug."""
    return [
        (name, name[len("SOURCE_") : -len(ending)].lower().replace("_", "-"))
        for name in sorted(env.ENVIRON)
        if name.startswith("SOURCE_") and name.endswith(ending)
    ]


def required_strong(name: str, value: str, *, minimum: int = 50) -> None:
    """Refuse a secret that is missing, a placeholder, or shorter than `minimum` characters."""
    if not value:
        env.refuse(f"{name} is missing.")
    elif is_placeholder(value):
        env.refuse(f"{name} still holds a placeholder.")
    elif len(value) < minimum or len(set(value)) < 10:
        env.refuse(f"{name} is too weak: {minimum} random characters are needed.")


def required_database(name: str, url: str, *, strict: bool = False) -> dict[str, str]:
    """The parts of a database URL as libpq reads them; refuse one that is missing or not PostgreSQL's.

    `strict` (staging, production) also refuses a placeholder or weak password. A URL without a
    password is fine: certificates, peer authentication and password files need none.
    """
    parts: dict[str, str] = {}
    if not url:
        env.refuse(f"{name} is missing.")
        return {"dbname": ""}
    try:
        if urlsplit(url).scheme not in ("postgres", "postgresql"):
            env.refuse(f"{name} must be a postgresql:// address.")
            return {"dbname": ""}
        parts = {key: str(value) for key, value in conninfo_to_dict(url).items()}
    except (psycopg.ProgrammingError, ValueError):
        # Not the library's words: they repeat the address, password included.
        env.refuse(f"{name} is not an address that PostgreSQL understands.")
        return {"dbname": ""}
    if not parts.get("dbname"):
        env.refuse(f"{name} names no database.")
    password = unquote(parts.get("password", ""))
    if strict and password:
        if is_placeholder(password) or password.lower() in GUESSED_FIRST:
            env.refuse(f"{name} still holds a placeholder password.")
        elif len(password) < MINIMUM_PASSWORD:
            env.refuse(f"{name} has a weak password: {MINIMUM_PASSWORD} characters are needed.")
    return {"dbname": ""} | parts


def outside_address(name: str) -> str:
    """The http(s) address that `name` gives, or nothing; refuse anything else."""
    address: str = env.str(name, default="")
    try:
        parts = urlsplit(address)
        is_good = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        is_good = False
    if address and not is_good:
        env.refuse(f"{name} is not an address like https://HOST/PATH.")
        return ""
    return address


def channel_keys(name: str) -> list[str]:
    """The keys of `name`, separated by commas: 32 random bytes each, in base64; refuse anything else."""
    keys: list[str] = [key.strip() for key in env.list(name, default=[]) if key.strip()]
    for key in keys:
        try:
            is_good = len(base64.urlsafe_b64decode(key)) == 32 and len(set(key)) > 8
        except ValueError:
            is_good = False
        if not is_good:
            env.refuse(f"{name} is not a list of keys of 32 random bytes each, in URL-safe base64.")
            return []
    return keys


def oidc_roles(name: str, *, sources: Iterable[str]) -> list[tuple[str, str, str]]:
    """The table of `name`: group=role@source, separated by commas; each as (group, role, source)."""
    table = []
    for line in env.list(name, default=[]):
        match = re.fullmatch(r"(?P<group>.+)=(?P<role>\w+)@(?P<source>[\w-]+)", line.strip())
        if match is None or match["role"] not in ROLES or match["source"] not in sources:
            raise SettingsError(
                f"{name} is a list of group=role@source, with a role among {', '.join(ROLES)}"
                " and a source that is set."
            )
        table.append((match["group"], match["role"], match["source"]))
    return table


def mail_settings(name: str) -> dict[str, Any]:
    """Django's settings for the mail server that `name` gives; empty when it gives none.

    smtp://, smtp+tls:// (STARTTLS) or smtp+ssl://, then USER:PASSWORD@HOST:PORT; never printed.
    """
    address = env.str(name, default="")
    if not address:
        return {}
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if parts.scheme not in MAIL_PORTS or not parts.hostname:
        env.refuse(f"{name} is not an address like smtp+tls://USER:PASSWORD@HOST:587.")
        return {}
    if is_placeholder(unquote(parts.password or "")):
        env.refuse(f"{name} still holds a placeholder password.")
    return {
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": port or MAIL_PORTS[parts.scheme],
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_TLS": parts.scheme == "smtp+tls",
        "EMAIL_USE_SSL": parts.scheme == "smtp+ssl",
    }


def is_placeholder(value: str) -> bool:
    """Whether it is what an example file says."""
    return any(word in value.lower() for word in PLACEHOLDERS)

"""What an audit found and could not find out, with names, severities and excuses; knows no database."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

CRITICAL, WARN = "CRITICAL", "WARN"
LEAK, DRIFT, UNKNOWN = "RLS_LEAK", "RLS_DRIFT", "RLS_UNKNOWN"

# Name -> severity, and what people read.
KINDS: dict[str, tuple[str, Any]] = {
    LEAK: (CRITICAL, _("Des lignes d’autrui se lisent ou s’écrivent")),
    "RLS_PUBLIC_POLICY": (CRITICAL, _("Une règle vaut pour tout le monde (PUBLIC)")),
    "RLS_DISABLED": (CRITICAL, _("Une table accessible n’a pas de sécurité par ligne")),
    "RLS_POLICY_UNUSED": (CRITICAL, _("Des règles ne servent pas : la sécurité est éteinte")),
    "RLS_ALWAYS_TRUE": (CRITICAL, _("Une condition est toujours vraie")),
    "RLS_TRUE_WITHOUT_IDENTITY": (CRITICAL, _("Une condition est vraie pour un inconnu")),
    "RLS_USER_METADATA": (CRITICAL, _("Une condition croit ce que chacun écrit de soi-même")),
    "RLS_AUTH_USERS_EXPOSED": (CRITICAL, _("Une vue montre les comptes de auth.users")),
    "RLS_ROLE_ESCALATION": (CRITICAL, _("Un rôle exposé peut en prendre un plus fort")),
    "RLS_VIEW_AS_OWNER": (WARN, _("Une vue lit avec les droits de son propriétaire")),
    "RLS_UNPROTECTABLE": (WARN, _("Une vue matérialisée ou une table étrangère est accessible")),
    "RLS_NOT_FORCED": (WARN, _("Le propriétaire se connecte et n’est lié par aucune règle")),
    "RLS_NO_POLICY": (WARN, _("Une table accessible n’a aucune règle")),
    "RLS_DEFINER_SEARCH_PATH": (WARN, _("SECURITY DEFINER sans search_path fixé")),
    "RLS_DEFINER_PUBLIC": (WARN, _("SECURITY DEFINER que tout le monde peut appeler")),
    "RLS_GRANT_PUBLIC": (WARN, _("Un droit est donné à tout le monde sans règle qui le demande")),
    "RLS_BYPASS_LOGIN": (WARN, _("Un compte se connecte et échappe à toute règle")),
    DRIFT: (WARN, _("Le résultat n’est plus celui qui a été approuvé")),
}

# Who asked, in words.
IDENTITIES = {
    "none": _("sans identité"),
    "random": _("un inconnu"),
    "tenant A": _("le client A"),
    "tenant B": _("le client B"),
}


def identity_words(names: str) -> str:
    """Identities as a finding holds them, in words."""
    return ", ".join(str(IDENTITIES.get(name, name)) for name in names.split(", "))


@dataclass(frozen=True)
class Excuse:
    """A finding that somebody answers for: its name, a pattern of its object, and why.

    A leak is excused by relation, role and verb alone (`public.people|staff|SELECT`), never by a pattern.
    """

    finding: str
    object: str
    reason: str


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong. `statement` shows it again to whoever runs it."""

    code: str
    object: str
    detail: str
    role: str = ""
    identity: str = ""
    verb: str = ""
    count: int = 0
    statement: str = ""
    excused: str = ""

    @property
    def severity(self) -> str:
        return KINDS[self.code][0]

    @property
    def label(self) -> str:
        return str(KINDS[self.code][1])

    def as_json(self) -> dict[str, Any]:
        return {"severity": self.severity} | asdict(self)


@dataclass(frozen=True)
class Unknown:
    """Something that could not be tried, and so was not passed."""

    object: str
    reason: str
    role: str = ""
    verb: str = ""
    excused: str = ""

    @property
    def code(self) -> str:
        return UNKNOWN

    def as_json(self) -> dict[str, str]:
        return asdict(self)


@dataclass
class Report:
    """All that one audit says. The matrix has a state for `table|role|verb`."""

    findings: list[Finding] = field(default_factory=list)
    unknowns: list[Unknown] = field(default_factory=list)
    matrix: dict[str, str] = field(default_factory=dict)
    roles: list[str] = field(default_factory=list)
    seconds: float = 0.0
    tries: int = 0
    on_the_source: bool = False

    @property
    def open(self) -> list[Finding]:
        return [one for one in self.findings if not one.excused]

    @property
    def exit_code(self) -> int:
        """0 clean; 1 something found; 2 nothing found, and something could not be looked at."""
        return 1 if self.open else 2 if any(not one.excused for one in self.unknowns) else 0

    def excuse(self, excuses: Iterable[Excuse]) -> None:
        """Give each finding and unknown the reason of whoever answers for it."""
        listed = list(excuses)
        self.findings = [replace(one, excused=_reason(one, listed)) for one in self.findings]
        self.unknowns = [replace(one, excused=_reason(one, listed)) for one in self.unknowns]

    def as_json(self) -> dict[str, Any]:
        return {
            "outcome": ("clean", "findings", "unknown")[self.exit_code],
            "findings": [one.as_json() for one in self.findings],
            "unknowns": [one.as_json() for one in self.unknowns],
            "matrix": self.matrix,
            "roles": self.roles,
            "seconds": round(self.seconds, 2),
            "tries": self.tries,
            "on_the_source": self.on_the_source,
        }


def excuses_read(path: Path) -> list[Excuse]:
    """A TOML file of `[[excused]]` entries. Raises ValueError with the first that lacks a word."""
    entries = tomllib.loads(path.read_text(encoding="utf-8")).get("excused", [])
    for entry in entries:
        if set(entry) != {"finding", "object", "reason"} or not all(entry.values()):
            raise ValueError(str(entry))
        if entry["finding"] not in {*KINDS, UNKNOWN}:
            raise ValueError(
                str(_("%(finding)s n’est pas un constat. Se nomment ici : %(known)s."))
                % {"finding": entry["finding"], "known": ", ".join([*KINDS, UNKNOWN])}
            )
    return [Excuse(**entry) for entry in entries]


def _reason(one: Finding | Unknown, excuses: Iterable[Excuse]) -> str:
    for excuse in excuses:
        if excuse.finding != one.code:
            continue
        if one.code == LEAK:
            if excuse.object == f"{one.object}|{one.role}|{one.verb}":
                return excuse.reason
        elif fnmatchcase(one.object, excuse.object):
            return excuse.reason
    return ""


def drift(before: Mapping[str, str], now: Mapping[str, str]) -> list[Finding]:
    """What the matrix says otherwise than the approved one."""
    return [
        Finding(
            DRIFT,
            key.split("|")[0],
            f"{before.get(key, '—')} → {now.get(key, '—')}",
            role=key.split("|")[1],
            verb=key.split("|")[2],
        )
        for key in sorted({*before, *now})
        if before.get(key) != now.get(key)
    ]

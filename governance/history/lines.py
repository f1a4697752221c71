"""Entries made ready for a page: who, what was meant at that moment, what changed, and where it leads."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b
from typing import Any

from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from alerts.decisions import decision_words
from alerts.kinds import Kind, KindOf, kinds_now, reader_language
from governance.core.identity.roles import CONSOLE_SOURCE, role_label
from governance.core.identity.sources import source_name
from governance.core.ledger.actors import actor_name
from governance.core.ledger.models import LedgerEntry
from governance.core.web.templatetags.ui import quantity
from governance.history.entries import account_name, is_about_alert, messages_then, names_of
from governance.history.sentences import action_label, by_loan, note_of, sentence
from governance.history.values import changes, people_in

# What a person signs; a page marks it among what machines wrote.
DECISIONS = (
    "alert.ack",
    "alert.propose",
    "alert.resolve",
    "alert.withdraw.ack",
    "alert.withdraw.resolve",
)


@dataclass(frozen=True)
class Line:
    """One entry as `jinja/history_entry.html` takes it."""

    seq: int
    at: datetime
    action: str
    title: str
    decided: str  # what a person decided, in words
    sentence: str
    who: str
    role: str
    source: str
    check_code: str
    note: str
    loan: str  # by whose right a delegate acted, and until when
    url: str
    hash: str
    changes: list[dict[str, str]]
    has_before: bool  # false for what only began to exist: there is nothing to compare with


@dataclass(frozen=True)
class Known:
    """What entries are told with beyond themselves: names by identity, messages then by seq."""

    names: dict[str, str]
    messages: dict[int, str]
    kind_of: KindOf = field(default_factory=kinds_now)

    def kind(self, entry: LedgerEntry) -> Kind | None:
        return self.kind_of(entry.check_code or "", entry.source or CONSOLE_SOURCE)


def known_of(entries: Sequence[LedgerEntry]) -> Known:
    """Two or three queries, however many entries there are."""
    people: set[str] = set()
    for entry in entries:
        people |= _people(entry)
    kind_of = kinds_now()
    return Known(names_of(people), messages_then(entries, kind_of), kind_of)


def reads_as(entry: LedgerEntry, known: Known) -> bytes:
    """All that the entry's line says, as 16 bytes: equal bytes, equal lines.

    The values themselves are in it and not only the number, so that an entry that was tampered with is
    shown as it stands.
    """
    parts = (
        (entry.seq, entry.at, entry.actor, entry.role, entry.action, entry.check_code),
        (entry.source, source_name(entry.source or ""), entry.subject_type, entry.subject_id),
        (entry.before, entry.after, bytes(entry.hash)),
        (get_language(), known.messages.get(entry.seq), known.kind(entry) is not None),
        sorted((person, known.names.get(person)) for person in _people(entry)),
    )
    return blake2b(repr(parts).encode(), digest_size=16).digest()


def _people(entry: LedgerEntry) -> set[str]:
    """Everybody whom the entry's line may name."""
    people = people_in(entry.before) | people_in(entry.after)
    if not entry.actor.startswith("system:"):
        people.add(entry.actor)
    if entry.subject_type == "user":
        people.add(entry.subject_id)
    return people


def line_of(entry: LedgerEntry, known: Known) -> Line:
    names = known.names
    return Line(
        seq=entry.seq,
        at=entry.at,
        action=entry.action,
        title=action_label(entry.action),
        decided=_decided(entry),
        sentence=sentence(entry, what=_what(entry, known), names=names),
        who=actor_name(entry.actor, names),
        role=role_label(entry.role),
        source=entry.source or "",
        check_code=entry.check_code or "",
        note=note_of(entry),
        loan=by_loan(entry, names),
        url=reverse("alert", args=[entry.subject_id]) if entry.subject_type == "alert" else "",
        hash=bytes(entry.hash).hex(),
        changes=changes(entry.before, entry.after, kind=known.kind(entry), names=names),
        has_before=entry.before is not None,
    )


def _decided(entry: LedgerEntry) -> str:
    if entry.action not in ("alert.resolve", "alert.propose"):
        return ""
    said = entry.after or {}
    if entry.action == "alert.propose":  # nothing is accepted yet
        day = parse_date(str(entry.values.get("accepted_until")))
        return _("jusqu’au %(until)s") % {"until": quantity(day)} if day else ""
    if "resolution_decision" not in said:  # the second of two people changed nothing of it
        return _("acceptation confirmée")
    return decision_words(said.get("resolution_decision"), said.get("accepted_until"))


def _what(entry: LedgerEntry, known: Known) -> str:
    if is_about_alert(entry):
        return known.messages.get(entry.seq, entry.subject_id)
    if entry.subject_type == "user":
        own = account_name(entry.after) or account_name(entry.before)
        return known.names.get(entry.subject_id) or own or entry.subject_id
    if entry.subject_type == "rule" and (kind := known.kind(entry)):
        return kind.title.in_(reader_language())
    return entry.subject_id


def timeline_item(line: Line, *, about: str = "") -> dict[str, Any]:
    """One moment of an alert's record as `jinja/timeline_item.html` takes it.

    `about`: which alert, where it is one of several.
    """
    return {
        "title": f"{line.title}{_(' :')} {line.decided}" if line.decided else line.title,
        "is_decision": line.action in DECISIONS,
        "about": about,
        "url": line.url if about else "",
        "who": line.who,
        "role": ", ".join(part for part in (line.role, line.loan) if part),
        "at": line.at,
        "text": line.note or _moved(line),
    }


def _moved(line: Line) -> str:
    """What a scan saw change, for entries whose title does not say it."""
    if line.action == "alert.close":  # the versions, when another one closed it than found it
        shown = [change for change in line.changes if change["key"] == "rule_version"]
    elif line.action.startswith(("alert.change", "alert.lapse", "alert.reopen")):
        shown = [change for change in line.changes if not change["key"].endswith(("_at", "_by"))]
    elif line.action in ("alert.contradict", "alert.resume"):
        return line.sentence
    else:
        return ""
    colon = _(" :")
    return "\n".join(f"{one['label']}{colon} {one['before']} → {one['after']}" for one in shown)

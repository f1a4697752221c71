"""Entries made ready for a page: who, what was meant at that moment, what changed, and where it leads."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from governance.ledger.models import LedgerEntry
from integrity.history.entries import account_name, messages_then, names_of
from integrity.history.values import changes, people_in
from integrity.history.words import action_label, actor_name, note_of, role_label, sentence


@dataclass(frozen=True)
class Line:
    """One entry as `integrity/_history_entry.html` takes it."""

    seq: int
    at: datetime
    action: str
    title: str
    sentence: str
    who: str
    role: str
    source: str
    check_code: str
    note: str
    url: str
    hash: str
    changes: list[dict[str, str]]
    has_before: bool  # false for what only began to exist: there is nothing to compare with

    @property
    def day(self) -> date:
        return timezone.localtime(self.at).date()


def history_lines(entries: Sequence[LedgerEntry]) -> list[Line]:
    """The entries in words; two or three queries, however many there are."""
    people = {entry.actor for entry in entries if not entry.actor.startswith("system:")}
    for entry in entries:
        people |= people_in(entry.before) | people_in(entry.after)
        if entry.subject_type == "user":
            people.add(entry.subject_id)
    names = names_of(people)
    messages = messages_then(entries)
    return [_line(entry, names, messages) for entry in entries]


def _line(entry: LedgerEntry, names: dict[str, str], messages: dict[int, str]) -> Line:
    return Line(
        seq=entry.seq,
        at=entry.at,
        action=entry.action,
        title=action_label(entry.action),
        sentence=sentence(entry, what=_what(entry, names, messages), names=names),
        who=actor_name(entry.actor, names),
        role=role_label(entry.role),
        source=entry.source or "",
        check_code=entry.check_code or "",
        note=note_of(entry),
        url=reverse("alert", args=[entry.subject_id]) if entry.subject_type == "alert" else "",
        hash=bytes(entry.hash).hex(),
        changes=changes(entry.before, entry.after, check_code=entry.check_code, names=names),
        has_before=entry.before is not None,
    )


def _what(entry: LedgerEntry, names: dict[str, str], messages: dict[int, str]) -> str:
    if entry.subject_type == "alert":
        return messages.get(entry.seq, entry.subject_id)
    if entry.subject_type == "user":
        own = account_name(entry.after) or account_name(entry.before)
        return names.get(entry.subject_id) or own or entry.subject_id
    return entry.subject_id


def timeline_items(lines: Sequence[Line]) -> list[dict[str, Any]]:
    """The record of one alert as `ui/timeline_item.html` takes it."""
    return [
        {
            "title": line.title,
            "who": line.who,
            "role": line.role,
            "at": line.at,
            "text": line.note or _moved(line),
        }
        for line in lines
    ]


def _moved(line: Line) -> str:
    """What a scan saw change, for entries whose title does not say it."""
    if line.action == "alert.close":  # the versions, when another one closed it than found it
        shown = [change for change in line.changes if change["key"] == "rule_version"]
    elif line.action.startswith(("alert.change", "alert.lapse", "alert.reopen")):
        shown = [change for change in line.changes if not change["key"].endswith(("_at", "_by"))]
    else:
        return ""
    colon = _(" :")
    return "\n".join(f"{one['label']}{colon} {one['before']} → {one['after']}" for one in shown)

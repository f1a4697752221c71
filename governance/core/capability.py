"""What a room brings to the console, as plain data.

Each room says it in its `capability.py`; settings.CAPABILITIES lists the rooms, in the order in which menu,
timetable, panels and /health show what they bring. The core reads it here, by name, and imports no room.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from functools import cache, reduce
from importlib import import_module
from operator import or_
from typing import Any, Literal

from django.conf import settings
from django.utils.functional import Promise

Words = str | Promise  # what people read, translated when it is shown

# Rights on a table; none at all: only migrations and functions touch it, as the owner.
READ = ("SELECT",)
ROWS = ("SELECT", "INSERT", "UPDATE", "DELETE")
OWNER_ALONE = ()


@dataclass(frozen=True)
class MenuEntry:
    """An entry of the menu: the name of an address, whose view says who may open it, and what is below it.

    Entries of one `group`, also of several rooms, are one entry of the menu under that name: it leads to the
    first that the reader may open, and the others are tabs above the content of each of these pages. Whoever
    may open only one of them reads its own name in the menu.
    """

    address: str
    label: Words
    below: tuple[str, ...] = ()
    group: Words = ""


@dataclass(frozen=True)
class PageWarning:
    """Something that every page must say until it is over; `url` leads those who may to its evidence."""

    title: str
    text: str
    url: str
    link_label: str


@dataclass(frozen=True)
class Panel:
    """A part of somebody else's page: a template, and its context; without one it is not shown.

    `context` is called with the request, and on an alert's page with the alert.
    """

    page: str  # `home` or `alert`
    template: str
    context: Callable[..., Mapping[str, Any]]


@dataclass(frozen=True)
class Schedule:
    """One line of the timetable: a `manage.py` command line, so that cron can run it as well.

    `cron` is in UTC; without one the schedule follows SCAN_INTERVAL_S. `answers`: the exit codes by
    which the command says that it did its work; what it found it has told by itself. Any other exit, and any
    exception, raises JOB_FAILED. A run that takes longer than `limit_s` seconds is ended by force.
    """

    key: str
    label: Words
    command: tuple[str, ...]
    limit_s: int
    cron: str = ""
    per_source: bool = False
    answers: frozenset[int] = frozenset({0})


@dataclass(frozen=True)
class Errand:
    """Work that a transaction asks for as it commits: a job of this name in the queue `messages`.

    A run that takes longer than `limit_s` seconds is ended by force.
    """

    name: str
    run: Callable[[], object]
    limit_s: int


@dataclass(frozen=True)
class Check:
    """One thing that `manage.py preflight` looked at. `detail`: one line, without any secret.

    `warn` is for whoever reads; only `fail` stops a deployment.
    """

    name: str
    state: Literal["ok", "warn", "fail"]
    detail: str


@dataclass(frozen=True)
class Gauge:
    """A figure of `/metrics`, read from the database when it is asked for: a row per value of `labels`."""

    name: str
    help: str
    rows: Mapping[Any, float]  # by a tuple of the labels' values
    labels: tuple[str, ...] = ()


@dataclass(frozen=True)
class LedgerAction:
    """Something that the ledger records: its heading, and the sentence that a director reads aloud.

    The sentence names `who`, `what` (what the alert said then, or whose account), `on` (the source) and what
    the room's `facts` give; where it depends on the entry, a function gives it. An action that is about a
    `subject_type` is noted by the program: by the one identity `system`, or by whoever holds `permission` on
    the source; `migrate` writes that into the database, which enforces it. Triggers record all others.
    """

    label: Words
    sentence: Words | Callable[[Any], str]
    note: Callable[[Any], str] = lambda entry: ""
    subject_type: str = ""
    system: str = ""
    permission: str = ""


@dataclass(frozen=True)
class Field:
    """A value of ledger entries, as the history shows it; without a label, under its own name."""

    label: Words | None = None
    is_shown: bool = True  # not: bookkeeping that says nothing that the other values do not say
    choices: Mapping[str, Any] = field(default_factory=dict)
    is_person: bool = False
    is_note: bool = False  # what somebody wrote
    write: Callable[[datetime], str] | None = None  # of an instant; by default the moment


@dataclass(frozen=True)
class Capability:
    """All that one room brings. Permissions stand at the views of `urls` (`requires`)."""

    menu: tuple[MenuEntry, ...] = ()
    urls: tuple[str, ...] = ()  # modules
    # What /health says, function of the reader's access (None for a stranger)
    health: dict[str, Callable[[Any], Any]] = field(default_factory=dict)
    # What must be in order before the console is started, or while it runs
    preflight: dict[str, Callable[[], Iterable[Check]]] = field(default_factory=dict)
    metrics: dict[str, Callable[[], Iterable[Gauge]]] = field(default_factory=dict)
    page_warnings: tuple[Callable[[Any], Iterable[PageWarning]], ...] = ()
    panels: tuple[Panel, ...] = ()
    schedules: tuple[Schedule, ...] = ()
    errands: tuple[Errand, ...] = ()
    kinds: tuple[
        Callable[[str], Mapping[str, Any]], ...
    ] = ()  # of check codes, by a source's slug (alerts.kinds)
    after_job: tuple[
        Callable[[Any, datetime], None], ...
    ] = ()  # of the job that ended, and when it began
    after_verification: tuple[
        Callable[[Any], None], ...
    ] = ()  # of what a verification of the ledger found
    # What the room keeps of what the ledger says: a verification asks about the entries that it read, after
    # a number up to another; gives the first of which something else is kept. Asks only PostgreSQL itself.
    derived: tuple[Callable[[int, int], int | None], ...] = ()
    actions: dict[str, LedgerAction] = field(default_factory=dict)
    # What sentences name, of an entry and the names of people: by the first word of the action
    facts: dict[str, Callable[[Any, Mapping[str, str]], Mapping[str, Any]]] = field(
        default_factory=dict
    )
    fields: dict[str, Field] = field(default_factory=dict)
    identities: dict[str, Words] = field(default_factory=dict)  # of the machine, with their names
    # In the database: what the runtime role may touch and call.
    tables: dict[str, tuple[str, ...]] = field(default_factory=dict)
    record: tuple[str, ...] = ()  # tables that no migration drops by chance
    sequences: tuple[str, ...] = ()
    functions: tuple[str, ...] = ()
    owner_alone: tuple[str, ...] = ()  # sequences and functions that only the owner uses


def registry() -> Capability:
    """What all rooms of settings.CAPABILITIES bring together; their modules are read at the first call."""
    return _together(tuple(settings.CAPABILITIES))


def panels(page: str, *about: Any) -> list[dict[str, Any]]:
    """The panels of a page that have something to show, each its context with its template."""
    return [
        {"template": panel.template, **context}
        for panel in registry().panels
        if panel.page == page and (context := panel.context(*about))
    ]


@cache
def _together(names: tuple[str, ...]) -> Capability:
    rooms = [import_module(f"{name}.capability").CAPABILITY for name in names]
    parts: dict[str, Any] = {}
    for part in fields(Capability):
        brought = [getattr(room, part.name) for room in rooms]
        is_mapping = isinstance(brought[0], Mapping)
        parts[part.name] = reduce(or_, brought) if is_mapping else sum(brought, ())
    return Capability(**parts)

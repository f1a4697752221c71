"""Reads of the ledger for pages and exports; row security decides what a reader sees, this what is asked."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.db.models.fields.json import KT
from django.utils.translation import gettext as _

from alerts.kinds import KindOf, message_in_words, reader_language
from alerts.models import Alert, Status
from alerts.queries import AlertFilter
from governance.core.identity.people import people
from governance.core.identity.roles import CONSOLE_SOURCE
from governance.core.ledger.models import ROUTINE, LedgerEntry
from governance.core.web.paging import Order, Page, whole_number

ORDER = Order({"seq": whole_number}, size=50, newest_first=True)
NOTHING = 0  # below every seq
FOUND = 2000  # of what a search finds at most: the newest
DECIDED = ("alert.resolve", "alert.propose")
# What people sign with a note, and where the note stands.
SPOKEN = (
    *DECIDED,
    "alert.ack",
    "alert.comment",
    "alert.withdraw.ack",
    "alert.withdraw.resolve",
    "delegation.grant",
)
NOTES = ("resolution_note", "acknowledgement_note", "reopening_note", "body", "reason")


@dataclass(frozen=True)
class HistoryFilter:
    """What is asked of the ledger; empty means "any". `since` and `until` are both included."""

    since: datetime | None = None
    until: datetime | None = None
    actor: str = ""
    action: str = ""
    source: str = ""
    check_code: str = ""
    alert: UUID | None = None
    decision: str = ""
    entity: str = ""  # all alerts about the thing of this id
    text: str = ""

    @property
    def columns(self) -> dict[str, str]:
        """Equalities; each has an index that ends in seq (governance/core/ledger/models.py)."""
        asked = {
            "actor": self.actor,
            "action": self.action,
            "check_code": self.check_code,
            "subject_type": "alert" if self.alert else "",
            "subject_id": str(self.alert or ""),
        }
        return {name: value for name, value in asked.items() if value}

    def narrow(self, entries: QuerySet[LedgerEntry]) -> QuerySet[LedgerEntry]:
        """The conditions that no column of its own holds."""
        if self.decision:
            entries = entries.filter(
                action__in=DECIDED, **{"after__resolution_decision": self.decision}
            )
        if self.entity:
            alerts = Alert.objects.filter(entity_id=self.entity)[:FOUND]
            entries = entries.filter(subject_type="alert", subject_id__in=_ids(alerts))
        return entries.filter(seq__in=_saying(self.text, entries)) if self.text else entries


def _saying(text: str, among: QuerySet[LedgerEntry]) -> list[int]:
    """Numbers of the newest FOUND entries about alerts that say it, and of those whose note says it.

    Read first, because an ordered scan for a rare word would read the whole ledger: alerts are searched as
    on the integrity screen, notes only in what people signed (index ledger_entry_action).
    """
    alerts = AlertFilter(status=tuple(Status.values), text=text).apply()[:FOUND]
    about = among.filter(subject_type="alert", subject_id__in=_ids(alerts))
    noted = Q()
    for name in NOTES:
        noted |= Q(**{f"after__{name}__icontains": text})
    said = among.filter(noted, action__in=SPOKEN)
    return [
        seq
        for part in (about, said)
        for seq in part.order_by("-seq").values_list("seq", flat=True)[:FOUND]
    ]


def _ids(alerts: QuerySet[Alert]) -> list[str]:
    return [str(one) for one in alerts.values_list("pk", flat=True)]


def seq_range(since: datetime | None, until: datetime | None) -> tuple[int, int | None]:
    """The numbers of a period. `at` never falls from one entry to the next, so a period is a range."""
    low, high = 1, None
    if since:
        first = LedgerEntry.objects.filter(at__gte=since).order_by("at", "seq")
        found = first.values_list("seq", flat=True).first()
        if found is None:
            return 1, NOTHING
        low = found
    if until:
        last = LedgerEntry.objects.filter(at__lte=until).order_by("-at", "-seq")
        high = last.values_list("seq", flat=True).first() or NOTHING
    return low, high


def history_entries(asked: HistoryFilter, *, upto: int) -> QuerySet[LedgerEntry]:
    """All that is asked for, routine included, unordered; nothing above number `upto`."""
    low, high = seq_range(asked.since, asked.until)
    chosen = LedgerEntry.objects.filter(seq__lte=upto if high is None else min(upto, high))
    if low > 1:
        chosen = chosen.filter(seq__gte=low)
    if asked.source:
        chosen = chosen.filter(source=asked.source)
    return asked.narrow(chosen.filter(**asked.columns))


def history_page(
    asked: HistoryFilter,
    *,
    sources: Iterable[str],
    routine: bool,
    cursor: str = "",
    order: Order = ORDER,
) -> Page[LedgerEntry]:
    """One page, newest first. `sources`: those whose history the reader may read.

    One ordered index scan per source, merged: a reader of one quiet source must not wade through the
    entries of a busy one.
    """
    low, high = seq_range(asked.since, asked.until)
    chosen = LedgerEntry.objects.filter(seq__gte=low, **asked.columns)
    if high is not None:
        chosen = chosen.filter(seq__lte=high)
    if place := order.place(cursor):
        chosen = chosen.filter(seq__lt=place[0])
    if not routine:
        chosen = chosen.exclude(action__in=ROUTINE)
    chosen = asked.narrow(chosen)
    branches = [chosen.filter(source=name) for name in _wanted(asked.source, sources)]
    # An entry of no source concerns the whole console; whoever reads any history reads it.
    if not asked.source:
        branches.append(chosen.filter(source=None))
    wanted = order.size + 1
    first, *others = (order.ordered(branch)[:wanted] for branch in branches)
    return order.page(order.ordered(first.union(*others, all=True))[:wanted] if others else first)


def _wanted(source: str, sources: Iterable[str]) -> list[str]:
    return [source] if source else sorted({*sources, CONSOLE_SOURCE})


def alert_entries(alert_id: UUID, *, size: int) -> list[LedgerEntry]:
    """The newest entries of one alert's record, newest first."""
    own = LedgerEntry.objects.filter(subject_type="alert", subject_id=str(alert_id))
    return list(own.order_by("-seq")[:size])


def alerts_entries(alert_ids: Iterable[UUID], *, size: int) -> list[LedgerEntry]:
    """The newest entries of several alerts together, newest first, without those of moved values."""
    own = _of_alerts(alert_ids).exclude(action="alert.change")
    return list(own.order_by("-seq")[:size])


def payloads_then(alert_ids: Iterable[UUID], *, size: int) -> list[tuple[datetime, UUID, Any]]:
    """(when, alert, payload) of the newest changes of what these alerts carried, oldest of them first."""
    rows = (
        _of_alerts(alert_ids)
        .filter(after__has_key="payload")
        .order_by("-seq")
        .values_list("at", "subject_id", "after")[:size]
    )
    return [(at, UUID(alert), (after or {})["payload"]) for at, alert, after in reversed(rows)]


def _of_alerts(alert_ids: Iterable[UUID]) -> QuerySet[LedgerEntry]:
    return LedgerEntry.objects.filter(
        subject_type="alert", subject_id__in=[str(one) for one in alert_ids]
    )


def is_about_alert(entry: LedgerEntry) -> bool:
    """Whether its subject is an alert: its own entry, or one of somebody's that repeats what it said."""
    return entry.subject_type == "alert" or "message" in (entry.after or {})


def messages_then(entries: Iterable[LedgerEntry], kind_of: KindOf) -> dict[int, str]:
    """Per seq of an entry about an alert, what the alert said at that moment: later messages may differ."""
    found = [entry for entry in entries if is_about_alert(entry)]
    messages = _values_then(found, "message")
    if reader_language() == "fr":
        return messages
    payloads, versions = _values_then(found, "payload"), _values_then(found, "rule_version")
    return {
        entry.seq: message_in_words(
            messages[entry.seq],
            json.loads(payloads.get(entry.seq, "null")),
            versions.get(entry.seq),
            kind_of(entry.check_code or "", entry.source or CONSOLE_SOURCE),
        )
        for entry in found
        if entry.seq in messages
    }


def _values_then(entries: Iterable[LedgerEntry], key: str) -> dict[int, str]:
    """Per seq, what a column of the alert held at that moment, as text; many an entry says it itself."""
    known, asked = {}, []
    for entry in entries:
        own = (entry.after or {}).get(key) if entry.subject_type == "alert" else None
        if own and isinstance(own, str):
            known[entry.seq] = own
        else:
            asked.append(entry.seq)
    if not asked:
        return known
    said = (
        LedgerEntry.objects.filter(
            subject_type="alert",
            subject_id=OuterRef("subject_id"),
            seq__lte=OuterRef("seq"),
            after__has_key=key,
        )
        .order_by("-seq")
        .annotate(value=KT(f"after__{key}"))
    )
    rows = LedgerEntry.objects.filter(seq__in=asked).annotate(
        said=Subquery(said.values("value")[:1])
    )
    return known | {seq: text for seq, text in rows.values_list("seq", "said") if text}


def names_of(ids: Iterable[str]) -> dict[str, str]:
    """Names of people by the uuid that the ledger holds; of a deleted account, the last one it had."""
    wanted = {one for one in ids if _is_uuid(one)}
    found = {str(one): str(person) for one, person in people(wanted).items()}
    gone = wanted - set(found)
    if gone:
        deleted = LedgerEntry.objects.filter(
            subject_type="user", subject_id__in=gone, action="user.delete"
        )
        for person, account in deleted.order_by("seq").values_list("subject_id", "before"):
            found[person] = _("%(name)s (compte supprimé)") % {"name": account_name(account)}
    return found


def account_name(account: Mapping[str, Any] | None) -> str:
    """The name of an account as `user.*` entries describe it; `str(User)` for those who are gone."""
    account = account or {}
    full = f"{account.get('first_name') or ''} {account.get('last_name') or ''}".strip()
    return full or str(account.get("username") or "")


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True

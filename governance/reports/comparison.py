"""A period beside the one before and the same of last year, its promises, its objects; from the ledger."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alerts.kinds import KindOf, reader_language
from alerts.kinds.due import due_at
from alerts.models import Severity, Status
from governance.core.database.stored_json import stored_json
from governance.core.ledger.models import LedgerEntry
from governance.core.web.templatetags.ui import duration, number
from governance.reports.figures import actions, as_of_end, counts_then, rows_of, window_of
from governance.reports.period import Period
from governance.reports.trends import Delay, Window, delays_of

FOUND = ("alert.open", "alert.reopen")
THINGS = 5
KEPT, BROKEN = ("alert.confirm",), ("alert.resume", "alert.contradict", "alert.reopen")


@dataclass(frozen=True)
class Measures:
    """What one period is compared by, and what that was read from, which its report says in full."""

    found: int
    resolved: int
    contradicted: int
    critical: int  # unresolved at its end
    median: timedelta | None  # from the first sight to the end
    done: list[tuple[str, str, str, int]]
    stood: dict[tuple[str, str], int]
    delays: list[Delay]


@dataclass(frozen=True)
class _Ended:
    """An episode that was over in the period, as `due_at` asks about it."""

    severity: str
    first_detected_at: datetime
    status: str = Status.ACK.value


def known_from(sources: Iterable[str]) -> datetime | None:
    """When the first complete scan of any of them was entered; before it nobody knew anything."""
    scans = LedgerEntry.objects.filter(action="scan.complete", source__in=list(sources))
    return scans.order_by("seq").values_list("at", flat=True).first()


def is_known(period: Period, since: datetime | None) -> bool:
    """Whether the console looked during all of it; `since` is when it began to."""
    return since is not None and since < period.since + timedelta(days=1)


def measures_of(period: Period, sources: Iterable[str]) -> Measures:
    window = window_of(period, sources)
    totals: Counter[str] = Counter()
    done, delays = actions(window), delays_of(window)
    for _actor, _role, action, count in done:
        totals[action] += count
    stood = counts_then(as_of_end(period, window))
    return Measures(
        found=sum(totals[one] for one in FOUND),
        resolved=totals["alert.resolve"],
        contradicted=totals["alert.contradict"],
        critical=sum(
            n for (severity, _status), n in stood.items() if severity == Severity.CRITICAL
        ),
        median=next(
            (one.median for one in delays if one.week is None and one.kind == "resolve"),
            None,
        ),
        done=done,
        stood=stood,
        delays=delays,
    )


def comparison(period: Period, sources: Iterable[str]) -> dict[str, Any]:
    """Three columns: the period, the one before, the same of last year; None where nobody knew."""
    held = list(sources)
    since = known_from(held)
    periods = (period, period.before, period.year_before)
    columns = [measures_of(one, held) if is_known(one, since) else None for one in periods]
    labels = {
        "found": _("Anomalies constatées ou revenues"),
        "resolved": _("Résolues par une personne"),
        "contradicted": _("Décisions contredites"),
        "critical": _("Critiques non résolues à la fin"),
        "median": _("Délai médian jusqu’à la résolution"),
    }
    return {
        "periods": [
            {"first": one.first, "last": one.last, "is_known": column is not None}
            for one, column in zip(periods, columns, strict=True)
        ],
        "rows": [
            {"label": label, "values": [_shown(column, name) for column in columns]}
            for name, label in labels.items()
        ],
        "known_from": since,
        # The first month that begins after the first scan, and the day on which its report can be drawn up.
        "whole_from": _next_month(timezone.localtime(since).date()) if since else None,
        "is_known": columns[0] is not None,
        "now": columns[0] or measures_of(period, held),
        "before": columns[1],
    }


def promises(window: Window, kind_of: KindOf) -> dict[str, Any]:
    """Acceptances and disputes whose day came in the period, and deadlines of what ended in it."""
    told = [
        {
            "url": reverse("alert", args=[alert]),
            "until": parse_date(until),
            "actor": actor,
            "outcome": _outcome(became),
            "is_kept": became in KEPT,
            "is_broken": became in BROKEN,
            "title": kind.title.in_(reader_language())
            if (kind := kind_of(code or "", source))
            else code,
        }
        for alert, source, code, until, actor, _seq, became in rows_of("promises", window.bound)
    ]
    late = ended = 0
    for source, code, first_detected_at, at in rows_of("ended", window.bound):
        kind = kind_of(code or "", source)
        if kind is None or first_detected_at is None:
            continue
        due = due_at(_Ended(kind.severity, first_detected_at), kind, kind_of.calendar(kind, source))
        ended += 1
        late += due is not None and at > due
    return {
        "rows": told,
        "kept": sum(one["is_kept"] for one in told),
        "broken": sum(one["is_broken"] for one in told),
        "ended": ended,
        "in_time": ended - late,
    }


def things(window: Window, kind_of: KindOf) -> list[dict[str, Any]]:
    """The five things with the most new episodes, by what their findings call them.

    A tank and the receptions into it are one thing to whoever reads a report.
    """
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for source, sort, name, count, code, payload, alert in rows_of("things", window.bound):
        kind = kind_of(code or "", source)
        held = stored_json(payload) if isinstance(payload, str) else payload
        words = (kind.shown(held, kind.object_key) if kind else "") or f"{sort} {name}"
        one = found.setdefault(
            (source, words),
            {
                "name": words,
                "title": kind.title.in_(reader_language()) if kind else code,
                "count": 0,
                "url": reverse("alert", args=[alert]),
            },
        )
        one["count"] += count
    return sorted(found.values(), key=lambda one: (-one["count"], one["name"]))[:THINGS]


def story(
    told: dict[str, Any], kept: dict[str, Any], named: list[dict[str, Any]], critical: int
) -> str:
    """The period in one paragraph that a chair can read aloud."""
    now, before = told["now"], told["before"]
    said = (
        []
        if told["is_known"]
        else [_("La console n’a pas vu toute cette période : voici ce qu’elle en sait.")]
    )
    said += [
        ngettext("%(n)s anomalie a été constatée", "%(n)s anomalies ont été constatées", now.found)
        % {"n": number(now.found)}
        + (
            _(", contre %(n)s la période d’avant.") % {"n": number(before.found)} if before else "."
        ),
        ngettext(
            "%(n)s a été résolue par une personne",
            "%(n)s ont été résolues par une personne",
            now.resolved,
        )
        % {"n": number(now.resolved)}
        + (
            _(", en %(long)s le plus souvent.") % {"long": duration(now.median)}
            if now.median
            else "."
        ),
    ]
    if now.contradicted:
        said.append(
            ngettext(
                "%(n)s décision a été contredite par le contrôle suivant.",
                "%(n)s décisions ont été contredites par le contrôle suivant.",
                now.contradicted,
            )
            % {"n": number(now.contradicted)}
        )
    if kept["rows"]:
        said.append(
            ngettext(
                "Promesse arrivée à son jour : %(total)s, tenue : %(kept)s.",
                "Promesses arrivées à leur jour : %(total)s, tenues : %(kept)s.",
                len(kept["rows"]),
            )
            % {"total": number(len(kept["rows"])), "kept": number(kept["kept"])}
        )
    said.append(
        ngettext(
            "À la fin, %(n)s anomalie critique restait à résoudre.",
            "À la fin, %(n)s anomalies critiques restaient à résoudre.",
            critical,
        )
        % {"n": number(critical)}
        if critical
        else _("À la fin, aucune anomalie critique ne restait à résoudre.")
    )
    if named and named[0]["count"] > 1:
        said.append(
            _("L’objet le plus touché est %(name)s, %(n)s fois.")
            % {"name": named[0]["name"], "n": number(named[0]["count"])}
        )
    return " ".join(said)


def _shown(column: Measures | None, name: str) -> str | None:
    if column is None:
        return None
    value = getattr(column, name)
    if isinstance(value, timedelta):
        return duration(value)
    return "—" if value is None else number(value)


def _outcome(became: str | None) -> str:
    if became in KEPT:
        return _("tenue : l’anomalie avait disparu")
    if became in BROKEN:
        return _("non tenue : l’anomalie est revenue")
    if became == "alert.withdraw.resolve":
        return _("reprise par une personne avant son jour")
    return _("l’anomalie est encore là, au dernier jour")


def _next_month(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1)

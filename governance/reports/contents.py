"""Puts a report's figures into words and tables; the same figures always give the same text."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, cast

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from alerts.kinds import KindOf, message_in_words, reader_language
from alerts.kinds.due import due_at
from alerts.models import Alert, Severity, Status
from governance.core.cache.lru import Cache
from governance.core.identity.roles import CONSOLE_SOURCE, role_label
from governance.core.identity.sources import source_name
from governance.core.web.templatetags.ui import at_most, duration
from governance.history.as_of import (
    AsOf,
    alerts_pending,
    freshness_as_of,
    proofs_as_of,
    views_as_of,
)
from governance.history.sentences import action_label
from governance.reports.comparison import comparison, promises, story, things
from governance.reports.figures import (
    Listed,
    accepted_risks,
    as_of_end,
    as_of_start,
    counts_then,
    coverage,
    evidence_of,
    is_closed,
    names_then,
    open_risks,
    silences,
    verification_then,
    window_of,
)
from governance.reports.period import Period
from governance.reports.trends import Delay, Window
from integrity.proofs.current import PROVED, SourceProof
from integrity.proofs.models import RuleProof
from integrity.scans.freshness import Freshness
from integrity.scans.kinds import kinds_by
from integrity.scans.pending import Pending, pending_summed, pending_then

OUTCOMES = ("scan.complete", "scan.failed", "scan.suspect")
# What a board asks first, in the order of a life: (words, actions, whether "0" is an answer too).
TOLD = (
    (_lazy("Anomalies constatées"), ("alert.open",), True),
    (_lazy("Revenues après leur résolution"), ("alert.reopen",), False),
    (_lazy("Décisions contredites par un contrôle"), ("alert.contradict",), False),
    (_lazy("Revenues à l’échéance de leur décision"), ("alert.resume",), False),
    (_lazy("Acquittées"), ("alert.ack",), True),
    (
        _lazy("Acquittements devenus caducs"),
        ("alert.lapse.severity", "alert.lapse.payload"),
        False,
    ),
    (_lazy("Acceptations proposées"), ("alert.propose",), False),
    (_lazy("Résolues par une personne"), ("alert.resolve",), True),
    (
        _lazy("Acquittements retirés et résolutions rouvertes"),
        ("alert.withdraw.ack", "alert.withdraw.resolve"),
        False,
    ),
    (_lazy("Closes par un contrôle"), ("alert.close",), True),
    (_lazy("Commentaires écrits"), ("alert.comment",), False),
)


KEPT: Cache[tuple[Any, ...], str] = Cache(32)


def report_text(period: Period, sources: Iterable[str]) -> str:
    """The report's HTML: for one reader's sources, one language and one release always the same bytes.

    So that of a closed period is kept for those who ask this process next. The hash of the entry with which
    the period ends names all before it. Whoever asks whether it can be drawn again asks `report_drawn`.
    """
    held = tuple(sorted(sources))
    end = evidence_of(as_of_end(period, window_of(period, held)))
    if end is None or not is_closed(period):
        return report_drawn(period, held)
    key = (period, held, get_language(), end.hash)
    return KEPT.get(key, lambda: report_drawn(period, held))


def report_drawn(period: Period, sources: Iterable[str]) -> str:
    """The same, read from the ledger anew."""
    window = window_of(period, sources)
    compared = comparison(
        period, window.sources
    )  # before what follows: one instant at a time is looked at
    asked = as_of_end(period, window)
    state = _state(asked, as_of_start(period, window), compared["now"].stood)
    views = views_as_of(asked)
    kind_of = kinds_by(views, asked.instant)
    proved = proofs_as_of(asked, views)
    risks, accepted = open_risks(asked), accepted_risks(asked, period)
    done = compared["now"].done
    people = {actor for actor, _role, _action, _n in done if ":" not in actor}
    people |= {str(one) for alert in [*risks.alerts, *accepted.alerts] for one in _people(alert)}
    kept = promises(window, kind_of)
    people |= {one["actor"] for one in kept["rows"]}
    names = names_then(people, asked)
    named = things(window, kind_of)
    context = {
        "story": story(compared, kept, named, state["critical"]),
        "comparison": compared,
        "promises": kept
        | {"rows": [one | {"who": names.get(one["actor"], "")} for one in kept["rows"]]},
        "things": named,
        "period": period,
        "sources": [source_name(one) for one in window.sources if one != CONSOLE_SOURCE],
        **state,
        "happened": _happened(done),
        "delays": _delays(compared["now"].delays),
        "risks": _listed(risks, names, asked, kind_of),
        "accepted": _listed(accepted, names, asked, kind_of),
        "actors": _actors(done, names),
        "coverage": _coverage(period, window, state["freshness"]),
        "proofs": _proofs(proved, kind_of),
        "is_proved": all(one.is_whole for one in proved),
        "evidence": evidence_of(asked),
        "verification": verification_then(asked),
    }
    return str(render_to_string("governance/_report.html", context))


def _state(asked: AsOf, start: AsOf, counts: dict[tuple[str, str], int]) -> dict[str, Any]:
    before = counts_then(start)
    # A source that nobody had ever read began with nothing known, which is not nothing wrong.
    began = freshness_as_of(start)
    unread = [one.label for one in began if not one.last_complete_at]
    was_known = len(unread) < len(began)  # of the others the figures stand
    rows = [
        {
            "severity": severity.value,
            "before": _active(before, severity) if was_known else None,
            "after": _active(counts, severity),
            "acknowledged": counts.get((severity.value, Status.ACK.value), 0),
        }
        for severity in Severity
    ]
    freshness = freshness_as_of(asked)
    found = _active(counts, Severity.CRITICAL) + _active(counts, Severity.WARN)
    return {
        "counts": rows,
        "was_known": was_known,
        "unread": unread,
        "critical": _active(counts, Severity.CRITICAL),
        "warn": _active(counts, Severity.WARN),
        "freshness": freshness,
        "pending": None if found else _pending(asked, freshness),
        "is_known": bool(freshness) and all(one.state == "ok" for one in freshness),
    }


def _pending(asked: AsOf, freshness: list[Freshness]) -> Pending:
    return pending_summed(pending_then(*alerts_pending(asked, freshness), freshness).values())


def _active(counts: dict[tuple[str, str], int], severity: Severity) -> int:
    return sum(count for (found, _status), count in counts.items() if found == severity)


def _happened(done: list[tuple[str, str, str, int]]) -> list[dict[str, Any]]:
    totals: Counter[str] = Counter()
    for _actor, _role, action, count in done:
        totals[action] += count
    counted = [(label, sum(totals[one] for one in actions), said) for label, actions, said in TOLD]
    return [{"label": label, "count": count} for label, count, said in counted if count or said]


def _delays(delays: Iterable[Delay]) -> list[dict[str, Any]]:
    labels = {"acknowledge": _("Jusqu’à l’acquittement"), "resolve": _("Jusqu’à la résolution")}
    totals = {one.kind: one for one in delays if one.week is None}
    return [
        {
            "label": label,
            "count": totals[kind].count,
            "median": duration(totals[kind].median),
            "longest": at_most(totals[kind].longest),
        }
        for kind, label in labels.items()
        if kind in totals
    ]


def _listed(found: Listed, names: dict[str, str], asked: AsOf, kind_of: KindOf) -> dict[str, Any]:
    """`asked` decides how old and how late they were: the end of the period, not today."""
    end = cast(datetime, asked.instant)
    return {
        "total": found.total,
        "cut": len(found.alerts) if found.total > len(found.alerts) else 0,
        "rows": [
            {
                "severity": alert.severity,
                "message": message_in_words(alert.message, alert.payload, alert.rule_version, kind),
                "url": reverse("alert", args=[alert.pk]),
                "since": alert.first_detected_at,
                "lasted": duration(end - alert.first_detected_at),
                "is_late": (due := due_at(alert, kind, kind_of.calendar(kind, alert.source)))
                is not None
                and due < end,
                "who": names.get(str(alert.assignee), ""),
                "decided_by": names.get(str(alert.resolved_by), ""),
                "proposed_by": names.get(str(alert.acceptance_proposed_by), ""),
                "until": alert.accepted_until,
                "note": alert.resolution_note,
            }
            for alert, kind in ((one, kind_of(one.check_code, one.source)) for one in found.alerts)
        ],
    }


def _actors(done: list[tuple[str, str, str, int]], names: dict[str, str]) -> list[dict[str, Any]]:
    """People only: what the machine did stands under what happened."""
    by_person: dict[tuple[str, str], list[str]] = defaultdict(list)
    for actor, role, action, count in done:
        if ":" not in actor:
            by_person[names[actor], role].append(
                f"{action_label(action)}\u00a0× {count}" if count > 1 else action_label(action)
            )
    return [
        {"who": who, "role": role_label(role), "did": did}
        for (who, role), did in sorted(by_person.items())
    ]


def _coverage(period: Period, window: Window, freshness: list[Freshness]) -> list[dict[str, Any]]:
    counts, silent = coverage(window), silences(period, window)
    return [
        {
            "source": one.slug,
            "counts": [counts.get((one.slug, outcome), 0) for outcome in OUTCOMES],
            # A day on which clocks move is a day.
            "silence": at_most(min(silent[one.slug], timedelta(days=period.days))),
            # None where no complete scan had read any.
            "rules": one.rules_count if one.last_complete_at else None,
        }
        for one in freshness
    ]


def _proofs(found: list[SourceProof], kind_of: KindOf) -> list[dict[str, Any]]:
    """A line per source: how many of the rules that its view held were proved there, as they were."""
    language = reader_language()
    return [
        {
            "source": one.source,
            "is_foreign": one.is_foreign,
            "is_edited": one.view.is_edited,
            "total": one.total,
            "good": one.good,
            "at": min((proof.proved_at for proof in one.proofs.values()), default=None),
            "bad": [
                {
                    "title": kind.title.in_(language)
                    if (kind := kind_of(proof.code, one.source))
                    else proof.code,
                    "verdict": str(RuleProof.Verdict(proof.verdict).label),
                }
                for _code, proof in sorted(one.proofs.items())
                if proof.verdict != PROVED
            ],
        }
        for one in found
    ]


def _people(alert: Alert) -> list[Any]:
    named = (alert.assignee, alert.resolved_by, alert.acceptance_proposed_by)
    return [one for one in named if one]

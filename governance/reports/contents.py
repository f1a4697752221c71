"""Puts a report's figures into words and tables; the same figures always give the same text."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, cast

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from alerts.kinds import KindOf, message_in_words, reader_language
from alerts.kinds.due import due_at
from alerts.models import ACTIVE, Alert, Severity, Status
from governance.core.identity.roles import CONSOLE_SOURCE, role_label
from governance.core.identity.sources import source_name
from governance.core.web.templatetags.ui import at_most, duration
from governance.history.as_of import AsOf, alerts_as_of, freshness_as_of, proofs_as_of, views_as_of
from governance.history.sentences import action_label
from governance.reports.figures import (
    Listed,
    accepted_risks,
    actions,
    as_of_end,
    as_of_start,
    counts_then,
    coverage,
    evidence_of,
    names_then,
    open_risks,
    silences,
    verification_then,
    window_of,
)
from governance.reports.period import Period
from governance.reports.trends import Window, delays_of
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


def report_text(period: Period, sources: Iterable[str]) -> str:
    """The report's HTML: for one reader's sources, one language and one release always the same bytes."""
    window = window_of(period, sources)
    asked = as_of_end(period, window)
    state = _state(asked, as_of_start(period, window))
    views = views_as_of(asked)
    kind_of = kinds_by(views, asked.instant)
    proved = proofs_as_of(asked, views)
    risks, accepted = open_risks(asked), accepted_risks(asked, period)
    done = actions(window)
    people = {actor for actor, _role, _action, _n in done if ":" not in actor}
    people |= {str(one) for alert in [*risks.alerts, *accepted.alerts] for one in _people(alert)}
    names = names_then(people, asked)
    context = {
        "period": period,
        "sources": [source_name(one) for one in window.sources if one != CONSOLE_SOURCE],
        **state,
        "happened": _happened(done),
        "delays": _delays(window),
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


def _state(asked: AsOf, start: AsOf) -> dict[str, Any]:
    before = counts_then(start)
    # A source that nobody had ever read began with nothing known, which is not nothing wrong.
    began = freshness_as_of(start)
    unread = [one.label for one in began if not one.last_complete_at]
    was_known = len(unread) < len(began)  # of the others the figures stand
    counts = counts_then(asked)
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
    decided = alerts_as_of(asked, (*ACTIVE, Status.RESOLVED))
    return pending_summed(pending_then(decided, freshness).values())


def _active(counts: dict[tuple[str, str], int], severity: Severity) -> int:
    return sum(count for (found, _status), count in counts.items() if found == severity)


def _happened(done: list[tuple[str, str, str, int]]) -> list[dict[str, Any]]:
    totals: Counter[str] = Counter()
    for _actor, _role, action, count in done:
        totals[action] += count
    counted = [(label, sum(totals[one] for one in actions), said) for label, actions, said in TOLD]
    return [{"label": label, "count": count} for label, count, said in counted if count or said]


def _delays(window: Window) -> list[dict[str, Any]]:
    labels = {"acknowledge": _("Jusqu’à l’acquittement"), "resolve": _("Jusqu’à la résolution")}
    totals = {one.kind: one for one in delays_of(window) if one.week is None}
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

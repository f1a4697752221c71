"""`/governance/scans` and `/governance/schedule`: that somebody looked, when, and what came of it."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_safe

from alerts.intake.progress import scans_running
from alerts.kinds import kinds_now, message_in_words, reader_language
from alerts.models import Alert
from governance.core.identity.roles import CONSOLE_SOURCE, Permission
from governance.core.jobs.health import workers_alive
from governance.core.web.http import ConsoleRequest, requires
from governance.core.web.listing import Filter, Listing, Reader, source_choices
from governance.core.web.templatetags.ui import lapse, number
from integrity.rules.catalog import catalog
from integrity.scans.models import Scan, ScanOutcome, ScanSummary
from integrity.scans.queries import (
    CHANGES_SHOWN,
    Changes,
    job_states,
    scan_changes,
    scan_find,
    scan_page,
    scan_thinned,
    summaries_beside,
)
from integrity.scans.reading.apart import OTHERS, readings_of

SCANS = Listing(
    view="scans",
    filters=(
        Filter("source", _lazy("Source"), source_choices),
        Filter(
            "outcome",
            _lazy("Résultat"),
            lambda *_args: ScanOutcome.choices,
            everything=_lazy("Tous"),
        ),
    ),
    further=_lazy("Contrôles plus anciens"),
)


@require_safe
@requires(Permission.VIEW)
def scans(request: ConsoleRequest) -> HttpResponse:
    """Scans of the reader's sources, newest first, narrowed by `source` and `outcome`."""
    held = request.access.sources[Permission.VIEW] - {CONSOLE_SOURCE}
    asked = SCANS.read(request.GET, Reader(held))
    sources = [asked.text("source")] if asked.text("source") else held
    outcome, cursor = asked.text("outcome"), asked.cursor
    page = scan_page(sources=sources, outcome=outcome, cursor=cursor)
    rows = [(scan.number, _row(scan)) for scan in page.rows]
    rows += [
        (summary.last_number, _summary(summary))
        for summary in summaries_beside(page, sources=sources, outcome=outcome, cursor=cursor)
    ]
    context = {
        "running": [one for one in scans_running() if one.source in held],
        "scans": [row for _number, row in sorted(rows, key=lambda one: one[0], reverse=True)],
        "asked": asked,
        "pager": asked.pager(page.next_cursor),
    }
    return render(request, "integrity/scans.html", context)


@require_safe
@requires(Permission.VIEW)
def scan(request: ConsoleRequest, scan_id: UUID) -> HttpResponse:
    """One scan with its evidence, and what it did to alerts for those who read the history."""
    found, summary = scan_find(scan_id), None
    if found is None:
        thinned = scan_thinned(scan_id)
        if thinned is None:
            raise Http404
        found, summary = thinned
    reads_history = request.access.may(Permission.HISTORY, found.source)
    changes = scan_changes(found) if reads_history else Changes([], 0)
    context = {
        "scan": _row(found),
        "summary": _summary(summary) if summary else None,
        "per_code": _per_code(found),
        "faults": found.faults,
        "faults_total": found.quarantined,
        "changes": _changes(changes),
        "changes_total": changes.total,
        "changes_shown": min(changes.total, CHANGES_SHOWN),
        "reads_history": reads_history,
        "list_url": reverse("scans"),
    }
    return render(request, "integrity/scan.html", context)


@require_safe
@requires(Permission.VIEW)
def schedule(request: ConsoleRequest) -> HttpResponse:
    """What the console does by itself: last run, duration, next run, result."""
    states = job_states(sources=request.access.sources[Permission.VIEW])
    context = {
        "jobs": [
            {
                "key": one.job.schedule.key,
                "label": one.job.schedule.label,
                "source": one.job.source,
                "command": "manage.py " + " ".join(one.job.command),
                "cron": one.job.when,
                "state": one.state,
                "started_at": one.run.started_at if one.run else None,
                "running_since": one.run.running_since if one.run else None,
                "duration": one.duration,
                "next_at": one.next_at,
                "said": one.run.said if one.run else "",
            }
            for one in states
        ],
        "workers": workers_alive(),
    }
    return render(request, "integrity/schedule.html", context)


def _row(scan: Scan) -> dict[str, Any]:
    return {
        "id": scan.pk,
        "url": reverse("scan", args=[scan.pk]),
        "source": scan.source,
        "outcome": scan.outcome,
        "started_at": scan.started_at,
        "finished_at": scan.finished_at,
        "duration": lapse(scan.finished_at - scan.started_at),
        "rows": scan.rows,
        "opened": scan.opened + scan.reopened,
        "reopened": scan.reopened,
        "changed": scan.changed + scan.lapsed,
        "lapsed": scan.lapsed,
        "closed": scan.closed,
        "held": scan.held,
        "quarantined": scan.quarantined,
        "error": scan.error,
        "view_hash": scan.view_hash,
        "evidence_hash": scan.evidence_hash,
        "unread": len(scan.unread),
        "stands_since": scan.stands_since,
        "disputed": ", ".join(f"{code} ({number(count)})" for code, count in scan.disputed.items()),
        "by_rule": bool(scan.readings),
        "is_edited": bool(scan.rules) and not scan.compiled,
        "is_foreign": scan.outcome != ScanOutcome.FAILED and not scan.compiled_rules,
    }


def _summary(summary: ScanSummary) -> dict[str, Any]:
    return {
        "summed": summary.scans,
        "source": summary.source,
        "first_at": summary.first_at,
        "last_at": summary.last_at,
        "thinned_at": summary.thinned_at,
        "rows_hash": summary.rows_hash,
    }


def _per_code(scan: Scan) -> list[dict[str, Any]]:
    """A line per rule of the view and per code that it reported, with the version that was read.

    What stands beside our rules was read as one thing, and has a line where something is known of that.
    """
    rules, ours, readings = catalog(scan.source), scan.compiled_rules, readings_of(scan)
    language = reader_language()
    lines = [
        {
            "code": code,
            "label": rules[code].title.in_(language) if ours and code in rules else "",
            "version": ours.get(code, ""),
            "rows": scan.per_code.get(code, 0),
            "reading": readings.get(code),
        }
        for code in sorted({*ours, *scan.per_code})
    ]
    if others := readings.get(OTHERS):
        label = _("Lignes d’une autre vue, lues ensemble")
        lines.append({"code": "", "label": label, "rows": others.rows, "reading": others})
    return lines


def _changes(changes: Changes) -> list[dict[str, Any]]:
    words = {
        "alert.open": _("Ouverte"),
        "alert.reopen": _("Rouverte"),
        "alert.contradict": _("Revenue malgré la décision"),
        "alert.resume": _("Revenue à l’échéance"),
        "alert.confirm": _("Résolution confirmée"),
        "alert.lapse.severity": _("Aggravée : à nouveau ouverte"),
        "alert.lapse.payload": _("Changée : à nouveau ouverte"),
        "alert.change": _("Mise à jour"),
        "alert.close": _("Close"),
    }
    ids = [entry.subject_id for entry in changes.entries]
    kind_of = kinds_now()
    messages = {
        str(one.pk): message_in_words(
            one.message, one.payload, one.rule_version, kind_of(one.check_code, one.source)
        )
        for one in Alert.objects.filter(pk__in=ids)
    }
    return [
        {
            "action": words.get(entry.action, entry.action),
            "code": entry.check_code,
            "message": messages.get(entry.subject_id, ""),
            "url": reverse("alert", args=[entry.subject_id]),
        }
        for entry in changes.entries
    ]

"""`/governance/history/attention`: what an auditor opens first, each line with its evidence."""

from collections.abc import Callable, Sequence
from datetime import datetime, time, timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from alerts.kinds import kinds_now, message_in_words
from governance.core.identity.roles import Permission
from governance.core.identity.sources import source_name
from governance.core.ledger.actors import actor_name
from governance.core.ledger.models import LedgerEntry
from governance.core.web.http import ConsoleRequest, requires
from governance.core.web.instants import instant_read
from governance.core.web.templatetags.ui import duration, number
from governance.history.entries import names_of
from governance.history.filters import day_of
from governance.history.lines import known_of, line_of
from governance.history.notable.queries import (
    ACKNOWLEDGED_DAYS,
    HASTY_S,
    SHOWN,
    TIMES,
    UNREAD_HOURS,
    Span,
    entries_numbered,
    entries_of,
    left_acknowledged,
    rows_of,
    span_of,
)

DAYS = 90
Line = dict[str, Any]


@require_safe
@requires(Permission.HISTORY)
def attention(request: ConsoleRequest) -> HttpResponse:
    since = instant_read(request.GET.get("from", ""), last=False)
    until = instant_read(request.GET.get("to", ""), last=True)
    today = timezone.localdate()
    since = since or timezone.make_aware(
        datetime.combine(today - timedelta(days=DAYS - 1), time.min)
    )
    until = until or timezone.make_aware(datetime.combine(today, time.max))
    span = span_of(since, until, request.access.sources[Permission.HISTORY])
    groups = [_group(*sort, read(span)) for sort, read in _sorts()]
    context = {
        "groups": groups,
        "total": sum(len(group["lines"]) for group in groups),
        "since": day_of(since),
        "until": day_of(until),
        "history_url": reverse("history"),
    }
    return render(request, "history/attention.html", context)


def _sorts() -> list[tuple[tuple[str, str, str], Callable[[Span], list[Line]]]]:
    """(key, heading, why one looks at it) with what reads it, the gravest first."""
    return [
        (
            (
                "contradicted",
                _("Décisions contredites par le contrôle suivant"),
                _("Quelqu’un a dit que c’était réglé, et la source dit le contraire."),
            ),
            lambda span: _told(entries_of("contradicted", span)),
        ),
        (
            (
                "lender",
                _("Délégués qui ont conclu pour qui leur a prêté le droit"),
                _("La même autorité a ouvert et fermé le dossier, par deux mains."),
            ),
            lambda span: _told(entries_of("confirmed_lender", span)),
        ),
        (
            (
                "together",
                _("Acceptations signées d’un seul geste"),
                _("Chaque anomalie a-t-elle été regardée ?"),
            ),
            _together,
        ),
        (
            (
                "hasty",
                _("Résolues en quelques secondes"),
                _("Moins de %(n)s secondes après ce qui précède.") % {"n": HASTY_S},
            ),
            lambda span: _told(entries_of("hasty", span)),
        ),
        (
            (
                "returning",
                _("Revenues %(n)s fois ou plus") % {"n": TIMES},
                _("La cause n’a pas été trouvée."),
            ),
            _returning,
        ),
        (
            (
                "left",
                _("Acquittées et jamais résolues"),
                _("Depuis plus de %(n)s jours, et toujours là aujourd’hui.")
                % {"n": ACKNOWLEDGED_DAYS},
            ),
            _left,
        ),
        (
            (
                "unread",
                _("Heures sans contrôle complet"),
                _("Plus de %(n)s heures pendant lesquelles rien ne pouvait être vu.")
                % {"n": UNREAD_HOURS},
            ),
            _unread,
        ),
    ]


def _group(key: str, heading: str, why: str, lines: list[Line]) -> dict[str, Any]:
    return {
        "key": key,
        "heading": heading,
        "why": why,
        "lines": lines[:SHOWN],
        "has_more": len(lines) > SHOWN,
    }


def _told(entries: Sequence[LedgerEntry]) -> list[Line]:
    """Entries as the history tells them; each opens the alert, and its own place in the history."""
    known = known_of(entries)
    lines = [line_of(entry, known) for entry in entries]
    return [
        {"at": one.at, "text": one.sentence, "note": one.note, "url": one.url, "seq": one.seq}
        for one in lines
    ]


def _together(span: Span) -> list[Line]:
    rows = rows_of("together", span)
    names = names_of(actor for _at, actor, _n, _seq in rows)
    return [
        {
            "at": at,
            "text": ngettext(
                "%(who)s a accepté %(n)s anomalie d’un seul geste",
                "%(who)s a accepté %(n)s anomalies d’un seul geste",
                count,
            )
            % {"who": actor_name(actor, names), "n": number(count)},
            "url": _history(at, at, actor=actor),
            "seq": seq,
        }
        for at, actor, count, seq in rows
    ]


def _returning(span: Span) -> list[Line]:
    rows = rows_of("returning", span)
    entries = entries_numbered(last for _id, _n, last in rows)
    known = known_of(list(entries.values()))
    return [
        {
            "at": entries[last].at,
            "text": _("%(n)s fois : %(what)s")
            % {"n": number(count), "what": known.messages.get(last, alert)},
            "url": f"{reverse('history')}?{urlencode({'alert': alert})}",
            "seq": last,
        }
        for alert, count, last in rows
        if last in entries
    ]


def _left(span: Span) -> list[Line]:
    found, kind_of = left_acknowledged(span.sources), kinds_now()
    names = names_of(str(one.acknowledged_by) for one in found)
    return [
        {
            "at": one.acknowledged_at,
            "text": _("%(who)s l’a acquittée il y a %(age)s : %(what)s")
            % {
                "who": names.get(str(one.acknowledged_by), _("compte inconnu")),
                "age": duration(timezone.now() - one.acknowledged_at),
                "what": message_in_words(
                    one.message,
                    one.payload,
                    one.rule_version,
                    kind_of(one.check_code, one.source),
                ),
            },
            "url": reverse("alert", args=[one.pk]),
        }
        for one in found
        if one.acknowledged_at is not None
    ]


def _unread(span: Span) -> list[Line]:
    return [
        {
            "at": since,
            "text": _("%(source)s : %(long)s sans contrôle complet")
            % {
                "source": source_name(source),
                "long": duration((until or span.until) - since),
            },
            "url": _history(since, until or span.until, source=source, routine="1"),
        }
        for source, since, until in rows_of("unread", span)
    ]


def _history(since: datetime, until: datetime, **asked: str) -> str:
    """The history between two instants, both included."""
    edges = {"from": _instant(since), "to": _instant(until)}
    return f"{reverse('history')}?{urlencode({**edges, **asked})}"


def _instant(at: datetime) -> str:
    return timezone.localtime(at).isoformat()

"""What changed since the reader last looked: counted from the alerts, put away by one POST."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count, F, Max, Q
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alerts.decisions import came_back, decided
from alerts.kinds import kinds_now, message_in_words
from alerts.models import ACTIVE, Alert, Severity, Status
from alerts.presentation import people
from alerts.queries import late_since
from governance.core.cache.per_state import once_per_state
from governance.core.identity.roles import Permission
from governance.core.web.errors import posted
from governance.core.web.http import ConsoleRequest, requires
from governance.core.web.templatetags.ui import number
from governance.desk.alerts.pulse import instant_asked
from governance.desk.models import DeskChoice

# Who never said so is told of the last day; nobody is told of more than a month.
AT_FIRST, LONGEST = timedelta(days=1), timedelta(days=30)
TOLD = 5  # alerts by name


@dataclass(frozen=True)
class News:
    """How many alerts did what since an instant, and the alerts that are told by name."""

    counts: dict[str, int]
    upto: datetime | None  # of the last change among them
    told: list[Alert]


def news_context(request: ConsoleRequest) -> dict[str, Any]:
    """Context of `governance/_news.html`."""
    now = timezone.now()
    looked = looked_at(request.user.pk)
    since = max(looked or now - AT_FIRST, now - LONGEST)
    if looked is None:  # the same answer for a minute, so that it can be kept
        since = since.replace(second=0, microsecond=0)
    found = news_since(since, request.access.sources[Permission.VIEW], request.user.pk)
    names, kind_of = people(found.told), kinds_now()
    return {
        "since": since,
        "is_first": looked is None,
        # Exactly what the page shows: what is recorded while it is read is news next time.
        "at": found.upto.isoformat() if found.upto else "",
        "sentences": _sentences(found.counts),
        "told": [
            {
                "url": reverse("alert", args=[one.pk]),
                "severity": one.severity,
                "what": came_back(one, names) or decided(one, names) or _happened(one, since),
                "message": message_in_words(
                    one.message, one.payload, one.rule_version, kind_of(one.check_code, one.source)
                ),
            }
            for one in found.told
        ],
    }


def looked_at(person: UUID) -> datetime | None:
    """Until when the person has seen everything; None for who never said so."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT looked_at FROM desk_choice WHERE owner_id = %s", [person])
        row = cursor.fetchone()
    return row[0] if row else None


@once_per_state
def news_since(since: datetime, sources: frozenset[str], reader: UUID) -> News:
    """What happened after `since` and is not the reader's own doing. Two queries over what moved."""
    late = dict(late_since(since))

    def after(instant: str) -> Q:
        return Q(**{f"{instant}__gt": since}) | Q(**{f"{instant}__in": list(late)})

    active = Q(status__in=ACTIVE)
    new = active & (after("created_at") | after("episode_at"))
    back = active & after("contradicted_at")
    person = Q(status=Status.RESOLVED, resolved_at__gt=since) & ~Q(resolved_by=reader)
    proposed = Q(status=Status.ACK, acceptance_proposed_at__gt=since) & ~Q(
        acceptance_proposed_by=reader
    )
    kinds = {
        "critical": new & Q(severity=Severity.CRITICAL),
        "opened": new & ~Q(severity=Severity.CRITICAL),
        "back": back,
        "decided": person & Q(resolved_by__isnull=False),
        "closed": after("resolved_at") & Q(status=Status.RESOLVED, resolved_by=None),
        "proposed": proposed,
    }
    moved = Alert.objects.filter(after("updated_at"), concerns__in=sources).exclude(
        severity=Severity.INFO
    )
    counts = moved.aggregate(
        upto=Max("updated_at"),
        **{name: Count("pk", filter=is_so) for name, is_so in kinds.items()},
    )
    upto = counts.pop("upto")
    if (
        upto is not None
    ):  # else a large scan, whose alerts carry an earlier instant, would be news again
        upto = max([upto, *late.values()])
    worth = kinds["critical"] | back | proposed | kinds["decided"]
    told = moved.filter(worth).order_by(F("severity_rank"), F("updated_at").desc(), "id")
    return News(counts, upto, list(told[:TOLD]) if any(counts.values()) else [])


def _sentences(counts: dict[str, int]) -> list[str]:
    texts = {
        "critical": ngettext(
            "%(n)s nouvelle critique", "%(n)s nouvelles critiques", counts["critical"]
        ),
        "opened": ngettext(
            "%(n)s nouvel avertissement", "%(n)s nouveaux avertissements", counts["opened"]
        ),
        "back": ngettext(
            "%(n)s revenue après une décision", "%(n)s revenues après une décision", counts["back"]
        ),
        "proposed": ngettext(
            "%(n)s acceptation proposée", "%(n)s acceptations proposées", counts["proposed"]
        ),
        "decided": ngettext(
            "%(n)s résolue par quelqu’un", "%(n)s résolues par quelqu’un", counts["decided"]
        ),
        "closed": ngettext(
            "%(n)s close : plus constatée", "%(n)s closes : plus constatées", counts["closed"]
        ),
    }
    return [text % {"n": number(counts[name])} for name, text in texts.items() if counts[name]]


def _happened(alert: Alert, since: datetime) -> str:
    if alert.acceptance_proposed_at and alert.acceptance_proposed_at > since:
        return _("acceptation proposée")
    return _("nouvelle") if alert.episode == 1 else _("de nouveau constatée")


@posted
@requires(Permission.VIEW)
def looked(request: ConsoleRequest) -> HttpResponse:
    """POST: all that the page showed at `at` is seen; back to the home page."""
    now = timezone.now()
    at = min(instant_asked(request.POST.get("at", "")) or now, now)
    DeskChoice.objects.update_or_create(owner_id=request.user.pk, defaults={"looked_at": at})
    response = HttpResponseRedirect(reverse("home"))
    response.status_code = 303
    return response

"""What the brief says: at most five lines, each with the page on which to decide. Writes nothing."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.formats import time_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alerts.calendars.queries import calendar_now
from alerts.calendars.working_time import WorkingCalendar
from alerts.kinds import KindOf, kinds_now, message_in_words
from alerts.kinds.due import due_at, late_count, late_limits
from alerts.models import ACTIVE, Alert, Severity, Status
from alerts.queries import AlertFilter
from governance.core.identity.models import SourceRole
from governance.core.identity.roles import CONSOLE_SOURCE, Permission
from governance.core.web.http import Access
from governance.core.web.templatetags.ui import in_words, moment, number
from integrity.scans.freshness import source_freshness

HOUR = time(7)
LONGEST_PAUSE = 32  # days that are looked back for one of work
READ = 500  # due times that are computed to find the first


@dataclass(frozen=True)
class Line:
    """`url`: where to decide, below the console's address."""

    key: str
    text: str
    url: str


@dataclass(frozen=True)
class Morning:
    """The morning that a brief belongs to, by the clock of the person's source.

    `calendars`: of each source of the person; None: it works every day.
    """

    now: datetime
    zone: ZoneInfo
    calendars: tuple[WorkingCalendar | None, ...] = ()

    @property
    def here(self) -> datetime:
        return self.now.astimezone(self.zone)

    @property
    def is_off(self) -> bool:
        """Whether none of the person's sources works today: then no mail goes."""
        return not self._works(self.here.date())

    @property
    def last_day(self) -> date:
        """The day of the brief before: yesterday, after a weekend or a holiday the last day of work."""
        earlier = (self.here.date() - timedelta(days=days) for days in range(1, LONGEST_PAUSE))
        return next(filter(self._works, earlier), self.here.date() - timedelta(days=1))

    @property
    def is_after_a_pause(self) -> bool:
        return self.here.date() - self.last_day > timedelta(days=1)

    @property
    def since(self) -> datetime:
        """Seven o'clock of that day."""
        return datetime.combine(self.last_day, HOUR, self.zone)

    @property
    def start(self) -> datetime:
        """The midnight with which it began."""
        return datetime.combine(self.last_day, time(0), self.zone)

    @property
    def midnight(self) -> datetime:
        return datetime.combine(self.here.date(), time(0), self.zone)

    @property
    def tomorrow(self) -> datetime:
        """The midnight with which it begins."""
        return datetime.combine(self.here.date() + timedelta(days=1), time(0), self.zone)

    def _works(self, day: date) -> bool:
        return not self.calendars or any(one is None or one.works_on(day) for one in self.calendars)


def morning_of(sources: Iterable[str], now: datetime) -> Morning:
    """By the clock of the first source of a person that has a calendar."""
    held = sorted(set(sources) - {CONSOLE_SOURCE})
    calendars = tuple(calendar_now(one) for one in held)
    zone = next((one.zone for one in calendars if one), settings.TIME_ZONE)
    return Morning(now, ZoneInfo(zone), calendars)


def brief(person: UUID, access: Access, now: datetime) -> list[Line]:
    """The lines for somebody who acts; one alone where there is nothing to say."""
    sources = access.sources[Permission.VIEW]
    morning, kinds = morning_of(sources, now), kinds_now()
    found = [
        _changed(morning),
        _waiting(person, sources, kinds),
        _due(sources, morning, kinds),
        _became(morning, kinds),
    ]
    said = [one for one in found if one]
    evidence, is_fresh = _evidence(sources)
    if said or not is_fresh:
        return [*said, evidence]
    quiet = _("Rien à dire : rien n’a changé, rien ne vous attend, rien n’échoit aujourd’hui.")
    return [Line("nothing", f"{quiet} {evidence.text}", evidence.url)]


def _changed(morning: Morning) -> Line | None:
    """What began, came back and ended since yesterday's brief."""
    lately = Alert.objects.filter(updated_at__gt=morning.since).exclude(severity=Severity.INFO)
    begun = lately.annotate(begun=Coalesce("episode_at", "created_at")).filter(
        begun__gt=morning.since, status__in=[*ACTIVE, Status.RESOLVED]
    )
    new, critical = begun.count(), begun.filter(severity=Severity.CRITICAL).count()
    back = lately.filter(contradicted_at__gt=morning.since, status__in=ACTIVE).count()
    over = lately.filter(status=Status.RESOLVED, resolved_at__gt=morning.since).count()
    parts = []
    if new:
        words = ngettext("%(n)s nouvelle alerte", "%(n)s nouvelles alertes", new) % {
            "n": number(new)
        }
        if critical:
            grave = ngettext("dont %(n)s critique", "dont %(n)s critiques", critical)
            words += f" ({grave % {'n': number(critical)}})"
        parts.append(words)
    if back:
        parts.append(ngettext("%(n)s revenue", "%(n)s revenues", back) % {"n": number(back)})
    if over:
        parts.append(ngettext("%(n)s terminée", "%(n)s terminées", over) % {"n": number(over)})
    if not parts:
        return None
    text = _("Depuis hier 7 h : %(what)s.")
    if morning.is_after_a_pause:
        text = _("Depuis le %(day)s à 7 h : %(what)s.")
    text %= {"what": ", ".join(parts), "day": in_words(morning.last_day)}
    return Line("changed", text, f"{reverse('integrity')}?sort=changed")


def _waiting(person: UUID, sources: frozenset[str], kinds: KindOf) -> Line | None:
    """What is this person's turn: entrusted, or of a rule whose owner's role the person holds."""
    mine = Q(assignee=person)
    for source, role in SourceRole.objects.filter(user_id=person).values_list("source", "role"):
        if source in sources:
            codes = [one.code for one in kinds.on(source).values() if one.owner_role == role]
            mine |= Q(assignee=None, source=source, check_code__in=codes)
    waiting = Alert.objects.filter(mine, status__in=ACTIVE).exclude(severity=Severity.INFO)
    count = waiting.count()
    if not count:
        return None
    first = waiting.order_by("severity_rank", "first_detected_at", "id")[0]
    critical = waiting.filter(severity=Severity.CRITICAL).count()
    words = ngettext("%(n)s alerte", "%(n)s alertes", count) % {"n": number(count)}
    if critical and count > 1:
        grave = ngettext("dont %(n)s critique", "dont %(n)s critiques", critical)
        words += f", {grave % {'n': number(critical)}}"
    text = _("À votre tour : %(what)s. D’abord : %(first)s") % {
        "what": words,
        "first": _words(first, kinds),
    }
    return Line("waiting", text, _address(first))


def _due(sources: frozenset[str], morning: Morning, kinds: KindOf) -> Line | None:
    """What gets late until midnight, the first of it, and how many are late already."""
    now, tomorrow = morning.now, morning.tomorrow
    by_night = AlertFilter(late=late_limits(tomorrow, sources, kinds)).apply()
    late_now = AlertFilter(late=late_limits(now, sources, kinds)).apply()
    today = by_night.exclude(pk__in=late_now.values("pk"))
    late, count = late_count(sources, now), today.count()
    if not count and not late:
        return None
    already = ""
    if late:
        words = ngettext("%(n)s est déjà en retard", "%(n)s sont déjà en retard", late)
        already = words % {"n": number(late)}
    if not count:
        url = f"{reverse('integrity')}?due=overdue"
        return Line(
            "due", _("Rien d’autre n’échoit aujourd’hui ; %(late)s.") % {"late": already}, url
        )
    first, at = _first_due(today, kinds)
    words = ngettext("%(n)s alerte", "%(n)s alertes", count) % {"n": number(count)}
    text = _("Échoit aujourd’hui : %(what)s, d’abord à %(at)s : %(first)s") % {
        "what": words,
        "at": time_format(at.astimezone(morning.zone), "H:i"),
        "first": _words(first, kinds),
    }
    if already:
        text = _("%(due)s ; %(late)s.") % {"due": text.rstrip("."), "late": already}
    return Line("due", text, _address(first))


def _first_due(today: QuerySet[Alert], kinds: KindOf) -> tuple[Alert, datetime]:
    dated = []
    for one in today.order_by("first_detected_at", "id")[:READ]:
        kind = kinds(one.check_code, one.source)
        at = due_at(one, kind, kinds.calendar(kind, one.source))
        if at is not None:
            dated.append((at, one))
    at, first = min(dated, key=lambda pair: (pair[0], pair[1].severity_rank, str(pair[1].pk)))
    return first, at


def _became(morning: Morning, kinds: KindOf) -> Line | None:
    """Of what people resolved since the last brief's day: what a scan confirmed, contradicted, is to see."""
    start, end = morning.start, morning.midnight
    lately = Alert.objects.filter(updated_at__gte=start)
    decided = lately.filter(
        status=Status.RESOLVED,
        resolved_by__isnull=False,
        resolved_at__gte=start,
        resolved_at__lt=end,
    )
    total = decided.count()
    held = decided.filter(absent_at__isnull=False).count()
    against = lately.filter(
        contradicted_resolved_at__gte=start,
        contradicted_resolved_at__lt=end,
        contradicted_at__gt=F("contradicted_resolved_at"),
        status__in=ACTIVE,
    ).order_by("severity_rank", "first_detected_at", "id")
    contradicted = against.count()
    parts = []
    if held:
        words = ngettext(
            "%(n)s confirmée par un contrôle", "%(n)s confirmées par un contrôle", held
        )
        parts.append(words % {"n": number(held)})
    if waits := total - held:
        words = ngettext("%(n)s attend un contrôle", "%(n)s attendent un contrôle", waits)
        parts.append(words % {"n": number(waits)})
    if contradicted:
        words = ngettext("%(n)s contredite", "%(n)s contredites", contradicted)
        parts.append(words % {"n": number(contradicted)})
    if not parts:
        return None
    text = _("Décisions d’hier : %(what)s.")
    if morning.is_after_a_pause:
        text = _("Décisions depuis le %(day)s : %(what)s.")
    text %= {"what": ", ".join(parts), "day": in_words(morning.last_day)}
    if first := against.first():
        return Line("became", f"{text} {_words(first, kinds)}", _address(first))
    return Line("became", text, f"{reverse('integrity')}?status=RESOLVED&sort=changed")


def _evidence(sources: frozenset[str]) -> tuple[Line, bool]:
    """How fresh all this is, and whether all of it is: the oldest evidence speaks."""
    found = source_freshness(sources - {CONSOLE_SOURCE})
    wrong = [one for one in found if one.state != "ok"]
    url = reverse("scans")
    if not found:
        return Line("evidence", _("INCONNU : aucune source ne vous est confiée."), url), False
    if wrong:
        names = ", ".join(one.label for one in wrong)
        text = _("INCONNU : les données de %(names)s ne sont pas fraîches.") % {"names": names}
        if at := min((one.last_complete_at for one in wrong if one.last_complete_at), default=None):
            text += " " + _("Dernier contrôle complet le %(at)s.") % {"at": moment(at)}
        return Line("evidence", text, url), False
    oldest = min(one.last_complete_at for one in found if one.last_complete_at)
    return Line("evidence", _("Données contrôlées le %(at)s.") % {"at": moment(oldest)}, url), True


def _words(alert: Alert, kinds: KindOf) -> str:
    kind = kinds(alert.check_code, alert.source)
    return message_in_words(alert.message, alert.payload, alert.rule_version, kind)


def _address(alert: Alert) -> str:
    return reverse("alert", args=[alert.pk])

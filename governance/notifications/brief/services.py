"""Who wants the brief, and writing it for each of them when it is seven there; the outbox sends it."""

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from governance.core.identity.acting import acting_as_system, acting_as_user
from governance.core.identity.models import User
from governance.core.identity.roles import Permission
from governance.core.web.http import access_of_actor
from governance.core.web.templatetags.ui import in_words
from governance.notifications.brief.contents import HOUR, Line, Morning, brief, morning_of
from governance.notifications.brief.models import BriefWish
from governance.notifications.models import Channel, Delivery, Family, Kind, Notice, NoticeState

IDENTITY = "notify"  # the outbox is its own


def brief_wish(*, person: UUID, wanted: bool) -> None:
    """The acting person's preference."""
    if wanted:
        BriefWish.objects.get_or_create(person_id=person)
    else:
        BriefWish.objects.filter(person_id=person).delete()


def briefs_write(now: datetime | None = None) -> int:
    """Write the brief of everybody for whom it is seven on a day of work and who has none yet; how many."""
    now = now or timezone.now()
    with acting_as_system(IDENTITY):
        wishes = list(BriefWish.objects.order_by("person_id"))
        people = User.objects.in_bulk([one.person_id for one in wishes])
    return sum(
        _write(people[one.person_id], one, now)
        for one in wishes
        if one.person_id in people and people[one.person_id].is_active
    )


def _write(person: User, wish: BriefWish, now: datetime) -> bool:
    with translation.override(person.language or "fr"):
        with acting_as_user(person.pk):
            access = access_of_actor()
            morning = morning_of(access.sources[Permission.VIEW], now)
            today = morning.here.date()
            is_time = morning.here.time() >= HOUR and not morning.is_off
            if not is_time or wish.sent_on == today or not person.email:
                return False
            with timezone.override(morning.zone):
                lines = brief(person.pk, access, now)
        with acting_as_system(IDENTITY):
            # Of two workers one finds the day still open.
            free = BriefWish.objects.filter(pk=wish.pk).exclude(sent_on=today)
            free = free | BriefWish.objects.filter(pk=wish.pk, sent_on=None)
            if not free.update(sent_on=today):
                return False
            message = brief_message(person, lines, morning, now)
            message.save(force_insert=True)
            waiting = Notice.objects.filter(
                person_id=person.pk, state=NoticeState.BRIEF, delivery=None, decided_at__lte=now
            )
            waiting.update(delivery=message)
            with connection.cursor() as cursor:
                cursor.execute("SELECT notification_wake(now())")
    return True


def brief_message(person: User, lines: list[Line], morning: Morning, now: datetime) -> Delivery:
    """The message of these lines, not stored yet. Inside `acting_as_system`, in the person's language."""
    subject = _("Point du matin, %(day)s") % {"day": in_words(morning.here.date())}
    context = {
        "subject": subject,
        "lines": [{"text": one.text, "url": f"{settings.CONSOLE_URL}{one.url}"} for one in lines],
        "language": person.language or "fr",
    }
    return Delivery(
        kind=Kind.BRIEF,
        source="",
        channel=Channel.objects.get(family=Family.MAIL),
        person_id=person.pk,
        address=person.email or "",
        language=person.language or "fr",
        subject=subject,
        text=render_to_string("notifications/mail/brief.txt", context).strip() + "\n",
        html=render_to_string("notifications/mail/brief.html", context),
        count=len(lines),
        created_at=now,
        due_at=now,
    )

"""Mail by Django's SMTP: text and HTML, one thread per alert, the delivery's key as its Message-ID."""

import smtplib
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.utils.translation import gettext as _

from governance.core.identity.models import User
from governance.notifications.channels.answer import Answer
from governance.notifications.models import Delivery, Outcome


def is_possible() -> bool:
    """Whether mail goes anywhere: to a server, or on a developer's machine to /governance/mailbox."""
    return bool(settings.SENDS_MAIL or is_mailbox())


def is_mailbox() -> bool:
    """Whether messages stay on a developer's machine, where an account needs no address."""
    return settings.APP_ENV == "local" and not settings.SENDS_MAIL


def address_of(person: User) -> str:
    """Where mail reaches somebody; empty: nowhere."""
    if not person.is_active or not is_possible():
        return ""
    return person.email or (person.username if is_mailbox() else "")


def send(delivery: Delivery) -> Answer:  # noqa: PLR0911  # one per answer
    """Raises OSError where nothing answers."""
    if is_mailbox():
        return Answer(Outcome.DELIVERED, _("gardé dans la boîte de démonstration"))
    if not settings.SENDS_MAIL:
        return Answer(Outcome.REFUSED, "EMAIL_URL is missing")
    try:
        message(delivery).send()
    except smtplib.SMTPRecipientsRefused as refused:
        return _answer(*next(iter(refused.recipients.values())))
    except smtplib.SMTPResponseException as error:
        return _answer(error.smtp_code, error.smtp_error)
    except (smtplib.SMTPNotSupportedError, ValueError) as error:
        return Answer(Outcome.REFUSED, str(error))  # an address that is none
    except smtplib.SMTPException as error:
        return Answer(Outcome.LATER, f"{type(error).__name__}: {error}")
    return Answer(Outcome.DELIVERED, "250")


def message(delivery: Delivery) -> EmailMultiAlternatives:
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    headers = {
        "Message-ID": f"<{delivery.pk}@{domain}>",
        "Auto-Submitted": "auto-generated",  # no holiday answer comes back
    }
    if delivery.thread:
        # The first message of the thread need not exist: clients put together whatever names the same one.
        headers |= dict.fromkeys(("In-Reply-To", "References"), f"<{delivery.thread}@{domain}>")
    mail = EmailMultiAlternatives(
        delivery.subject,
        delivery.text,
        to=[delivery.address],
        headers=headers,
        connection=get_connection(timeout=settings.EMAIL_TIMEOUT),
    )
    if delivery.html:
        mail.attach_alternative(delivery.html, "text/html")
    return mail


def _answer(code: int, text: bytes | str) -> Answer:
    """4xx passes, 5xx does not, as SMTP says."""
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    outcome = Outcome.REFUSED if code >= 500 else Outcome.LATER
    return Answer(outcome, f"SMTP {code} {words}")

"""Sends the link that lets a person in, in that person's language."""

import logging
from smtplib import SMTPException

from django.conf import settings
from django.utils import translation

from governance.access.sign_in.mail import mail_send
from governance.core.identity.models import Account

logger = logging.getLogger(__name__)


def link_sent(*, account: Account, url: str, purpose: str, by: str, language: str = "") -> bool:
    """False when the console sends no mail, the person has no address, or the server did not take it."""
    if not settings.SENDS_MAIL or not account.email:
        return False
    with translation.override(language or settings.LANGUAGE_CODE):
        context = {
            "username": account.username,
            "url": url,
            "by": by,
        }
        try:
            mail_send(f"account/email/{purpose}", account.email, context)
        except (OSError, SMTPException):
            logger.exception("mail was not sent")
            return False
    return True

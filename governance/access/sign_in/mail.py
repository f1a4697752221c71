"""Sends one plain mail from the templates `<prefix>_subject.txt` and `<prefix>_message.txt`."""

from collections.abc import Mapping
from typing import Any

from django.core.mail import EmailMessage
from django.template.loader import render_to_string


def mail_send(prefix: str, to: str, context: Mapping[str, Any]) -> None:
    """In the active language. Raises OSError or smtplib.SMTPException when the server does not take it."""
    subject = " ".join(render_to_string(f"{prefix}_subject.txt", dict(context)).split())
    body = render_to_string(f"{prefix}_message.txt", dict(context)).strip()
    EmailMessage(subject, f"{body}\n", to=[to]).send()

"""Setting up channels. A secret goes in and never comes out again. Callers are inside `acting_as_user`."""

from uuid import UUID

from django.db import IntegrityError, ProgrammingError, transaction
from django.utils import translation
from django.utils.translation import gettext as _
from psycopg.errors import InsufficientPrivilege

from governance.core.identity.acting import acting_as_system
from governance.core.identity.models import User
from governance.notifications.channels import mail
from governance.notifications.channels.addresses import Address
from governance.notifications.channels.secrets import secret_rewrite, secret_write
from governance.notifications.messages.compose import message_html
from governance.notifications.models import Channel, Delivery, Family, Kind
from governance.notifications.outbox.clock import IDENTITY


class NotAllowed(PermissionError):
    """The person does not administer the console."""


class NameTaken(ValueError):
    """Another channel is called that."""


def channel_create(*, name: str, address: Address, may_be_private: bool) -> Channel:
    """Raises NotAllowed, NameTaken, and NoKey where there is no key to encrypt with."""
    channel = Channel(
        name=name,
        family=address.family,
        secret=secret_write(address.secret),
        hint=address.hint,
        may_be_private=may_be_private,
    )
    _save(channel, is_new=True)
    return channel


def channel_change(
    *, channel: Channel, is_on: bool, may_be_private: bool, address: Address | None = None
) -> None:
    """Another address replaces the former and its keys; None keeps them. Raises as `channel_create`."""
    channel.is_on = is_on
    channel.may_be_private = may_be_private
    if address is not None:
        channel.secret = secret_write(address.secret)
        channel.hint = address.hint
    _save(channel, is_new=False)


def channel_test(*, channel: Channel, person: User) -> UUID:
    """Put one message into the outbox, as every other; its delivery tells what happened."""
    with translation.override(person.language or "fr"):
        text = _(
            "Ceci est un essai du canal « %(name)s », demandé par %(who)s. Rien n’est à faire."
        ) % {
            "name": channel.name,
            "who": str(person),
        }
        subject = _("Essai du canal « %(name)s »") % {"name": channel.name}
        html = message_html(subject, text, person.language or "fr")
    by_mail = channel.family == Family.MAIL
    try:
        with transaction.atomic():
            made = Delivery.objects.create(
                kind=Kind.TEST,
                source="",
                channel=channel,
                person_id=person.pk if by_mail else None,
                address=mail.address_of(person) if by_mail else "",
                language=person.language or "fr",
                subject=subject,
                text=f"{text}\n",
                html=html,
                data={"type": "test", "data": {"channel": channel.name}},
            )
    except ProgrammingError as error:
        if isinstance(error.__cause__, InsufficientPrivilege):
            raise NotAllowed from error
        raise
    return made.pk


def secrets_rewrite() -> int:
    """Encrypt every secret with the first key, so that the others may go; how many. Raises NoKey."""
    with acting_as_system(IDENTITY):
        held = list(Channel.objects.exclude(secret=None))
        for channel in held:
            Channel.objects.filter(pk=channel.pk).update(secret=secret_rewrite(channel.secret))
    return len(held)


def _save(channel: Channel, *, is_new: bool) -> None:
    columns = ["is_on", "may_be_private", "secret", "hint"]
    try:
        with transaction.atomic():
            if is_new:
                channel.save(force_insert=True)
            elif not Channel.objects.filter(pk=channel.pk).update(
                **{name: getattr(channel, name) for name in columns}
            ):
                raise NotAllowed
    except IntegrityError as error:
        raise NameTaken from error
    except ProgrammingError as error:
        if isinstance(error.__cause__, InsufficientPrivilege):
            raise NotAllowed from error
        raise

"""Channels, messages and runs of the outbox for tests."""

import uuid
from datetime import datetime
from typing import Any

from governance.core.identity.acting import acting_as_system
from governance.notifications.channels.secrets import secret_write
from governance.notifications.channels.webhook import keys_make
from governance.notifications.models import Channel, Delivery, Family, Kind
from governance.notifications.outbox.group import group
from governance.notifications.outbox.plan import plan
from governance.notifications.outbox.send import send_next

KEY = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="


def webhook_channel(url: str, *, name: str = "essai", private: bool = True) -> Channel:
    return channel(name, Family.WEBHOOK, {"url": url, **keys_make()}, private=private)


def channel(name: str, family: Family, secret: dict[str, str], *, private: bool = True) -> Channel:
    with acting_as_system("install"):
        return Channel.objects.create(
            name=name, family=family, secret=secret_write(secret), may_be_private=private
        )


def messages(channel: Channel, count: int, **values: Any) -> list[uuid.UUID]:
    """That many in the outbox, each to somebody else."""
    with acting_as_system("notify"):
        made = Delivery.objects.bulk_create(
            Delivery(
                kind=Kind.OPENED,
                source="depot",
                channel=channel,
                subject=f"Message {number}",
                text="Un essai.",
                data={"type": "alert.opened", "data": {"number": number}},
                **values,
            )
            for number in range(count)
        )
    return [one.pk for one in made]


def delivery(pk: uuid.UUID) -> Delivery:
    with acting_as_system("test"):
        return Delivery.objects.get(pk=pk)


def run(at: datetime | None = None) -> int:
    """Decide, group and send all that is due at this instant; how many messages were tried."""
    tried = 0
    while True:
        plan(at)
        group(at)
        if not send_next(at):
            return tried
        tried += 1

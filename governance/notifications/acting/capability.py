"""What acting from a message brings: its page, and the links that were used."""

from governance.core.capability import Capability

CAPABILITY = Capability(
    urls=("governance.notifications.acting.urls",),
    tables={"message_link": ("SELECT", "INSERT")},
)

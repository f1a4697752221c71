"""What notifications bring: their tables, and who writes them."""

from django.utils.translation import gettext_lazy as _

from governance.core.capability import Capability

IDENTITY = "notify"

CAPABILITY = Capability(
    identities={IDENTITY: _("L’avertisseur")},
    tables={
        "channel": ("SELECT", "INSERT", "UPDATE"),
        "notification": ("SELECT", "INSERT", "UPDATE"),
        "notice": ("SELECT", "INSERT", "UPDATE"),
        "delivery": ("SELECT", "INSERT", "UPDATE"),
        "delivery_attempt": ("SELECT", "INSERT", "UPDATE"),
        "maintenance_window": ("SELECT", "INSERT", "UPDATE"),
    },
    record=("notification", "notice", "delivery", "delivery_attempt", "maintenance_window"),
    functions=("notification_wake",),
)

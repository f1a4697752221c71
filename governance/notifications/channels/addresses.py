"""What an administrator types of a channel, as the address that its family understands."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from governance.notifications.channels.apprise import service_of
from governance.notifications.channels.webhook import keys_make
from governance.notifications.models import Family

# What Apprise's addresses of each family begin with; it knows a service's own https:// address as well.
SCHEMES = {
    Family.SLACK: ("slack",),
    Family.TEAMS: ("workflow", "workflows", "msteams"),
    Family.MATTERMOST: ("mmost", "mmosts"),
    Family.TELEGRAM: ("tgram",),
    Family.WHATSAPP: ("whatsapp",),
    Family.SMS: (
        "twilio",
        "vonage",
        "nexmo",
        "clickatell",
        "bulksms",
        "sinch",
        "plivo",
        "msg91",
        "d7sms",
    ),
    Family.JSON: ("json", "jsons"),
}


class BadAddress(ValueError):
    """Says in words what is wrong; holds nothing of what was typed."""


@dataclass(frozen=True)
class Address:
    """`hint`: what of it may be shown."""

    family: Family
    secret: dict[str, str]
    hint: str


def address_read(family: Family, text: str) -> Address:
    """Raises BadAddress. A webhook gets its keys here."""
    try:
        parts = urlsplit(text.strip())
        host = parts.hostname or ""
        _port = parts.port
    except ValueError as error:
        raise BadAddress(_("Ceci n’est pas une adresse.")) from error
    if family == Family.WEBHOOK:
        if parts.scheme not in ("http", "https") or not host:
            raise BadAddress(_("Un webhook a une adresse https://hôte/chemin."))
        return Address(family, {"url": text.strip(), **keys_make()}, host)
    known = service_of(text.strip())
    if known is None:
        raise BadAddress(_("Apprise ne connaît pas cette adresse."))
    service, schemes = known
    if not schemes & set(SCHEMES[family]):
        raise BadAddress(
            _("Cette adresse n’est pas de cette famille : attendu %(schemes)s.")
            % {"schemes": ", ".join(f"{one}://" for one in SCHEMES[family])}
        )
    # Only of a server of one's own is the host no secret; elsewhere it is where the token stands.
    hint = host if family in (Family.MATTERMOST, Family.JSON) else service
    return Address(family, {"url": text.strip()}, hint)

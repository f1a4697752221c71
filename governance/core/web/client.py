"""Says where a request comes from, as far as the proxies before the console can be believed."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """Where a request comes from: the connection's other end, or what TRUSTED_PROXIES proxies say.

    Each proxy appends whom it saw to X-Forwarded-For, so the entry of the first trusted one is counted from
    the right; what stands further left is the client's own invention. Of an IPv6 address the network
    (/64), since one customer holds all of it.
    """
    said = str(request.META.get("REMOTE_ADDR", ""))
    if settings.TRUSTED_PROXIES:
        header = request.headers.get("X-Forwarded-For", "")
        hops = [one.strip() for one in header.split(",")]
        if header and len(hops) >= settings.TRUSTED_PROXIES:
            said = hops[-settings.TRUSTED_PROXIES]
    try:
        address = ipaddress.ip_address(said)
    except ValueError:
        return said[:64]
    if address.version == 6:
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)

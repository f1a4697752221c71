"""Which addresses a channel may connect to: public ones, and others only where an administrator said so.

Imported by the process that calls Apprise as well, so it knows no Django.
"""

import ipaddress
import socket
from typing import Any

_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class PrivateAddress(OSError):
    """The name leads into a network that is nobody's but our own."""

    def __init__(self, host: str) -> None:
        super().__init__(f"{host} leads to a private address, which this channel does not allow")


def is_public(address: str) -> bool:
    """Whether anybody on the internet has it; the IPv4 address that an IPv6 one carries is asked instead."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour
        if ip in _NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            ip = inner
    return ip.is_global and not ip.is_multicast


def resolve(host: str, port: int, *, may_be_private: bool, ask: Any = None) -> list[Any]:
    """What getaddrinfo says, all of it permitted; to be connected to as it is, without a second look.

    One private address among public ones refuses the whole name.
    """
    found = (ask or socket.getaddrinfo)(host, port, 0, socket.SOCK_STREAM)
    if not may_be_private and not all(is_public(str(one[4][0])) for one in found):
        raise PrivateAddress(host)
    return list(found)

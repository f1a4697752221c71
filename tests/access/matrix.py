"""Pages of governance/access, in the shape of tests/pages/test_permissions.py."""

from typing import Any

from governance.core.identity.roles import Permission

GUARDED: dict[str, tuple[Permission, tuple[str, ...], dict[str, Any]]] = {
    "governance/access/row-security": (Permission.ADMINISTER, ("GET", "HEAD"), {}),
    "governance/access/row-security/approve": (
        Permission.ADMINISTER,
        ("POST",),
        {"source": "depot", "audit": "00000000-0000-0000-0000-000000000000", "note": "vu"},
    ),
    "governance/access/review": (
        Permission.ADMINISTER,
        ("GET", "HEAD", "POST"),
        {"source": "<review>"},
    ),
    "governance/access/journal": (Permission.ADMINISTER, ("GET", "HEAD"), {}),
}

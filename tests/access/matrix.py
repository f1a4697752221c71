"""The pages of `governance.access` that came after tests/pages/test_permissions.py."""

from governance.core.identity.roles import Permission

GUARDED = {
    "governance/access/row-security": (Permission.ADMINISTER, ("GET", "HEAD"), {}),
    "governance/access/row-security/approve": (
        Permission.ADMINISTER,
        ("POST",),
        {"source": "depot", "audit": "00000000-0000-0000-0000-000000000000", "note": "vu"},
    ),
}

"""The page of the brief, in the shape of tests/pages/test_permissions.py; who reaches its rows."""

from governance.core.identity.roles import Permission

GUARDED = {
    "governance/brief": (Permission.VIEW, ("GET", "HEAD", "POST"), {"wanted": "yes"}),
}
REACHED: dict[str, dict[str, set[str]]] = {"brief_wish": {}}

"""The pages of this room, in the shape of tests/pages/test_permissions.py."""

from governance.core.identity.roles import Permission

GUARDED = {
    "governance/sources/<str:slug>": (Permission.VIEW, ("GET", "HEAD"), {}),
    # Of a source that is configured: nothing is done, and the page says so.
    "governance/sources/<str:slug>/retire": (Permission.ADMINISTER, ("POST",), {"note": "fermée"}),
}

"""The page of a message's link, in the shape of tests/pages/test_permissions.py; who reaches its rows."""

from governance.core.identity.roles import Permission

GUARDED: dict[str, tuple[dict[str, Permission], tuple[str, ...], dict[str, str]]] = {
    "governance/messages/<str:link>": (
        {"GET": Permission.VIEW, "HEAD": Permission.VIEW, "POST": Permission.ACT},
        ("GET", "HEAD", "POST"),
        {},
    ),
}
REACHED: dict[str, dict[str, set[str]]] = {"message_link": {}}

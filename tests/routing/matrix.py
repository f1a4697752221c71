"""Pages about who is told, in the shape of tests/pages/test_permissions.py; who reaches their rows."""

from governance.core.identity.roles import Permission, Role

HOLD = {*(role.value for role in Role), "delegate", "delegate-after", "elsewhere"}

GUARDED = {
    "governance/notifications/routing": (
        Permission.ADMINISTER,
        ("GET", "HEAD", "POST"),
        {"source": "depot", "who": "ROLE:gerant"},
    ),
    "governance/notifications/routing/<uuid:route_id>/remove": (
        Permission.ADMINISTER,
        ("POST",),
        {},
    ),
    "governance/notifications/on-call": (
        {"GET": Permission.VIEW, "HEAD": Permission.VIEW, "POST": Permission.ADMINISTER},
        ("GET", "HEAD", "POST"),
        {
            "source": "depot",
            "person": "<gerant>",
            "starts": "2026-03-02T07:00",
            "ends": "2026-03-09T07:00",
        },
    ),
}
REACHED = {
    "notification_route": {"SELECT": HOLD},
    "on_call_turn": {"SELECT": HOLD},
}

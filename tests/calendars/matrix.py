"""The page of a calendar, in the shape of tests/pages/test_permissions.py; who reaches its rows."""

from governance.core.identity.roles import Permission, Role

GUARDED = {
    "governance/sources/<str:slug>/calendar": (
        Permission.ADMINISTER,
        ("GET", "HEAD", "POST"),
        {"zone": "Africa/Lubumbashi", "day0": "07:30-12:00", "holidays": "06-30 Indépendance"},
    ),
}
REACHED = {
    "source_calendar": {
        "SELECT": {*(role.value for role in Role), "delegate", "delegate-after", "elsewhere"},
    }
}

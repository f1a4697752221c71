"""Pages of people for tests/pages/test_permissions.py: permission, methods, body of a good POST."""

from governance.core.identity.roles import Permission

ADMINISTER = Permission.ADMINISTER
PERSON = "governance/people/<uuid:person_id>"
INVITATION = {"username": "<name>", "language": "fr", "source": "depot", "role": "gerant"}

GUARDED = {
    "governance/people": (ADMINISTER, ("GET", "HEAD"), {}),
    "governance/people/invite": (ADMINISTER, ("GET", "HEAD", "POST"), INVITATION),
    PERSON: (ADMINISTER, ("GET", "HEAD"), {}),
    f"{PERSON}/change": (ADMINISTER, ("POST",), {"first_name": "Ange"}),
    f"{PERSON}/role": (ADMINISTER, ("POST",), {"source": "depot", "role": "pca"}),
    f"{PERSON}/close": (ADMINISTER, ("GET", "HEAD", "POST"), {}),
    f"{PERSON}/reopen": (ADMINISTER, ("POST",), {}),
    f"{PERSON}/link": (ADMINISTER, ("POST",), {}),
    f"{PERSON}/sessions": (ADMINISTER, ("POST",), {}),
    f"{PERSON}/factors": (ADMINISTER, ("POST",), {}),
    "governance/configuration": (ADMINISTER, ("GET", "HEAD"), {}),
}

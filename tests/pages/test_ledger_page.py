"""`/governance/ledger` says what was written since, and nothing of its own verification."""

from django.test import Client

from governance.core.identity.acting import acting_as_system
from governance.core.identity.models import User
from governance.core.identity.roles import Role
from tests.conftest import make_user
from tests.pages.dom import text_of


def test_it_does_not_count_the_verification(fresh_console):
    client = Client()
    client.force_login(make_user("auditrice", {"depot": Role.AUDITEUR}))
    other = make_user("autre", {"depot": Role.PCA})
    client.post("/governance/ledger/verify")
    assert "depuis." not in text_of(client.get("/governance/ledger"))
    with acting_as_system("install"):
        User.objects.filter(pk=other.pk).update(first_name="Z")
    assert "1 entrée a été écrite depuis." in text_of(client.get("/governance/ledger"))

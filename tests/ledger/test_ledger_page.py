"""The ledger's page on a console of its own, where nothing was added to what migrations make."""

from django.test import Client

from governance.core.identity.acting import acting_as_system
from governance.core.identity.roles import Role
from governance.core.ledger.models import LedgerEntry
from governance.core.ledger.verification.verify import ledger_verify
from tests.conftest import make_user


def test_the_ledgers_page_says_what_is_known_and_no_more(fresh_console):
    client = Client()
    client.force_login(make_user("auditeur", {"depot": Role.AUDITEUR}))
    page = client.get("/governance/ledger").content.decode()
    assert 'data-ledger="unknown"' in page
    with acting_as_system("test"):
        last = LedgerEntry.objects.order_by("-seq").values_list("seq", flat=True).first()
    assert ledger_verify().is_whole
    page = client.get("/governance/ledger").content.decode()
    assert 'data-ledger="whole"' in page
    assert "par la vérification automatique" in page
    assert f"n° {last}" in page
    done = client.post("/governance/ledger/verify", follow=True)
    assert done.redirect_chain == [("/governance/ledger", 303)]
    text = done.content.decode()
    assert "Registre intact" in text
    assert "par auditeur" in text

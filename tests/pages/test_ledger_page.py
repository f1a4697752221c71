"""`/governance/ledger` says what was written since, and nothing of its own verification."""

from django.test import Client

from alerts.models import Alert
from governance.core.identity.acting import acting_as_system
from governance.core.identity.models import User
from governance.core.identity.roles import ALLOWED, Permission, Role
from integrity.rules.catalog import catalog
from tests.conftest import make_user
from tests.ledger.conftest import tampering
from tests.pages.dom import text_of
from tests.pages.test_green import pages
from tests.schedule.make import ours_scanned, proved


def test_it_does_not_count_the_verification(fresh_console):
    client = Client()
    client.force_login(make_user("auditrice", {"depot": Role.AUDITEUR}))
    other = make_user("autre", {"depot": Role.PCA})
    client.post("/governance/ledger/verify")
    assert "depuis." not in text_of(client.get("/governance/ledger"))
    with acting_as_system("install"):
        User.objects.filter(pk=other.pk).update(first_name="Z")
    assert "1 entrée a été écrite depuis." in text_of(client.get("/governance/ledger"))


def test_a_broken_record_found_by_a_person_is_told_to_everybody(fresh_console, pg):
    for code in catalog():
        proved(code)
    ours_scanned()
    clients = {}
    for role in Role:
        clients[role] = Client()
        clients[role].force_login(make_user(role.value, {"depot": role}))
    assert all("Aucune anomalie." in pages(client)["home"] for client in clients.values())
    with tampering(pg, fresh_console) as hand:
        hand.execute("UPDATE ledger_entry SET after = '{\"step\": 1000}' WHERE seq = 2")
    clients[Role.AUDITEUR].post("/governance/ledger/verify")
    with acting_as_system("test"):
        raised = Alert.objects.get(check_code="LEDGER_BROKEN")
    assert (raised.status, raised.severity) == ("OPEN", "CRITICAL")
    for role, client in clients.items():
        told = pages(client)
        assert "registre ROMPU" in told["home"], role
        may_read = Permission.HISTORY in ALLOWED[role]
        if not may_read:
            del told["past"]
        for name, said in told.items():
            assert "Aucune anomalie." not in said, (role, name)
            assert "Tout a été contrôlé" not in said, (role, name)
            seen = "Registre rompu" in said  # the alert itself stands there
            assert seen or "ais rien ne prouve que toutes seraient vues" in said, (role, name)
            band = said[said.index("Registre ROMPU. Entrée n° 2 :") :]
            assert ("Voir le registre" in band) == may_read, (role, name)

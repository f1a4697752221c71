"""A link of a message leads its person to one action on one version, once, and does nothing by itself."""

import pytest
from django.core import signing
from django.test import Client

from alerts.models import Alert, Status
from governance.core.identity.acting import acting_as_system
from governance.core.ledger.models import LedgerEntry
from governance.notifications.acting import links
from governance.notifications.acting.links import token
from governance.notifications.acting.models import MessageLink
from tests.alerts.make import finding, take_in


@pytest.fixture
def alert(people):
    take_in([finding()])
    with acting_as_system("test"):
        return Alert.objects.get()


@pytest.fixture
def link(people, alert):
    return f"/governance/messages/{token(people['directeur'].pk, alert)}"


def status():
    with acting_as_system("test"):
        return Alert.objects.get().status


def test_it_opens_the_alert_with_its_button_and_acts_when_that_is_pressed(as_, link, people):
    page = as_("directeur").get(link)
    assert "Le bac est sous zéro." in page.content.decode()
    assert 'method="post"' in page.content.decode()
    assert status() == Status.OPEN  # opening did nothing
    done = as_("directeur").post(link, {"note": "vu au téléphone"}, follow=True)
    assert "Alerte acquittée." in done.content.decode()
    with acting_as_system("test"):
        alert = Alert.objects.get()
        assert (alert.status, alert.acknowledged_by) == (Status.ACK, people["directeur"].pk)
        assert alert.acknowledgement_note == "vu au téléphone"
        entry = LedgerEntry.objects.filter(action="alert.ack").get()
        assert entry.actor == str(people["directeur"].pk)
        assert MessageLink.objects.get().person_id == people["directeur"].pk


def test_it_signs_nobody_in(link):
    answer = Client().get(link)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/?next=/governance/messages/")
    assert Client().post(link).status_code in (302, 403)
    assert status() == Status.OPEN


def test_it_serves_once(as_, link):
    as_("directeur").post(link)
    again = as_("directeur").post(link)
    assert again.status_code == 409
    assert "Ce lien a déjà servi" in again.content.decode()
    page = as_("directeur").get(link).content.decode()
    assert "Ce lien a déjà servi" in page
    assert 'name="note"' not in page


def test_it_is_of_its_person_alone(as_, link):
    for name in ("admin", "gerant"):
        for answer in (as_(name).get(link), as_(name).post(link)):
            assert answer.status_code == 403
            assert "Ce lien a été envoyé à quelqu’un d’autre" in answer.content.decode()
    assert status() == Status.OPEN


def test_it_is_of_the_version_that_the_message_showed(as_, link):
    take_in([finding(payload={"citerne": "TANK1", "stock": -900})])
    page = as_("directeur").get(link)
    assert "Cette alerte a changé depuis le message" in page.content.decode()
    assert as_("directeur").post(link).status_code == 409
    assert status() == Status.OPEN
    with acting_as_system("test"):
        assert not MessageLink.objects.exists()  # what was refused used nothing up


def test_it_ends_and_cannot_be_made_by_hand(as_, link, people, alert, monkeypatch):
    said = signing.loads(link.rpartition("/")[2], salt=links.SALT)
    forged = signing.dumps(said, key="another", salt=links.SALT)
    for wrong in (link[:-3] + "abc", f"/governance/messages/{forged}", "/governance/messages/rien"):
        answer = as_("directeur").get(wrong)
        assert answer.status_code == 410
        assert "Ce lien n’est plus valable" in answer.content.decode()
    monkeypatch.setattr(links, "VALID", links.VALID * 0)
    assert as_("directeur").post(link).status_code == 410
    assert status() == Status.OPEN


def test_whose_role_is_gone_may_no_longer(as_, link, people):
    from governance.core.identity.models import SourceRole

    with acting_as_system("install"):
        SourceRole.objects.filter(user=people["directeur"]).update(role="pca")
    page = as_("directeur").get(link).content.decode()
    assert "Vous ne pouvez plus agir sur cette source." in page
    assert as_("directeur").post(link).status_code == 403
    assert status() == Status.OPEN

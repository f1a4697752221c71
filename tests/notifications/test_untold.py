"""Critical alerts that could be told to nobody: told once, as soon as somebody can be reached."""

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from alerts.models import Alert
from alerts.services import alert_acknowledge
from governance.core.identity.acting import acting_as_system, acting_as_user
from governance.core.identity.models import User
from governance.notifications.maintenance.services import window_end, window_open
from governance.notifications.models import Notice, Notification
from governance.notifications.outbox.group import group
from governance.notifications.outbox.untold import untold_tell
from integrity.scans.console import console_read_apart
from tests.alerts.make import alert, finding, take_in
from tests.conftest import make_user, signed_in
from tests.notifications.make import run
from tests.notifications.test_outbox import minutes, sent, text_of, told

DEPOT = {"depot": "directeur"}
RULE = "NOBODY_REACHABLE"


def notify() -> None:
    """As the timetable does each minute."""
    call_command("notify", stdout=StringIO())


def address(name: str, email: str) -> None:
    with acting_as_system("install"):
        User.objects.filter(username=name).update(email=email)


def nobody_reachable() -> str:
    """What the console finds now: the status of its alert."""
    console_read_apart(codes=[RULE], taken_at=timezone.now())
    with acting_as_system("test"):
        found = Alert.objects.filter(check_code=RULE).first()
    return found.status if found else ""


def page(reader: User, entity_id: str = "a") -> str:
    text = signed_in(reader).get(f"/governance/alerts/{alert(entity_id=entity_id).pk}")
    return text.content.decode()


@pytest.fixture
def director(fresh_console: str, mail: Any) -> User:
    """Without an address, and two critical alerts that could be told to nobody."""
    one = make_user("directeur", DEPOT)
    take_in([finding("a"), finding("b"), finding("w", severity="WARN")])
    notify()
    return one


def test_they_are_told_once_somebody_has_an_address(director, mail):
    assert nobody_reachable() == "OPEN"
    notify()
    assert mail.taken == []
    with acting_as_system("test"):
        assert not Notification.objects.filter(said__has_key="untold").exists()
    address("directeur", "directeur@exemple.test")
    notify()
    assert [to for to, _subject in sent(mail)] == ["directeur"]
    assert text_of(mail).startswith("2 alertes sur «\xa0depot\xa0»")
    assert nobody_reachable() == "RESOLVED"
    for at in (0, 5.1, 6, 70):
        untold_tell(minutes(at))
        run(minutes(at))
    assert len(mail.taken) == 1
    assert [one for one in told() if one[0] == "OPENED"] == [
        *[("OPENED", "TOLD")] * 2,
        *[("OPENED", "UNREACHABLE")] * 3,
    ]
    shown = page(director)
    assert "data-nobody" not in shown
    assert ("après coup" in shown, "le compte n’a pas d’adresse" in shown) == (True, True)


def test_an_account_made_later_and_a_mail_server_set_later_count_as_well(
    fresh_console, mail, settings
):
    """Nobody held a role, and mail went nowhere."""
    settings.APP_ENV, settings.SENDS_MAIL = "production", False
    auditor = make_user("auditeur", {"depot": "auditeur"})
    take_in([finding("a")])
    notify()
    assert told() == []
    shown = page(auditor)
    assert "Qui a été prévenu, quand" in shown
    assert "Personne n’a pu être prévenu :" in shown
    assert "aucun compte ni canal" in shown
    assert "c’est le rôle Directeur" in shown
    make_user("directeur", DEPOT, email="directeur@exemple.test")
    notify()
    assert mail.taken == []
    settings.SENDS_MAIL = True
    notify()
    assert len(mail.taken) == 1
    assert "data-nobody" not in page(auditor)


def test_the_page_says_who_was_asked_and_why_in_vain(director, mail):
    shown = page(director)
    assert "Personne n’a pu être prévenu :" in shown
    assert "directeur (le compte n’a pas d’adresse)." in shown
    mail.mode = "550"
    address("directeur", "faux@exemple.test")
    notify()
    assert "directeur (message abandonné)." in page(director)


def test_what_is_acknowledged_meanwhile_is_not_told(director, mail):
    address("directeur", "directeur@exemple.test")
    acknowledge(director, "a")
    assert untold_tell() == 1
    acknowledge(director, "b")  # between the decision and the message
    assert group().written == 0
    notify()
    assert mail.taken == []


def acknowledge(person: User, entity_id: str) -> None:
    one = alert(entity_id=entity_id)
    with acting_as_user(person.pk):
        alert_acknowledge(alert_id=one.pk, version=one.version)


def test_a_maintenance_keeps_them_until_it_ends(director, mail):
    admin = make_user("admin", {"depot": "admin"})
    with acting_as_user(admin.pk):
        window = window_open(
            source="depot",
            check_code="",
            starts_at=timezone.now() - timedelta(minutes=1),
            ends_at=timezone.now() + timedelta(hours=2),
            reason="vidange du bac",
        )
    address("directeur", "directeur@exemple.test")
    notify()
    notify()
    assert mail.taken == []
    with acting_as_system("test"):
        assert Notice.objects.filter(state="WAITING").count() == 2
    with acting_as_user(admin.pk):
        window_end(window_id=window.pk)
    notify()
    assert len(mail.taken) == 1


def test_what_was_given_up_goes_to_another_address_and_never_to_the_same(director, mail):
    mail.mode = "550"
    address("directeur", "faux@exemple.test")
    notify()
    assert nobody_reachable() == "OPEN"
    mail.mode = "ok"
    assert untold_tell(minutes(6)) == 0
    address("directeur", "directeur@exemple.test")
    assert untold_tell(minutes(6)) == 2
    run(minutes(6))
    assert [to for to, _subject in sent(mail)] == ["directeur"]


def test_an_administrator_hears_that_nobody_is_reachable_only_while_it_is_so(director, mail):
    admin = make_user("admin", {"depot": "admin"})
    assert nobody_reachable() == "OPEN"
    notify()
    assert mail.taken == []
    address("directeur", "directeur@exemple.test")
    address("admin", "admin@exemple.test")
    notify()
    assert [to for to, _subject in sent(mail)] == ["directeur"]
    assert nobody_reachable() == "RESOLVED"
    assert admin.is_active


def test_it_is_told_to_the_administrator_who_is_reached_first(director, mail):
    make_user("admin", {"depot": "admin"})
    assert nobody_reachable() == "OPEN"
    notify()
    address("admin", "admin@exemple.test")
    notify()
    assert [to for to, _subject in sent(mail)] == ["admin"]

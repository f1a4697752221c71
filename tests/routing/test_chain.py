"""From a critical alert that nobody answers to its end: who gets which mail, whatever restarts."""

import re
from datetime import UTC, datetime, timedelta
from email import policy
from email.parser import BytesParser
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connections
from django.utils import translation

from alerts.models import Alert
from alerts.services import alert_acknowledge
from governance.core.identity.acting import acting_as_system, acting_as_user
from governance.core.identity.models import User
from governance.core.identity.roles import Role
from governance.core.web.templatetags.ui import moment
from governance.notifications.routing.changes import route_add
from governance.notifications.routing.escalation import escalate
from governance.notifications.routing.models import Target
from tests.alerts.make import finding, take_in
from tests.conftest import make_user, signed_in
from tests.notifications.conftest import channel_keys, mail  # noqa: F401
from tests.notifications.make import run

HOURS = timedelta(hours=1)


@pytest.fixture
def house(fresh_console: str, mail: Any, depot_db: str) -> dict[str, User]:  # noqa: F811
    """A depot that was scanned; its manager is told of everything."""
    call_command("sync_alerts", source="depot", stdout=StringIO())
    people = {
        role.value: make_user(role.value, {"depot": role}, email=f"{role.value}@exemple.test")
        for role in Role
    }
    with acting_as_user(people["admin"].pk):
        route_add(source="depot", target=Target.ROLE, role="gerant")
    return people


def texts(mail: Any) -> dict[str, str]:  # noqa: F811
    """By recipient what the server took, with its links as they begin."""
    parse = BytesParser(policy=policy.default).parsebytes
    found = {}
    for one in mail.taken:
        message = parse(one.body)
        text = message.get_body(("plain",)).get_content()  # type: ignore[union-attr]
        text = re.sub(r"/alerts/[0-9a-f-]{36}\?message=[0-9a-f-]{36}", "/alerts/A?message=M", text)
        found[message["To"].split("@")[0]] = re.sub(r"/messages/[\w:-]+", "/messages/L", text)
    return found


def sent(mail: Any) -> list[tuple[str, str]]:  # noqa: F811
    """To whom, and the first line of the text, of what the server took since it was asked last."""
    parse = BytesParser(policy=policy.default).parsebytes
    found = []
    for one in mail.taken:
        message = parse(one.body)
        text = message.get_body(("plain",)).get_content()  # type: ignore[union-attr]
        found.append((message["To"].split("@")[0], text.splitlines()[0].strip()))
    mail.taken.clear()
    return sorted(found)


def restart() -> None:
    """Nothing is remembered but what the database holds."""
    connections.close_all()


def test_it_reaches_the_director_then_the_pca_and_its_end_all_who_were_told(house, mail):  # noqa: F811
    began = datetime.now(UTC)
    take_in([finding(detected_at=began)], taken_at=began)
    restart()
    run()
    assert sent(mail) == [("gerant", "Nouvelle alerte sur « depot »")]
    for hours, expected in (
        (3.99, []),
        (4, [("directeur", "Alerte sans réponse sur « depot »")]),
        (7.99, []),
        (8, [("pca", "Alerte sans réponse sur « depot »")]),
        (12, []),
    ):
        restart()
        escalate(began + hours * HOURS)
        run(began + hours * HOURS)
        assert sent(mail) == expected, hours
    restart()
    take_in([], taken_at=began + timedelta(minutes=1))
    restart()
    run(began + 13 * HOURS)
    assert [who for who, _line in sent(mail)] == ["directeur", "gerant", "pca"]
    restart()
    run(began + 14 * HOURS)
    assert sent(mail) == []


def test_acknowledged_in_between_it_goes_no_further(house, mail):  # noqa: F811
    began = datetime.now(UTC)
    take_in([finding(detected_at=began)], taken_at=began)
    run()
    escalate(began + 4 * HOURS)
    with acting_as_system("test"):
        alert = Alert.objects.get(check_code="STOCK_NEGATIF", entity_id="bac-1")
    with acting_as_user(house["directeur"].pk):
        alert_acknowledge(alert_id=alert.pk, version=alert.version)
    restart()
    run(began + 5 * HOURS)  # the step was not sent yet: nobody is told of what somebody answers for
    escalate(began + 9 * HOURS)
    run(began + 9 * HOURS)
    assert sent(mail) == [("gerant", "Nouvelle alerte sur « depot »")]
    take_in([], taken_at=began + timedelta(minutes=1))
    run(began + 10 * HOURS)
    assert [who for who, _line in sent(mail)] == ["gerant"]


def test_a_step_in_words_in_both_languages(house, mail):  # noqa: F811
    began = datetime.now(UTC)
    take_in([finding(detected_at=began)], taken_at=began)
    with acting_as_system("install"):
        User.objects.filter(username="pca").update(language="en")
    run()
    mail.taken.clear()
    escalate(began + 8 * HOURS)
    run(began + 8 * HOURS)
    french, english = texts(mail)["directeur"], texts(mail)["pca"]
    due = began + 4 * HOURS
    assert french.replace("\r\n", "\n") == (
        "Alerte sans réponse sur « depot »\n\n"
        "Stock négatif\nLe bac est sous zéro.\n"
        f"Personne ne l’a acquittée avant le {moment(due)}.\n"
        "https://console.exemple.test/governance/alerts/A?message=M\n"
        "Acquitter : https://console.exemple.test/governance/messages/L\n\n"
        "-- \n"
        "Vous recevez ce message parce que personne n’a acquitté à temps sur « depot », dont vous êtes "
        "directeur.\n"
    )
    with translation.override("en"):
        due_text = moment(due)
    assert english.replace("\r\n", "\n") == (
        "Alert unanswered on “depot”\n\n"
        "Negative stock\nLe bac est sous zéro.\n"
        f"Nobody acknowledged it before {due_text}.\n"
        "https://console.exemple.test/governance/alerts/A?message=M\n\n"
        "-- \n"
        "You receive this message because neither the owner nor the director acknowledged in time on "
        "“depot”.\n"
    )


def test_the_link_of_the_mail_acknowledges(house, mail):  # noqa: F811
    began = datetime.now(UTC)
    take_in([finding(detected_at=began)], taken_at=began)
    run()
    mail.taken.clear()
    escalate(began + 4 * HOURS)
    run(began + 4 * HOURS)
    (one,) = mail.taken
    message = BytesParser(policy=policy.default).parsebytes(one.body)
    text = message.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    (link,) = re.findall(r"https://console\.exemple\.test(/governance/messages/\S+)", text)
    client = signed_in(house["directeur"])
    assert "Le bac est sous zéro." in client.get(link).content.decode()
    assert client.post(link).status_code == 303
    with acting_as_system("test"):
        alert = Alert.objects.get(check_code="STOCK_NEGATIF", entity_id="bac-1")
        assert (alert.status, alert.acknowledged_by) == ("ACK", house["directeur"].pk)

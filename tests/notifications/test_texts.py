"""What messages say, whole, once per kind and language: `texts.txt` is what people read."""

import os
import re
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.core.management import call_command
from django.utils import timezone, translation

from alerts.models import Alert
from governance.core.identity.acting import acting_as_system, acting_as_user
from governance.core.identity.models import User
from governance.notifications.brief.contents import Line, Morning
from governance.notifications.brief.services import brief_message
from governance.notifications.channels.services import channel_test
from governance.notifications.messages.compose import compose
from governance.notifications.models import Channel, Delivery, Kind, Notice, Notification
from governance.notifications.outbox.plan import mail_channel
from tests.alerts.make import finding, take_in
from tests.conftest import make_user

LANGUAGES = ("fr", "en")
NOBODY = UUID(int=8)
TEXTS = Path(__file__).with_name("texts.txt")
AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
PAYLOAD = {
    "citerne": "TANK1",
    "produit": "Gasoil/AGO",
    "proprietaire": "MONALUXE",
    "stock_ambiant": -230.5,
    "stock_15c": -228,
}


def notice(number: int, kind: str, one: Alert, **said: Any) -> Notice:
    about = Notification(
        id=number,
        at=AT,
        kind=kind,
        alert_id=one.pk,
        episode=1,
        version=1,
        source="depot",
        said=said,
    )
    return Notice(
        id=number, notification=about, kind=kind, source="depot", alert_id=one.pk, episode=1,
        reason="told" if kind == Kind.RESOLVED else "owner",
    )  # fmt: skip


def composed(
    channel: Channel,
    language: str,
    notices: list[Notice],
    alerts: list[Alert],
    person: UUID = NOBODY,
) -> Delivery:
    one = Delivery(
        id=UUID(int=7),
        source="depot",
        channel=channel,
        person_id=person,
        language=language,
        is_urgent=notices[0].kind == Kind.LATE,
        created_at=AT,
    )
    compose(one, notices, {alert.pk: alert for alert in alerts})
    return one


def others(channel: Channel, person: User, language: str) -> dict[str, Delivery]:
    """What is said of no alert: the test of a channel, the morning's brief."""
    person.language = language
    with acting_as_user(person.pk):
        tested = channel_test(channel=channel, person=person)
    with acting_as_system("test"), translation.override(language), timezone.override(UTC):
        lines = [Line(name, name, f"/governance/{name}") for name in ("integrity", "scans")]
        brief = brief_message(person, lines, Morning(AT, ZoneInfo("UTC")), AT)
        return {"TEST": Delivery.objects.get(pk=tested), "BRIEF": brief}


def shown(name: str, one: Delivery, alerts: list[Alert]) -> str:
    """As it is read; also as a page, into the folder that MAIL_FOLDER names, to be looked at on a phone."""
    assert one.html.startswith("<!DOCTYPE html>")
    if folder := os.environ.get("MAIL_FOLDER"):
        place = Path(folder) / f"{name.replace(' ', '-')}-{one.language}.html"
        place.write_text(one.html, encoding="utf-8")
    text = one.text
    for place_, alert_ in enumerate(alerts):
        text = text.replace(str(alert_.pk), f"(alert {place_})")
    text = re.sub(r"/governance/messages/\S+", "/governance/messages/(link)", text)
    return f"=== {name}, {one.language}\n{one.subject}\n\n{text}"


def test_every_message_says_what_it_says(depot_db, db, settings):
    settings.CONSOLE_URL = "https://console.exemple.test"
    call_command("sync_alerts", source="depot", stdout=StringIO())
    person = make_user(
        "directeur",
        {"depot": "directeur", "console": "admin"},
        first_name="Le",
        last_name="Directeur",
        email="directeur@exemple.test",
    )
    take_in(
        finding(f"bac-{number}", message="Le stock est négatif.", payload=PAYLOAD)
        for number in range(12)
    )
    with acting_as_system("test"):
        alerts = list(Alert.objects.order_by("entity_id"))
        channel = mail_channel()
        one = alerts[0]
        by_person = {
            "message": one.message, "resolved_by": str(person.pk), "cause": "ERREUR_SAISIE",
            "decision": "CORRIGE",
        }  # fmt: skip
        opened = notice(1, "OPENED", one)
        by_scan = {"message": one.message, "resolved_by": None, "cause": "DATA_FIXED"}
        messages = {
            **{
                kind: [notice(1, kind, one)]
                for kind in ("OPENED", "REOPENED", "RETURNED", "WORSENED", "FLAPPING", "LATE")
            },
            "RESOLVED by a person": [notice(1, "RESOLVED", one, **by_person)],
            "RESOLVED by a scan": [notice(1, "RESOLVED", one, **by_scan)],
            "many": [notice(number, "OPENED", each) for number, each in enumerate(alerts, start=2)],
            "many LATE": [notice(n, "LATE", each) for n, each in enumerate(alerts[:2])],
            "some of each": [notice(1, "RESOLVED", one, **by_scan), notice(2, "OPENED", alerts[1])],
        }
        found = [
            (name, composed(channel, language, notices, alerts))
            for name, notices in messages.items()
            for language in LANGUAGES
        ]
        found += [
            ("OPENED to who may act", composed(channel, one, [opened], alerts, person.pk))
            for one in LANGUAGES
        ]
    found += [
        (name, each)
        for language in LANGUAGES
        for name, each in others(channel, person, language).items()
    ]
    assert {each.kind for _name, each in found} == set(Kind.values)
    with acting_as_system("test"):
        one.message = '<a href="https://ailleurs.test">ici</a>'
        html = composed(channel, "fr", [opened], [one]).html
    assert "&lt;a href=&quot;https://ailleurs.test&quot;&gt;ici&lt;/a&gt;" in html
    texts = "\n".join(shown(name, each, alerts) for name, each in found)
    if os.environ.get("WRITE_TEXTS"):
        TEXTS.write_text(texts, encoding="utf-8")
    assert texts == TEXTS.read_text(encoding="utf-8")

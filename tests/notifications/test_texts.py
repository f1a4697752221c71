"""What messages say, whole, once per kind and language: `texts.txt` is what people read."""

import os
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management import call_command

from alerts.models import Alert
from governance.core.identity.acting import acting_as_system
from governance.notifications.messages.compose import compose
from governance.notifications.models import Channel, Delivery, Kind, Notice, Notification
from governance.notifications.outbox.plan import mail_channel
from tests.alerts.make import finding, take_in
from tests.conftest import make_user

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


def written(channel: Channel, language: str, notices: list[Notice], alerts: list[Alert]) -> str:
    one = Delivery(
        id=UUID(int=7),
        source="depot",
        channel=channel,
        person_id=UUID(int=8),
        language=language,
        is_urgent=notices[0].kind == Kind.LATE,
        created_at=AT,
    )
    compose(one, notices, {alert.pk: alert for alert in alerts})
    assert one.html.startswith("<!DOCTYPE html>")
    for place, alert_ in enumerate(alerts):
        one.text = one.text.replace(str(alert_.pk), f"(alert {place})")
    return f"{one.subject}\n\n{one.text}"


def test_every_message_says_what_it_says(depot_db, db, settings):
    settings.CONSOLE_URL = "https://console.exemple.test"
    call_command("sync_alerts", source="depot", stdout=StringIO())
    person = make_user("directeur", {"depot": "directeur"}, first_name="Le", last_name="Directeur")
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
        texts = [
            f"=== {name}, {language}\n{written(channel, language, notices, alerts)}"
            for name, notices in messages.items()
            for language in ("fr", "en")
        ]
    found = "\n".join(texts)
    if os.environ.get("WRITE_TEXTS"):
        TEXTS.write_text(found, encoding="utf-8")
    assert found == TEXTS.read_text(encoding="utf-8")

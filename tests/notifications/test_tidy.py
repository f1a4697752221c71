"""Old messages are forgotten, which is recorded; what goes on keeps all that was said. What waits is seen."""

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection
from django.test import Client
from django.utils import timezone

from governance.core.identity.acting import acting_as_system, acting_as_user
from governance.core.ledger.models import LedgerEntry
from governance.notifications.models import Attempt, Channel, Delivery, Notice, Notification
from tests.alerts.make import alert, finding, take_in
from tests.conftest import make_user
from tests.monitoring.read import scrape
from tests.notifications.make import messages, run, webhook_channel


def aged(pg: Any, database: str, days: int) -> None:
    """All that was said so far was said that long ago."""
    with pg.superuser(database) as hand, hand.transaction():
        hand.execute("SET LOCAL session_replication_role = replica")
        for table, column in (
            ("notification", "at"),
            ("delivery", "created_at"),
            ("delivery", "ended_at"),
            ("message_link", "used_at"),
        ):
            hand.execute(f"UPDATE {table} SET {column} = {column} - interval '{days} days'")


def kept() -> dict[str, int]:
    with acting_as_system("test"):
        tables = (Notification, Notice, Delivery, Attempt)
        return {one.__name__: one.objects.count() for one in tables}


def tidied() -> str:
    out = StringIO()
    call_command("messages_tidy", stdout=out)
    return out.getvalue().strip()


def test_what_ended_long_ago_is_forgotten_and_what_goes_on_is_not(
    fresh_console, mail, pg, settings
):
    make_user("directeur", {"depot": "directeur"}, email="directeur@exemple.test")
    take_in([finding("over"), finding("goes-on")])
    run()
    take_in([finding("goes-on")])
    run(timezone.now() + timedelta(minutes=6))
    (waits,) = messages(webhook_channel("http://127.0.0.1:9/"), 1)
    person = make_user("gerant", {"depot": "gerant"})
    with acting_as_user(person.pk), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO message_link (id, alert_id) VALUES (gen_random_uuid(), gen_random_uuid())"
        )
    # One message tells both beginnings, one the end.
    whole = {"Notification": 3, "Notice": 3, "Delivery": 3, "Attempt": 2}
    assert kept() == whole
    assert tidied().startswith("0 ")
    aged(pg, fresh_console, 399)
    assert tidied().startswith("0 ")
    assert kept() == whole
    aged(pg, fresh_console, 2)
    settings.MESSAGE_KEEP_DAYS = 0
    assert tidied() == "MESSAGE_KEEP_DAYS vaut 0 : rien n’est effacé."
    settings.MESSAGE_KEEP_DAYS = 400
    assert tidied() == "1 message effacé"
    # The message that told both beginnings stays with the one that goes on, and what waits stays.
    assert kept() == {"Notification": 1, "Notice": 1, "Delivery": 2, "Attempt": 1}
    with acting_as_system("test"), connection.cursor() as cursor:
        assert Delivery.objects.filter(pk=waits).exists()
        entry = LedgerEntry.objects.get(action="messages.purge")
        assert (entry.actor, entry.after) == ("system:notify", {"forgotten": 1, "days": 400})
        cursor.execute("SELECT count(*) FROM message_link")
        assert cursor.fetchone() == (0,)
    # It ends, and whoever was told of its beginning is told.
    mail.taken.clear()
    take_in([])
    run(timezone.now() + timedelta(minutes=12))
    assert len(mail.taken) == 1
    assert alert(entity_id="goes-on").status == "RESOLVED"


def test_nobody_forgets_sooner_or_by_hand(fresh_console):
    person = make_user("admin", {"console": "admin"})
    for acts, days in ((acting_as_system("notify"), 29), (acting_as_user(person.pk), 400)):
        with pytest.raises(IntegrityError), acts, connection.cursor() as cursor:
            cursor.execute("SELECT messages_tidy(make_interval(days => %s))", [days])


def test_what_waits_and_what_was_given_up_is_seen(fresh_console, provider, settings, pg):
    settings.MONITORING_TOKEN = "kJ8xq2Lw9Zt4Rb7Vn1Mc6Hd3Fs5Gp0Ya"
    channel = webhook_channel(provider.url)
    messages(channel, 2)
    provider.modes.extend(["404"])
    run()
    messages(channel, 3, due_at=timezone.now() - timedelta(minutes=11))
    seen = scrape()
    states = {
        state: seen.of("governance_outbox_messages", state=state)
        for state in ("undecided", "waiting", "sending", "dead")
    }
    assert states == {"undecided": 0, "waiting": 3, "sending": 0, "dead": 1}
    assert seen.of("governance_outbox_oldest_seconds") == pytest.approx(660, abs=60)
    assert Client().get("/health").json()["outbox"] == "late"
    bearer = {"authorization": f"Bearer {settings.MONITORING_TOKEN}"}
    said = Client().get("/health", headers=bearer).json()["outbox"]
    assert said["oldest_s"] == pytest.approx(660, abs=60)
    assert said | {"oldest_s": 0} == {"undecided": 0, "waiting": 3, "oldest_s": 0, "dead": 1}
    # A channel that is off keeps its messages on purpose; of a change nobody was chosen for, it says so.
    with acting_as_system("install"):
        Channel.objects.filter(pk=channel.pk).update(is_on=False)
    assert scrape().of("governance_outbox_oldest_seconds") == 0
    assert Client().get("/health").json()["outbox"] == "ok"
    take_in([finding()])
    aged(pg, fresh_console, 1)
    assert scrape().of("governance_outbox_messages", state="undecided") == 1
    assert Client().get("/health").json()["outbox"] == "late"

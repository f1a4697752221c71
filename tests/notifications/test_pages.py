"""The pages of messages: who was told of an alert, what was given up and sent again, channels, silences."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from governance.core.identity.acting import acting_as_system
from governance.notifications.channels.secrets import secret_read
from governance.notifications.models import Attempt, Channel, Delivery, MaintenanceWindow
from governance.notifications.outbox.send import send_next
from tests.alerts.make import alert, finding, take_in
from tests.conftest import account
from tests.notifications.make import delivery, messages, run, webhook_channel

pytestmark = pytest.mark.django_db
ROOM = "/governance/notifications"


def entries(like: str) -> list[tuple[str, str, Any]]:
    with acting_as_system("test"), connection.cursor() as cursor:
        cursor.execute(
            "SELECT action, source, after FROM ledger_entry WHERE action LIKE %s ORDER BY seq",
            [like],
        )
        return [
            (action, source, json.loads(after) if isinstance(after, str) else after)
            for action, source, after in cursor.fetchall()
        ]


def tabs(page: str) -> tuple[bool, list[str]]:
    """Whether the page has the room's, and which of them it is below of."""
    _before, _nav, shown = page.partition('<nav class="tabs" aria-label="Messages"')
    shown = shown.partition("</nav>")[0]
    return bool(shown), re.findall(r'aria-current="page">([^<]+)<', shown)


def given_up(provider: Any, count: int = 3) -> list[Any]:
    provider.mode = "404"
    found = messages(webhook_channel(provider.url), count)
    while send_next():
        pass
    return found


def test_an_alert_says_who_was_told_and_who_opened_the_message(as_, people, settings):
    """On a developer's machine, whose mail stays in the mailbox."""
    take_in([finding()])
    run()
    page = f"/governance/alerts/{alert().pk}"
    text = as_("auditeur").get(page).content.decode()
    assert "Qui a été prévenu, quand" in text
    assert text.count("data-told") == 1
    with acting_as_system("test"):
        (told,) = Delivery.objects.all()
    link = f"{page}?message={told.pk}"
    as_("auditeur").get(link)
    assert delivery(told.pk).opened_at is None  # somebody else's
    assert as_("directeur").get(link).status_code == 200
    opened = delivery(told.pk).opened_at
    assert opened is not None
    as_("directeur").get(link)
    assert delivery(told.pk).opened_at == opened
    assert "ouvert" in as_("auditeur").get(page).content.decode()


def test_what_was_given_up_is_tried_dry_and_then_sent_again_with_a_reason(as_, people, provider):
    found = given_up(provider)
    client = as_("admin")
    body = {"delivery": [str(one) for one in found[:2]]}
    refused = client.post(f"{ROOM}/dead", body)
    assert refused.status_code == 422
    assert "Dites pourquoi" in refused.content.decode()
    dry = client.post(f"{ROOM}/dead", body | {"dry": "1"})
    assert dry.content.decode().count("rien ne s’y oppose") == 2
    assert {delivery(one).state for one in found} == {"DEAD"}
    assert entries("delivery.replay") == []

    assert client.post(f"{ROOM}/dead", body | {"note": "adresse corrigée"}).status_code == 303
    assert [delivery(one).state for one in found] == ["WAITING", "WAITING", "DEAD"]
    told = entries("delivery.replay")
    assert [(action, source) for action, source, _ in told] == [("delivery.replay", "depot")] * 2
    assert told[0][2] == {"channel": "essai", "person": None, "note": "adresse corrigée"}
    provider.mode = "ok"
    while send_next():
        pass
    assert [delivery(one).state for one in found] == ["DELIVERED", "DELIVERED", "DEAD"]
    assert set(provider.counts) == {f"msg_{one.hex}" for one in found[:2]}
    with acting_as_system("test"):
        rounds = Attempt.objects.filter(delivery=found[0]).order_by("pk")
        assert list(rounds.values_list("round", "number", "answer")) == [
            (1, 1, "HTTP 404 busy"),
            (2, 1, "HTTP 200 ok"),
        ]
    page = client.get(f"{ROOM}/{found[0]}").content.decode()
    assert tabs(page) == (True, ["Envoyés"])
    assert tabs(client.get(f"{ROOM}/dead").content.decode()) == (True, ["Abandonnés"])
    assert ("HTTP 404 busy" in page, "adresse corrigée" in page) == (True, True)


def test_a_dry_run_says_what_stands_in_the_way(as_, people, provider):
    (one,) = given_up(provider, 1)
    with acting_as_system("install"):
        Channel.objects.filter(name="essai").update(is_on=False)
    answer = as_("admin").post(f"{ROOM}/dead", {"delivery": str(one), "dry": "1"})
    assert "le canal est éteint" in answer.content.decode()


def test_nobody_rewrites_a_message_or_replays_what_was_delivered(people, provider):
    (one,) = messages(webhook_channel(provider.url), 1)
    send_next()
    admin = account("admin")
    for change in ("subject = 'autre'", "rounds = 2, replay_note = 'x'"):
        with pytest.raises(Exception, match=r"never changes|was given up"):
            _as(admin.pk, f"UPDATE delivery SET {change} WHERE id = %s", one)
    _as(admin.pk, "UPDATE delivery SET state = 'DEAD', answer = 'x' WHERE id = %s", one)
    assert (delivery(one).state, delivery(one).answer) == ("DELIVERED", "HTTP 200 ok")


def _as(person: Any, statement: str, *values: Any) -> None:
    from governance.core.identity.acting import acting_as_user

    with acting_as_user(person), connection.cursor() as cursor:
        cursor.execute(statement, values)


def test_a_secret_goes_in_and_never_comes_out(as_, people, provider):
    client = as_("admin")
    secret = f"{provider.url}/JETON-TRES-SECRET"
    made = client.post(
        f"{ROOM}/channels",
        {"name": "chat", "family": "webhook", "address": secret, "may_be_private": "on"},
    )
    page = made.content.decode()
    assert ("whsec_" in page, "whpk_" in page) == (True, True)
    with acting_as_system("test"):
        channel = Channel.objects.get(name="chat")
    assert secret_read(channel.secret)["url"] == secret
    pages = [
        page,
        *(client.get(f"{ROOM}/channels{one}").content.decode() for one in ("", f"/{channel.pk}")),
        client.get("/governance/history").content.decode(),
        json.dumps(entries("channel.%")),
    ]
    assert [place for place, text in enumerate(pages) if "JETON" in text] == []
    assert [place for place, text in enumerate(pages[1:]) if "whsec_" in text] == []
    assert entries("channel.%") == [
        (
            "channel.create",
            "console",
            {
                "name": "chat",
                "family": "webhook",
                "is_on": True,
                "hint": "127.0.0.1",
                "may_be_private": True,
            },
        )
    ]
    provider.mode, provider.says = "401", "JETON-TRES-SECRET ?"
    tested = client.post(f"{ROOM}/channels/{channel.pk}/test")
    assert tested.status_code == 303
    assert run() == 1
    shown = client.get(tested["Location"]).content.decode()
    assert "HTTP 401 ••• ?" in shown
    assert entries("channel.test")[0][2] == {"channel": "chat", "family": "webhook"}
    # An empty address keeps the former one; another replaces it, and the ledger says only that.
    client.post(f"{ROOM}/channels/{channel.pk}", {"is_on": "on", "may_be_private": "on"})
    assert len(entries("channel.change")) == 0
    client.post(
        f"{ROOM}/channels/{channel.pk}",
        {"is_on": "on", "may_be_private": "on", "address": f"{provider.url}/AUTRE"},
    )
    assert entries("channel.change")[0][2]["secret_changed"] is True
    again = client.post(
        f"{ROOM}/channels", {"name": "chat", "family": "webhook", "address": secret}
    )
    assert again.status_code == 409


def test_an_address_of_another_family_is_refused_in_words(as_, people):
    for family, address in (
        ("slack", "json://hooks.exemple.test"),
        ("telegram", "nimporte quoi"),
        ("webhook", "ftp://hooks.exemple.test"),
    ):
        body = {"name": family, "family": family, "address": address}
        answer = as_("admin").post(f"{ROOM}/channels", body)
        assert answer.status_code == 422
        assert address not in answer.content.decode()


def test_a_silence_is_opened_listed_and_ended(as_, people):
    client = as_("admin")
    until = timezone.localtime() + timedelta(days=2)
    body = {"source": "depot", "ends_at": until.strftime("%Y-%m-%dT%H:%M"), "reason": "vidange"}
    assert client.post(f"{ROOM}/maintenance", body | {"reason": ""}).status_code == 422
    assert client.post(f"{ROOM}/maintenance", body).status_code == 303
    with acting_as_system("test"):
        (window,) = MaintenanceWindow.objects.all()
    assert window.made_by == account("admin").pk
    seen = as_("gerant").get(f"{ROOM}/maintenance").content.decode()
    assert ("vidange" in seen, "Mettre fin" in seen) == (True, False)
    ends = f'action="{ROOM}/maintenance/{window.pk}/end"><input type="hidden" name="csrfmiddlewaretoken"'
    assert ends in client.get(f"{ROOM}/maintenance").content.decode()
    assert client.post(f"{ROOM}/maintenance/{window.pk}/end").status_code == 303
    assert client.post(f"{ROOM}/maintenance/{window.pk}/end").status_code == 303  # nothing more
    assert [action for action, _, _ in entries("maintenance.%")] == [
        "maintenance.open",
        "maintenance.end",
    ]


def test_the_mailbox_is_of_a_developers_machine(as_, people, provider, settings):
    (pk,) = messages(webhook_channel(provider.url), 1)
    pages = ("/governance/mailbox", f"/governance/mailbox/{pk}")
    assert [as_("admin").get(page).status_code for page in pages] == [200, 200]
    settings.APP_ENV = "production"
    assert [as_("admin").get(page).status_code for page in pages] == [404, 404]


@pytest.mark.parametrize("rows", [1, 3])
def test_a_list_asks_as_often_for_one_row_as_for_three(
    as_, people, provider, rows, cold, django_assert_num_queries
):
    given_up(provider, rows)
    client = as_("admin")
    client.get(ROOM)
    with django_assert_num_queries(20):
        assert client.get(ROOM).content.decode().count("data-delivery") == rows

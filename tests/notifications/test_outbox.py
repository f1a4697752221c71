"""Who is told of what, in how many messages, and how whoever was told of a beginning learns of its end."""

from datetime import timedelta
from email import policy
from email.parser import BytesParser
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from alerts.models import Cause, Decision
from alerts.services import Resolution, alert_acknowledge, alert_resolve
from governance.core.identity.acting import acting_as_system, acting_as_user
from governance.core.identity.models import User
from governance.core.ledger.waiting import entries_chain
from governance.notifications.maintenance.services import window_end, window_open
from governance.notifications.models import Delivery, Notice, Notification
from governance.notifications.outbox.replay import deliveries_replay
from tests.alerts.make import alert, finding, take_in
from tests.conftest import make_user
from tests.notifications.make import run

DEPOT = {"depot": "directeur"}
FIRST = "Critique : Stock négatif, depot"


@pytest.fixture
def directors(fresh_console: str, mail: Any, depot_db: str) -> list[User]:
    """Two, of a depot that was scanned, so that its rules' words are known."""
    call_command("sync_alerts", source="depot", stdout=StringIO())
    return [
        make_user(name, DEPOT, email=f"{name}@exemple.test")
        for name in ("directeur", "directeur-adjoint")
    ]


def sent(mail: Any) -> list[tuple[str, str]]:
    """To whom, and the subject, of what the server took."""
    parse = BytesParser(policy=policy.default).parsebytes
    mails = [parse(one.body) for one in mail.taken]
    return sorted((one["To"].split("@")[0], one["Subject"].strip()) for one in mails)


def text_of(mail: Any, place: int = 0) -> str:
    text: str = mail.mails[place].get_payload()[0].get_payload(decode=True).decode()
    return text


def told() -> list[tuple[str, str]]:
    with acting_as_system("test"):
        return sorted(Notice.objects.values_list("kind", "state"))


def minutes(count: float) -> Any:
    return clock() + timedelta(minutes=count)


def clock() -> Any:
    """The database's; alerts carry it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]


def test_a_change_and_its_message_are_one_transaction(directors):
    """Whichever path changes the alert; what is rolled back leaves nothing to say, and INFO asks nobody."""
    take_in([finding("a"), finding("b", severity="INFO"), finding("c", severity="WARN")])
    with acting_as_system("test"):
        assert list(Notification.objects.values_list("kind", "severity")) == [
            ("OPENED", "CRITICAL"),
            ("OPENED", "WARN"),
        ]
        with connection.cursor() as cursor:
            cursor.execute("SELECT queue_name, task_name FROM procrastinate_jobs")
            assert cursor.fetchall() == [("messages", "notifications.work")]
    with acting_as_user(directors[0].pk), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE system_alerts SET status = 'RESOLVED', resolution_cause = 'AUTRE',"
            " resolution_decision = 'CORRIGE', resolution_note = 'vu' WHERE entity_id = 'a'"
        )
    take_in([finding("a"), finding("c", severity="CRITICAL")])
    with acting_as_system("test"):
        assert list(Notification.objects.order_by("id").values_list("kind", flat=True)) == [
            "OPENED",
            "OPENED",
            "RESOLVED",
            "WORSENED",
            "RETURNED",
        ] or list(Notification.objects.order_by("id").values_list("kind", flat=True)) == [
            "OPENED",
            "OPENED",
            "RESOLVED",
            "RETURNED",
            "WORSENED",
        ]
    with pytest.raises(RuntimeError), acting_as_system("scan"), connection.cursor() as cursor:
        cursor.execute("UPDATE system_alerts SET message = 'x', severity = 'CRITICAL'")
        raise RuntimeError
    with acting_as_system("test"):
        assert Notification.objects.count() == 5


def test_three_thousand_alerts_are_one_message_to_each(directors, mail):
    take_in(finding(f"bac-{number}") for number in range(3000))
    assert run() == 0  # a large scan is told once its entries are in the chain
    entries_chain()
    assert run() == 2
    assert sent(mail) == [
        ("directeur", "3\u202f000 alertes sur « depot »"),
        ("directeur-adjoint", "3\u202f000 alertes sur « depot »"),
    ]
    text = text_of(mail)
    assert text.count("/governance/alerts/") == 10
    assert (
        "et 2\u202f990 autres\r\nhttps://console.exemple.test/governance/integrity?source=depot"
        in text
    )
    mail.taken.clear()
    # What comes within five minutes waits for their end, and goes together.
    for number in range(20):
        take_in([finding(f"plus-{number}")], closes=False)
    assert run() == 0
    assert run(minutes(3)) == 0
    assert run(minutes(5.1)) == 2
    assert sent(mail) == [
        ("directeur", "20 alertes sur « depot »"),
        ("directeur-adjoint", "20 alertes sur « depot »"),
    ]


def test_what_is_no_emergency_waits_for_the_morning(directors, mail):
    take_in([finding("a", severity="WARN")])
    assert run() == 0
    assert told() == [("OPENED", "BRIEF")] * 2
    take_in([finding("a", severity="CRITICAL")])
    assert run() == 2
    assert told() == [("OPENED", "BRIEF")] * 2 + [("WORSENED", "TOLD")] * 2


def test_everybody_who_was_told_is_told_once_how_it_ended(directors, mail):
    take_in([finding("a"), finding("b")])
    run()
    late = make_user("directeur-nouveau", DEPOT, email="nouveau@exemple.test")
    mail.taken.clear()
    one = alert(entity_id="a")
    with acting_as_user(directors[0].pk):
        alert_resolve(
            alert_id=one.pk,
            version=one.version,
            resolution=Resolution(
                note="pompe réparée", cause=Cause.ERREUR_SAISIE, decision=Decision.CORRIGE
            ),
        )
    take_in([])
    for at in (5.1, 5.2, 11, 60):
        run(minutes(at))
    assert sent(mail) == [
        ("directeur", "2 alertes terminées sur « depot »"),
        ("directeur-adjoint", "2 alertes terminées sur « depot »"),
    ]
    text = text_of(mail)
    assert "Résolue par directeur : corrigé (erreur de saisie)." in text
    assert "Close par un contrôle : l’anomalie a disparu des données." in text
    with acting_as_system("test"):
        assert not Notice.objects.filter(person_id=late.pk).exists()


def test_who_was_never_reached_hears_of_no_end_and_a_short_alert_is_never_told(directors, mail):
    mail.mode = "550"
    take_in([finding("a")])
    assert run() == 2
    mail.mode = "ok"
    take_in([])
    assert run(minutes(6)) == 0
    assert told() == [("OPENED", "TOLD")] * 2  # in messages that were given up
    # It came and went before anybody was told.
    take_in([finding("b")])
    take_in([])
    assert run(minutes(12)) == 0
    assert ("OPENED", "MOOT") in told()
    assert mail.mails == []


def test_an_end_waits_for_the_message_that_tells_the_beginning(directors, mail):
    """The provider is down, the alert ends meanwhile: first the one, then the other."""
    mail.mode = "451"
    take_in([finding("a")])
    run()
    take_in([])
    assert run(minutes(0.2)) == 0
    mail.mode = "ok"
    run(minutes(6))
    assert [text_of(mail, place).split(" sur")[0] for place in range(4)] == [
        "Nouvelle alerte"
    ] * 2 + ["Alerte terminée"] * 2


def test_an_alert_that_comes_and_goes_is_told_once_until_it_stays_away(directors, mail):
    for _episode in range(5):
        take_in([finding("a")])
        run(minutes(0))
        take_in([])
        run(minutes(0))
    assert sent(mail) == [("directeur", FIRST), ("directeur-adjoint", FIRST)]
    mail.taken.clear()
    run(minutes(6))  # in place of what five minutes had kept back
    assert sent(mail) == [("directeur", f"Re: {FIRST}"), ("directeur-adjoint", f"Re: {FIRST}")]
    assert text_of(mail).startswith("Alerte instable sur « depot »")
    mail.taken.clear()
    assert (run(minutes(30)), run(minutes(55))) == (0, 0)
    assert (run(minutes(62)), run(minutes(75))) == (2, 0)
    assert text_of(mail).startswith("Alerte terminée sur « depot »")


def test_maintenance_silences_messages_and_never_alerts(directors, mail):
    admin = make_user("admin", {"depot": "admin"})
    with acting_as_user(admin.pk):
        window = window_open(
            source="depot",
            check_code="STOCK_NEGATIF",
            starts_at=clock(),
            ends_at=minutes(120),
            reason="vidange du bac",
        )
    take_in([finding("a"), finding("z", check_code="STOCK_OVER_CAPACITY"), finding("b")])
    assert run(minutes(0)) == 2
    assert [subject for _to, subject in sent(mail)] == [
        "Critique : Citerne au-delà de sa capacité utile, depot"
    ] * 2
    assert alert(entity_id="a").status == "OPEN"
    take_in([finding("a"), finding("z", check_code="STOCK_OVER_CAPACITY")])  # b is over
    assert run(minutes(60)) == 0
    with acting_as_user(admin.pk):
        assert window_end(window_id=window.pk)
        assert not window_end(window_id=window.pk)
    mail.taken.clear()
    assert run(minutes(61)) == 2
    assert [subject for _to, subject in sent(mail)] == ["Critique : Stock négatif, depot"] * 2
    with acting_as_system("test"), connection.cursor() as cursor:
        cursor.execute(
            "SELECT action, after ->> 'note' FROM ledger_entry WHERE action LIKE 'maintenance%' ORDER BY seq"
        )
        assert cursor.fetchall() == [
            ("maintenance.open", "vidange du bac"),
            ("maintenance.end", None),
        ]


def test_who_has_no_address_is_known_to_be_out_of_reach(directors, mail):
    make_user("directeur-sans-adresse", DEPOT)
    take_in([finding("a")])
    assert run() == 2
    assert told() == [("OPENED", "TOLD")] * 2 + [("OPENED", "UNREACHABLE")]


def test_a_decision_that_is_contradicted_is_told_and_an_acknowledgement_is_not(directors, mail):
    take_in([finding("a")])
    run()
    one = alert(entity_id="a")
    with acting_as_user(directors[0].pk):
        alert_acknowledge(alert_id=one.pk, version=one.version)
    assert run(minutes(6)) == 0
    one = alert(entity_id="a")
    with acting_as_user(directors[0].pk):
        alert_resolve(
            alert_id=one.pk,
            version=one.version,
            resolution=Resolution(note="fait", cause=Cause.AUTRE, decision=Decision.CORRIGE),
        )
    take_in([finding("a")])
    mail.taken.clear()
    assert run(minutes(12)) == 2
    assert sent(mail)[0] == ("directeur", "Re: Critique : Stock négatif, depot")
    text = text_of(mail)
    assert text.startswith("Alerte revenue sur « depot »")


def test_who_hears_of_the_beginning_by_a_replay_hears_of_the_end_as_well(directors, mail):
    admin = make_user("admin", {"depot": "admin"})
    mail.mode = "550"
    take_in([finding("a")])
    run()
    take_in([])
    run(minutes(6))
    mail.mode = "ok"
    with acting_as_user(admin.pk):
        (mine,) = Delivery.objects.filter(person_id=directors[0].pk)
        assert deliveries_replay(ids=[mine.pk], note="adresse corrigée") == 1
    run(minutes(7))
    run(minutes(20))
    assert sent(mail) == [("directeur", FIRST), ("directeur", f"Re: {FIRST}")]
    assert text_of(mail, 1).startswith("Alerte terminée")

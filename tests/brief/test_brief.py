"""The brief says the same on the page and by mail: five lines, or one where there is nothing to say."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command
from django.utils import timezone, translation

from alerts import services
from alerts.calendars.services import calendar_set
from alerts.models import Alert, Cause, Decision
from governance.core.identity.acting import acting_as_system, acting_as_user
from governance.core.identity.models import SourceRole, User
from governance.core.web.http import access_of_actor
from governance.core.web.templatetags.ui import in_words, moment
from governance.notifications.brief.contents import brief
from governance.notifications.brief.models import BriefWish
from governance.notifications.brief.services import briefs_write
from governance.notifications.models import Delivery
from integrity.scans.freshness import Freshness
from integrity.scans.kinds import ViewRead
from tests.alerts.make import finding, take_in
from tests.pages.dom import elements

# What PostgreSQL notes carries the time of the run; where it is about noon, "yesterday" is not in doubt.
REAL = datetime.now(UTC)
AHEAD = 12 - REAL.hour
ZONE = ZoneInfo(f"Etc/GMT{'-' if AHEAD >= 0 else '+'}{abs(AHEAD)}")
NOON = REAL.astimezone(ZONE).replace(minute=0, second=0, microsecond=0)
SEVEN = NOON.replace(hour=7) + timedelta(days=1)


@pytest.fixture
def depot(people, monkeypatch):
    """Its view is ours, it works by a calendar, and was read five minutes before seven."""
    view = ViewRead("h", {"STOCK_NEGATIF": "1.0.0"}, was_read=True)
    monkeypatch.setattr("integrity.scans.kinds.view_read", lambda source: view)
    fresh = [Freshness("depot", "ok", SEVEN - timedelta(minutes=5))]
    monkeypatch.setattr(
        "governance.notifications.brief.contents.source_freshness", lambda sources: fresh
    )
    with acting_as_system("calendar"):
        hours = ["08:00-18:00"] * 7
        calendar_set(source="depot", zone=str(ZONE), hours=hours, holidays=[], moved="")
    return people


@pytest.fixture
def yesterday(depot):
    """One acknowledged, one resolved, one that nobody touched."""
    found = [finding(f"bac-{n}", detected_at=NOON - timedelta(hours=n)) for n in range(3)]
    take_in(found, taken_at=REAL)
    with acting_as_system("test"):
        alerts = {one.entity_id: one for one in Alert.objects.all()}
    with acting_as_user(depot["directeur"].pk):
        first, second = alerts["bac-0"], alerts["bac-1"]
        services.alert_acknowledge(alert_id=first.pk, version=first.version)
        done = services.Resolution("jaugé", Cause.ERREUR_SAISIE, Decision.CORRIGE, None)
        services.alert_resolve(alert_id=second.pk, version=second.version, resolution=done)
    return alerts


def said(person, language="fr", now=SEVEN):
    with acting_as_user(person.pk), translation.override(language), timezone.override(ZONE):
        return [(one.text, one.url) for one in brief(person.pk, access_of_actor(), now)]


def test_five_lines_each_with_the_page_on_which_to_decide(depot, yesterday):
    first, third = (f"/governance/alerts/{yesterday[name].pk}" for name in ("bac-2", "bac-0"))
    with timezone.override(ZONE):
        read = moment(SEVEN - timedelta(minutes=5))
    assert said(depot["directeur"]) == [
        (
            "Depuis hier 7 h : 3 nouvelles alertes (dont 3 critiques), 1 terminée.",
            "/governance/integrity?sort=changed",
        ),
        ("À votre tour : 2 alertes, dont 2 critiques. D’abord : Le bac est sous zéro.", first),
        (
            "Échoit aujourd’hui : 1 alerte, d’abord à 12:00 : Le bac est sous zéro ; 1 est déjà en retard.",
            third,
        ),
        (
            "Décisions d’hier : 1 attend un contrôle.",
            "/governance/integrity?status=RESOLVED&sort=changed",
        ),
        (f"Données contrôlées le {read}.", "/governance/scans"),
    ]
    with timezone.override(ZONE), translation.override("en"):
        read = moment(SEVEN - timedelta(minutes=5))
    assert [text for text, _url in said(depot["directeur"], "en")] == [
        "Since 7 a.m. yesterday: 3 new alerts (3 critical), 1 over.",
        "Your turn: 2 alerts, 2 critical. First: Le bac est sous zéro.",
        "Due today: 1 alert, the first at 12:00: Le bac est sous zéro; 1 is late already.",
        "Yesterday’s decisions: 1 awaits a scan.",
        f"Data scanned on {read}.",
    ]


def test_what_a_check_made_of_decisions_and_what_waits_for_others(depot, yesterday):
    take_in(
        [finding("bac-0"), finding("bac-1"), finding("bac-2")]
    )  # the resolved one is still there
    with acting_as_system("test"):
        again = Alert.objects.get(entity_id="bac-1")
    lines = said(depot["pca"])
    assert not [text for text, _url in lines if text.startswith("À votre tour")]
    assert (
        "Décisions d’hier : 1 contredite. Le bac est sous zéro.",
        f"/governance/alerts/{again.pk}",
    ) in lines
    assert lines[0][0] == "Depuis hier 7 h : 3 nouvelles alertes (dont 3 critiques), 1 revenue."


def test_nothing_to_say_is_one_line_and_only_with_fresh_evidence(depot, monkeypatch):
    with timezone.override(ZONE):
        read = moment(SEVEN - timedelta(minutes=5))
    nothing = "Rien à dire : rien n’a changé, rien ne vous attend, rien n’échoit aujourd’hui."
    assert said(depot["pca"]) == [(f"{nothing} Données contrôlées le {read}.", "/governance/scans")]
    stale = [Freshness("depot", "stale", SEVEN - timedelta(hours=9))]
    monkeypatch.setattr(
        "governance.notifications.brief.contents.source_freshness", lambda sources: stale
    )
    with timezone.override(ZONE):
        last = moment(SEVEN - timedelta(hours=9))
    assert [text for text, _url in said(depot["pca"])] == [
        f"INCONNU : les données de depot ne sont pas fraîches. Dernier contrôle complet le {last}."
    ]


def test_the_page_says_it_and_keeps_the_wish(as_, depot, yesterday, monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: SEVEN)
    page = as_("directeur").get("/governance/brief")
    shown = [one["data-brief"] for one in elements(page, "data-brief")]
    assert shown == ["changed", "waiting", "due", "became", "evidence"]
    for text, _url in said(depot["directeur"]):
        assert text in page.content.decode().replace("&#x27;", "'")
    answer = as_("directeur").post("/governance/brief", {"wanted": "yes"}, follow=True)
    assert (
        "Le point vous sera envoyé à 7 h, les jours où l’une de vos sources travaille."
        in answer.content.decode()
    )
    with acting_as_system("test"):
        assert [one.person_id for one in BriefWish.objects.all()] == [depot["directeur"].pk]
    as_("directeur").post("/governance/brief", {"wanted": "no"})
    with acting_as_system("test"):
        assert not BriefWish.objects.exists()


def test_no_mail_on_a_day_off_and_the_next_one_tells_what_happened_since(depot, yesterday):
    """Three holidays from SEVEN on; all that happened did so the day before."""
    director, now = depot["directeur"], SEVEN + timedelta(days=3)
    holidays = [
        {"day": (SEVEN + timedelta(days=days)).date().isoformat(), "name": f"Fête {days}"}
        for days in range(3)
    ]
    with acting_as_system("calendar"):
        hours = ["08:00-18:00"] * 7
        calendar_set(source="depot", zone=str(ZONE), hours=hours, holidays=holidays, moved="")
    with acting_as_system("install"):
        User.objects.filter(pk=director.pk).update(email="directeur@exemple.test")
    with acting_as_user(director.pk):
        BriefWish.objects.create(person_id=director.pk)
    assert [briefs_write(SEVEN + timedelta(days=days)) for days in range(4)] == [0, 0, 0, 1]
    day = in_words(NOON.date())
    texts = [text for text, _url in said(director, now=now)]
    assert (
        texts[0] == f"Depuis le {day} à 7 h : 3 nouvelles alertes (dont 3 critiques), 1 terminée."
    )
    assert f"Décisions depuis le {day} : 1 attend un contrôle." in texts
    # Of two sources one that works is enough, and one without a calendar works every day.
    with acting_as_system("install"):
        SourceRole.objects.create(user_id=director.pk, source="annexe", role="directeur")
    assert briefs_write(SEVEN + timedelta(days=2)) == 1


def test_at_seven_there_each_who_wants_it_gets_one_message(depot, yesterday, settings, capsys):
    settings.CONSOLE_URL = "https://console.exemple.test"
    director = depot["directeur"]
    with acting_as_system("install"):
        User.objects.filter(pk=director.pk).update(email="directeur@exemple.test")
    with acting_as_user(director.pk):
        BriefWish.objects.create(person_id=director.pk)
    assert briefs_write(SEVEN - timedelta(minutes=1)) == 0
    assert briefs_write(SEVEN) == 1
    assert briefs_write(SEVEN + timedelta(hours=5)) == 0
    assert briefs_write(SEVEN + timedelta(days=1)) == 1
    with acting_as_system("test"):
        message = Delivery.objects.filter(kind="BRIEF").order_by("created_at")[0]
    with timezone.override(ZONE):
        day, read = in_words(SEVEN.date()), moment(SEVEN - timedelta(minutes=5))
    base = "https://console.exemple.test/governance"
    assert (message.address, message.subject) == (
        "directeur@exemple.test",
        f"Point du matin, {day}",
    )
    assert message.text == (
        f"Point du matin, {day}\n\n"
        "Depuis hier 7 h : 3 nouvelles alertes (dont 3 critiques), 1 terminée.\n"
        f"{base}/integrity?sort=changed\n\n"
        "À votre tour : 2 alertes, dont 2 critiques. D’abord : Le bac est sous zéro.\n"
        f"{base}/alerts/{yesterday['bac-2'].pk}\n\n"
        "Échoit aujourd’hui : 1 alerte, d’abord à 12:00 : Le bac est sous zéro ; 1 est déjà en retard.\n"
        f"{base}/alerts/{yesterday['bac-0'].pk}\n\n"
        "Décisions d’hier : 1 attend un contrôle.\n"
        f"{base}/integrity?status=RESOLVED&sort=changed\n\n"
        f"Données contrôlées le {read}.\n"
        f"{base}/scans\n\n"
        "-- \n"
        "Vous recevez ce point parce que vous l’avez demandé.\n"
    )
    assert message.html.count("<a href=") == 5
    call_command("brief")
    assert capsys.readouterr().out in ("0 points écrits\n", "1 point écrit\n")  # is it seven yet?

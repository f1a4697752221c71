"""`/governance/rapport`: a closed period, as the ledger had it at its end, and the same bytes ever after."""

import re
from datetime import date, datetime, time, timedelta
from hashlib import sha256

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from alerts import services
from alerts.models import Cause, Decision
from governance.core.cache.lru import Cache
from governance.core.identity.acting import acting_as_system, acting_as_user
from governance.core.identity.models import User
from governance.core.identity.roles import Role
from governance.core.ledger.models import LedgerEntry
from governance.core.ledger.verification.verify import ledger_verify
from governance.core.web.templatetags.ui import in_words
from governance.reports.period import last_month, period_read
from tests.alerts.make import alert, finding, take_in
from tests.conftest import make_user
from tests.ledger.backdate import ledger_backdate
from tests.pages.dom import text_of
from tests.schedule.make import scanned

URL = "/governance/rapport"


@pytest.fixture(autouse=True)
def nothing_kept(monkeypatch):
    """Each text is drawn from the ledger; the test about keeping it keeps its own."""
    monkeypatch.setattr("governance.reports.contents.KEPT", Cache(0))


@pytest.fixture
def chair(fresh_console):
    """Entries of one transaction share an instant, so these tests commit."""
    return make_user("présidente", {"depot": Role.PCA}, first_name="Aline", last_name="Banza")


@pytest.fixture
def director(fresh_console):
    return make_user(
        "directrice", {"depot": Role.DIRECTEUR}, first_name="Berthe", last_name="Ilunga"
    )


def client_of(user):
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def to_last_month(fresh_console, pg):
    """Move all that the ledger holds into the middle of last month."""

    def move():
        middle = last_month(timezone.localdate()).first + timedelta(days=14)
        with pg.superuser(fresh_console) as connection:
            ledger_backdate(
                connection,
                last=timezone.make_aware(datetime.combine(middle, time(10))),
                apart=timedelta(seconds=1),
            )

    return move


def report_of(response):
    found = re.search(r'id="rapport">(.*)</article>', response.content.decode(), re.DOTALL)
    assert found
    return found[1]


def happen(director):
    scanned(ago=timedelta(seconds=5), rules={"STOCK_NEGATIF": "1.0.0"})
    take_in([finding("a", message="Le bac A est sous zéro."), finding("b", severity="WARN")])
    with acting_as_user(director.pk):
        services.alert_acknowledge(alert_id=alert(entity_id="a").pk, version=1)
        services.alert_resolve(
            alert_id=alert(entity_id="b").pk,
            version=1,
            resolution=services.Resolution(
                "Toléré jusqu’à la révision.",
                Cause.AUTRE,
                Decision.ACCEPTE,
                accepted_until=timezone.localdate() + timedelta(days=30),
            ),
        )


def test_it_says_what_stood_what_happened_who_acted_and_on_what_evidence(
    chair, director, to_last_month
):
    happen(director)
    to_last_month()
    page = text_of(client_of(chair).get(URL))
    assert "1 critique encore à résoudre" in page.replace("\u00a0", " ")
    assert "1 risque accepté" in page
    assert "Le bac A est sous zéro." in page
    assert "Toléré jusqu’à la révision." in page
    assert "Berthe Ilunga Directeur" in page
    # Scans: complete, failed, suspect; the longest silence is the half of the month after them.
    assert re.search(r"depot 1 0 0 1[5-7] j 1 ", page.replace("\u00a0", " "))
    assert "Critique — 1 1 Avertissement — 0 0" in page  # before anybody looked: unknown, not none
    assert "aucune règle n’y avait de preuve telle qu’elle y était" in page
    assert "le registre n’avait encore jamais été vérifié" in page
    with acting_as_system("test"):
        last = LedgerEntry.objects.order_by("-seq").first()
        assert last is not None
    assert bytes(last.hash).hex() in page


def test_the_same_period_gives_the_same_bytes_whatever_happens_later(
    chair, director, to_last_month
):
    happen(director)
    to_last_month()
    client = client_of(chair)
    assert "provisoire" in text_of(client.get(URL))
    before = client.get(URL)
    # Time goes on: the alert is resolved, another opens, a scan fails, somebody is called otherwise.
    with acting_as_user(director.pk):
        services.alert_resolve(
            alert_id=alert(entity_id="a").pk,
            version=2,
            resolution=services.Resolution("réparé", Cause.AUTRE, Decision.CORRIGE),
        )
    take_in([finding("z", message="Tout autre chose.")], taken_at=timezone.now())
    scanned(ago=timedelta(seconds=1), outcome="FAILED", error="hors d’atteinte")
    with acting_as_system("install"):
        User.objects.filter(pk=director.pk).update(last_name="Autre")
    after = client.get(URL)
    assert report_of(after) == report_of(before)
    assert "provisoire" not in text_of(after)
    assert sha256(report_of(after).encode()).hexdigest() in after.content.decode()
    # Another reader with the same rights reads the same.
    assert report_of(client_of(director).get(URL)) == report_of(before)


def test_the_text_of_a_closed_period_is_drawn_once_but_for_whoever_doubts_it(
    chair, director, to_last_month, monkeypatch
):
    monkeypatch.setattr("governance.reports.contents.KEPT", Cache(4))
    happen(director)
    to_last_month()
    client = client_of(chair)

    def asked(method="get", url=URL):
        with CaptureQueriesContext(connection) as captured:
            page = getattr(client, method)(url)
        return page, any("alert_active_as_of" in one["sql"] for one in captured)

    assert asked()[1]
    assert asked()[1]  # the period is not closed: it may still change
    scanned(ago=timedelta(seconds=1))
    first, drawn = asked()
    again, drawn_again = asked()
    assert (drawn, drawn_again) == (True, False)
    assert report_of(first) == report_of(again)
    # Kept in the ledger, or tried by its hash, it is drawn anew.
    assert asked("post", f"{URL}/keep")[1]


def test_a_reader_of_another_source_reads_nothing_of_this_one(director, to_last_month):
    happen(director)
    to_last_month()
    other = make_user("ailleurs", {"autre": Role.DIRECTEUR})
    page = text_of(client_of(other).get(URL))
    assert "sous zéro" not in page
    assert "Berthe" not in page


def test_a_period_in_which_nothing_was_looked_at_is_unknown(chair):
    answer = client_of(chair).get(URL, {"from": "2020-01-01", "to": "2020-01-31"})
    page = text_of(answer)
    assert "État INCONNU" in page
    assert "Le registre ne contenait encore rien : personne n’avait regardé." in page.replace(
        "\u00a0", " "
    )
    assert "Aucun" not in report_of(answer)  # around it, an alarm may say since when nobody looked
    assert re.search(r"Le registre ne commence que le \d", page)  # and when to choose instead


def test_a_later_month_begins_as_the_one_before_it_ended(chair, director, fresh_console, pg):
    happen(director)
    first = last_month(last_month(timezone.localdate()).first)
    with pg.superuser(fresh_console) as connection:
        ledger_backdate(
            connection, last=timezone.make_aware(datetime.combine(first.last, time(10)))
        )
    page = text_of(client_of(chair).get(URL))
    assert "Critique 1 1 1" in page
    assert re.search(
        r"Sans contrôle, au plus Règles lues depot 0 0 0 (28|29|30|31) j 1 ",
        page.replace("\u00a0", " "),
    )
    assert "délai dépassé" in page


def test_a_verification_of_the_period_is_said(chair, director, to_last_month):
    happen(director)
    ledger_verify()
    to_last_month()
    assert ledger_verify().is_whole  # of this instant: not the report's
    page = text_of(client_of(chair).get(URL))
    middle = in_words(last_month(timezone.localdate()).first + timedelta(days=14))
    assert f"Registre vérifié intact le {middle} à 10:00." in page


TODAY = date(2026, 3, 15)
FEBRUARY = (date(2026, 2, 1), date(2026, 2, 28))


@pytest.mark.parametrize(
    ("query", "expected", "is_refused"),
    [
        ({}, FEBRUARY, False),
        ({"from": "2026-01-05", "to": "2026-01-05"}, (date(2026, 1, 5), date(2026, 1, 5)), False),
        ({"from": "2026-01-05", "to": "2026-03-14"}, (date(2026, 1, 5), date(2026, 3, 14)), False),
        ({"from": "2026-01-05", "to": "2026-03-15"}, FEBRUARY, True),  # today is not over
        ({"from": "2026-01-05"}, FEBRUARY, True),
        ({"from": "hier", "to": "2026-01-05"}, FEBRUARY, True),
        ({"from": "\x00", "to": "2026-01-05"}, FEBRUARY, True),
        ({"from": "2026-01-06", "to": "2026-01-05"}, FEBRUARY, True),
        ({"from": "2020-01-01", "to": "2026-01-05"}, FEBRUARY, True),
        ({"from": "0001-01-01", "to": "0001-01-05"}, FEBRUARY, True),
    ],
)
def test_only_closed_periods_that_can_be_read(query, expected, is_refused):
    period, refusal = period_read(query, today=TODAY)
    assert (period.first, period.last) == expected
    assert bool(refusal) == is_refused


def test_a_refused_period_says_why_on_the_page(chair):
    page = text_of(client_of(chair).get(URL, {"from": "hier", "to": "demain"}))
    assert "Une période se donne par deux dates" in page


def test_queries_do_not_grow_with_what_happened(
    chair, director, to_last_month, django_assert_max_num_queries
):
    client = client_of(chair)
    happen(director)
    to_last_month()
    with django_assert_max_num_queries(48) as one:
        client.get(URL)
    take_in([finding(f"e{n}") for n in range(60)], taken_at=timezone.now())
    to_last_month()
    with django_assert_max_num_queries(len(one.captured_queries) + 1):  # "40 sur 60" counts them
        page = client.get(URL)
    assert "40 sur 60" in text_of(page)


def moved(pg, fresh_console, *, last, apart):
    with pg.superuser(fresh_console) as connection:
        ledger_backdate(connection, last=timezone.make_aware(last), apart=apart)


def test_the_longest_silence_is_never_told_too_short(chair, fresh_console, pg):
    scanned(ago=timedelta(seconds=9), rules={"STOCK_NEGATIF": "1.0.0"})
    for _ in range(50):
        scanned(ago=timedelta(seconds=5), rules={"STOCK_NEGATIF": "1.0.0"})
    end = datetime.combine(last_month(timezone.localdate()).last, time(23, 50))
    moved(pg, fresh_console, last=end, apart=timedelta(hours=47.5 / 2))
    # An entry of the scan's own and nothing else between two: 23 h 45 min.
    assert re.search(
        r"depot \d+ 0 0 24 h 1 ", text_of(client_of(chair).get(URL)).replace("\u00a0", " ")
    )


def test_a_period_without_a_scan_was_silent_all_along(fresh_console, pg):
    reader = make_user("deux", {"depot": Role.PCA, "autre": Role.PCA})
    scanned(ago=timedelta(seconds=9))
    period = last_month(timezone.localdate())
    end = datetime.combine(period.last, time(23, 50))
    moved(pg, fresh_console, last=end, apart=timedelta(seconds=1))
    page = text_of(client_of(reader).get(URL)).replace("\u00a0", " ")
    assert f"autre 0 0 0 {period.days} j — " in page


def test_the_rules_read_are_those_of_the_last_complete_scan(chair, to_last_month):
    scanned(ago=timedelta(minutes=5), rules={"STOCK_NEGATIF": "1.0.0", "AUTRE": "1.0.0"})
    scanned(ago=timedelta(seconds=5), outcome="FAILED", error="hors d’atteinte")
    to_last_month()
    page = text_of(client_of(chair).get(URL)).replace("\u00a0", " ")
    assert re.search(r"depot 1 1 0 \d+ j 2 ", page)


def test_what_was_known_at_the_start_stands_beside_a_source_that_was_not(fresh_console, pg):
    reader = make_user("deux", {"depot": Role.PCA, "autre": Role.PCA})
    scanned(ago=timedelta(minutes=5))
    take_in([finding("a")], taken_at=timezone.now())
    scanned("autre", ago=timedelta(seconds=5))
    third = datetime.combine(last_month(timezone.localdate()).first + timedelta(days=2), time(10))
    moved(pg, fresh_console, last=third, apart=timedelta(days=8))
    page = text_of(client_of(reader).get(URL)).replace("\u00a0", " ")
    assert "Critique 1 1 0" in page
    assert "Au début de la période, rien n’était connu de autre" in page

"""`/governance/history`: who reads what, in which words, and how it is narrowed and paged."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from alerts import services
from alerts.bulk import Seen, alerts_acknowledge
from alerts.models import Cause, Decision
from governance.core.identity.acting import acting_as_system, acting_as_user
from governance.core.identity.models import SourceRole, User
from governance.core.identity.roles import Role
from tests.alerts.make import NOW, alert, finding, take_in
from tests.conftest import make_user
from tests.pages.dom import elements
from tests.pages.test_screen import scanned

pytestmark = pytest.mark.django_db
URL = "/governance/history"


def entries(page):
    return [one["data-entry"] for one in elements(page, "data-entry")]


def numbers(page):
    return [int(one["data-seq"]) for one in elements(page, "data-seq")]


def sentences(page):
    found = re.findall(r"<h3>(.*?)</h3>", page.content.decode(), re.DOTALL)
    return [unescape(re.sub(r"<[^>]+>", "", one)).replace("\u00a0", " ") for one in found]


def alert_entries(page):
    return [name for name in entries(page) if name.startswith("alert.")]


def acknowledge(person, **where):
    one = alert(**where)
    with acting_as_user(person.pk):
        services.alert_acknowledge(alert_id=one.pk, version=one.version)


def resolve(person, note="compteur relu", **where):
    one = alert(**where)
    words = services.Resolution(note, Cause.ERREUR_SAISIE, Decision.CORRIGE)
    with acting_as_user(person.pk):
        services.alert_resolve(alert_id=one.pk, version=one.version, resolution=words)


def test_what_happened_is_told_in_sentences_newest_first(as_, people):
    take_in([finding(message="Le bac TANK4 est sous zéro.")])
    acknowledge(people["directeur"])
    resolve(people["directeur"])
    take_in([], taken_at=NOW + timedelta(minutes=1))
    take_in([finding(message="Le bac TANK4 déborde.")], taken_at=NOW + timedelta(minutes=2))
    page = as_("pca").get(URL)
    assert sentences(page)[:5] == [
        "Le contrôle automatique a constaté de nouveau « Le bac TANK4 déborde. » : épisode 2",
        "Le contrôle automatique ne trouve plus « Le bac TANK4 est sous zéro. » : "
        "la résolution est confirmée",
        "directeur a résolu « Le bac TANK4 est sous zéro. » : corrigé, erreur de saisie",
        "directeur a acquitté « Le bac TANK4 est sous zéro. »",
        "Le contrôle automatique a constaté « Le bac TANK4 est sous zéro. »",
    ]
    assert numbers(page) == sorted(numbers(page), reverse=True)
    text = page.content.decode()
    assert "compteur relu" in text
    assert f'href="/governance/alerts/{alert().pk}"' in text
    assert "Directeur" in text


def test_values_before_and_after_have_labels_and_units(as_, people):
    take_in([finding(payload={"stock_ambiant": -5.5, "citerne": "TANK1"})])
    take_in(
        [finding(payload={"stock_ambiant": -7000.5, "citerne": "TANK1"})],
        taken_at=NOW + timedelta(minutes=1),
    )
    text = as_("pca").get(URL, {"action": "alert.change"}).content.decode()
    assert "−5,5" in text
    assert "−7\u202f000,5" in text
    assert "TANK1" not in text


@pytest.mark.parametrize(
    ("action", "after", "said"),
    [
        ("role.grant", None, "install a donné à nouveau le rôle « Auditeur » sur depot"),
        ("user.create", None, "install a créé le compte de nouveau"),
        ("user.delete", None, "install a supprimé le compte de nouveau (compte supprimé)"),
    ],
)
def test_accounts_and_roles_are_told_too(as_, action, after, said, people):
    someone = make_user("nouveau", {"depot": Role.AUDITEUR})
    if action == "user.delete":
        with acting_as_system("install"):
            SourceRole.objects.filter(user=someone).delete()
            User.objects.filter(pk=someone.pk).delete()
    page = as_("admin").get(URL, {"action": action})
    assert sentences(page)[0] == said.replace("install ", "L’installation ", 1)


def test_who_left_keeps_the_name_that_the_ledger_knows(as_, people):
    take_in([finding(message="Sous zéro.")])
    leaver = make_user("partie", {"depot": Role.DIRECTEUR}, first_name="Aline", last_name="Mbuyi")
    acknowledge(leaver)
    with acting_as_system("install"):
        SourceRole.objects.filter(user=leaver).delete()
        User.objects.filter(pk=leaver.pk).delete()
    page = as_("auditeur").get(URL, {"actor": str(leaver.pk)})
    assert sentences(page) == ["Aline Mbuyi (compte supprimé) a acquitté « Sous zéro. »"]


@pytest.fixture
def later_action(pg, db):
    """What a later version notes, which this one has no words for."""
    with pg.superuser("console") as root:
        root.execute("INSERT INTO ledger_action VALUES ('drill.done', 'drill', 'later', '')")
        yield
        root.execute("DELETE FROM ledger_action WHERE action = 'drill.done'")


def test_an_unknown_action_shows_under_its_own_name(as_, later_action, people):
    with acting_as_system("later"), connection.cursor() as cursor:
        cursor.execute("SELECT ledger_note('depot', 'drill', 'd-1', NULL, 'drill.done', '{}')")
    assert sentences(as_("pca").get(URL))[0] == "La console (later) : drill.done (drill d-1)"


def test_a_person_of_another_source_reads_nothing_of_this_one(as_):
    take_in([finding(message="secret du dépôt")])
    text = as_("ailleurs").get(URL).content.decode()
    assert "secret" not in text
    assert alert_entries(as_("ailleurs").get(URL)) == []
    assert alert_entries(as_("directeur").get(URL)) == ["alert.open"]


def test_routine_is_hidden_and_the_page_says_so(as_, people):
    take_in([finding()])
    scanned()
    take_in([finding()], taken_at=NOW + timedelta(minutes=1))
    client = as_("pca")
    page = client.get(URL)
    assert "scan.complete" not in entries(page)
    assert "alert.seen" not in entries(page)
    assert "ne sont pas montrés" in page.content.decode()
    shown = client.get(URL, {"routine": "1"})
    assert entries(shown)[:2] == ["alert.seen", "scan.complete"]
    assert "ne sont pas montrés" not in shown.content.decode()
    asked = client.get(URL, {"action": "scan.complete"})
    assert entries(asked) == ["scan.complete"]


def test_filters(as_, people):
    take_in([finding("a"), finding("b", check_code="AUTRE_REGLE")])
    acknowledge(people["directeur"], entity_id="a")
    both = make_user("les-deux", {"depot": Role.PCA, "autre": Role.PCA})
    take_in([finding("c")], source="autre")
    client = Client()
    client.force_login(both)

    def shown(**query):
        return sorted(alert_entries(client.get(URL, query)))

    assert shown() == ["alert.ack", "alert.open", "alert.open", "alert.open"]
    assert shown(actor=str(people["directeur"].pk)) == ["alert.ack"]
    assert shown(actor="system:scan") == ["alert.open"] * 3
    assert shown(action="alert.ack") == ["alert.ack"]
    assert shown(source="autre") == ["alert.open"]
    assert shown(check_code="AUTRE_REGLE") == ["alert.open"]
    assert shown(alert=str(alert(entity_id="a").pk)) == ["alert.ack", "alert.open"]
    assert shown(source="autre", action="alert.ack") == []


def test_the_period_counts_in_days_of_the_zone_of_display_ends_included(as_):
    take_in([finding()])
    today = timezone.localdate()
    client = as_("pca")
    for query, expected in (
        ({"from": today.isoformat(), "to": today.isoformat()}, 1),
        ({"from": (today + timedelta(days=1)).isoformat()}, 0),
        ({"to": (today - timedelta(days=1)).isoformat()}, 0),
        ({"to": timezone.now().isoformat().replace("+00:00", "Z")}, 1),
    ):
        page = client.get(URL, query)
        assert len(alert_entries(page)) == expected, query
        assert "a été ignorée" not in page.content.decode()


def test_a_days_first_and_last_instant_belong_to_it():
    from governance.core.web.instants import instant_read, instant_words

    first, last = (instant_read("2026-10-31", last=last) for last in (False, True))
    assert first is not None
    assert last is not None
    assert first.isoformat() == "2026-10-31T00:00:00+02:00"
    assert last.isoformat() == "2026-10-31T23:59:59.999999+02:00"
    assert instant_words(first, last=False) == instant_words(last, last=True) == "2026-10-31"
    exact = instant_read("2026-10-31T23:59", last=True)
    assert exact is not None
    assert instant_words(exact, last=True) == "2026-10-31T23:59"


@pytest.mark.parametrize(
    "query",
    [
        {"from": "hier"},
        {"to": "2026-13-01"},
        {"from": "0001-01-01"},
        {"to": "9999-12-31"},
        {"actor": "personne"},
        {"action": "alert.eat"},
        {"source": "autre"},
        {"check_code": "x' OR 1=1 --"},
        {"alert": "42"},
        {"alert": "00000000-0000-0000-0000-000000000000"},
        {"actor": "a\x00b"},
        {"actor": "x" * 5000},
    ],
)
def test_an_unknown_value_is_ignored_with_a_visible_note(as_, query):
    take_in([finding()])
    page = as_("pca").get(URL, query)
    assert page.status_code == 200
    assert alert_entries(page) == ["alert.open"]
    assert "a été ignorée" in page.content.decode()


@pytest.mark.parametrize("cursor", ["x", "-1", "²", "9" * 30, "", "\x00"])
def test_a_cursor_that_we_never_wrote_is_page_one(as_, cursor):
    take_in([finding()])
    assert alert_entries(as_("pca").get(URL, {"cursor": cursor})) == ["alert.open"]


def next_address(page):
    found = {one["href"] for one in elements(page, "href") if "cursor=" in one["href"]}
    return found.pop() if found else None


def test_paging_shows_every_entry_once_and_keeps_the_filter(as_):
    take_in([finding(f"e{n}", severity="WARN") for n in range(120)])
    take_in([finding("c", check_code="AUTRE")], source="depot", closes=False)
    client = as_("directeur")
    address, seen = f"{URL}?check_code=STOCK_NEGATIF", []
    while address:
        page = client.get(address)
        seen += numbers(page)
        address = next_address(page)
    assert len(seen) == len(set(seen)) == 120
    assert seen == sorted(seen, reverse=True)


@pytest.mark.usefixtures("cold")
def test_queries_do_not_grow_with_entries_nor_with_pages(as_):
    client = as_("directeur")

    def asked(address):
        with CaptureQueriesContext(connection) as queries:
            page = client.get(address)
        return len(queries), page

    take_in([finding("e0")])
    few, _page = asked(URL)
    assert few <= 25
    take_in([finding(f"e{n}") for n in range(200)], taken_at=NOW + timedelta(minutes=1))
    first, page = asked(URL)
    second, _page = asked(next_address(page))
    assert second <= first <= few  # the form's choices are kept from the first page to the second


def test_the_alerts_page_shows_its_record_to_who_may_read_history(as_, people):
    take_in([finding()])
    acknowledge(people["directeur"])
    resolve(people["directeur"], note="joint remplacé")
    address = f"/governance/alerts/{alert().pk}"
    text = as_("pca").get(address).content.decode()
    titles = re.findall(r'class="moment[^"]*">\s*<h3>(.*?)</h3>', text)
    assert titles == ["Résolution\u00a0: Corrigé", "Acquittement", "Constat"]
    assert "directeur (Directeur)" in text
    assert f"/governance/history?alert={alert().pk}" in text
    assert 'class="moment"' not in as_("gerant").get(address).content.decode()


def test_a_long_record_is_cut_and_the_page_says_so(as_):
    for minute in range(130):
        take_in([finding(message=f"n° {minute}")], taken_at=NOW + timedelta(minutes=minute))
    text = as_("pca").get(f"/governance/alerts/{alert().pk}").content.decode()
    assert text.count('class="moment"') == 100
    assert "100 plus récents" in text


def test_a_chain_too_long_to_wait_for_is_left_to_the_night(as_, monkeypatch):
    monkeypatch.setattr("governance.history.ledger_views.AT_ONCE", 1)
    client = as_("auditeur")
    assert "Vérifier maintenant" not in client.get("/governance/ledger").content.decode()
    done = client.post("/governance/ledger/verify", follow=True).content.decode()
    assert "trop long" in done
    assert 'data-ledger="unknown"' in done


def bundles(page):
    return [int(one["data-bundle"]) for one in elements(page, "data-bundle")]


def test_what_was_done_to_many_at_once_is_one_line_that_unfolds(as_, people):
    take_in([finding(f"e{n}", message=f"Bac {n}.") for n in range(5)])
    seen = [Seen(alert(entity_id=f"e{n}").pk, 1) for n in range(4)]
    with acting_as_user(people["directeur"].pk):
        alerts_acknowledge(seen=seen, note="vu en tournée")
    page = as_("pca").get(URL)
    assert bundles(page) == [4, 5]
    said = sentences(page)
    assert said[0] == "directeur a acquitté 4 alertes"
    assert said[5] == "Le contrôle automatique a constaté 5 alertes"
    assert alert_entries(page) == ["alert.ack"] * 4 + ["alert.open"] * 5
    assert page.content.decode().count("vu en tournée") == 9  # once, and in each its note and value
    english = as_("auditeur").get(URL, headers={"accept-language": "en"})
    assert bundles(english) == [4, 5]


def test_one_alone_and_what_reads_otherwise_is_a_line_of_its_own(as_, people):
    take_in([finding("a"), finding("b"), finding("c")])
    for who, what in (("directeur", "a"), ("admin", "b"), ("directeur", "c")):
        acknowledge(people[who], entity_id=what)  # a test is one transaction, so one instant
    assert bundles(as_("pca").get(URL)) == [3]  # what the scan found
    resolve(people["directeur"], note="compteur relu", entity_id="a")
    resolve(people["directeur"], note="jauge relue", entity_id="c")
    assert bundles(as_("pca").get(URL)) == [3]

"""Entries are kept as HTML: whatever an entry shows must be part of what it is kept under."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone, translation

from alerts import services
from alerts.models import Comment
from governance.core.identity.acting import acting_as_system, acting_as_user
from governance.core.identity.models import Account
from governance.core.identity.roles import Role
from governance.core.ledger.models import LedgerEntry
from governance.history import rows
from governance.history.lines import Known, known_of, line_of, reads_as
from tests.alerts.make import alert, finding, take_in
from tests.conftest import make_user
from tests.pages.dom import elements, text_of

pytestmark = pytest.mark.django_db
URL = "/governance/history"


@pytest.fixture(autouse=True)
def acknowledged(people):
    """One alert on `depot`, acknowledged by the director."""
    take_in([finding()])
    with acting_as_user(people["directeur"].pk):
        services.alert_acknowledge(alert_id=alert().pk, version=1, note="vu\nau quai")


def entry_of(action):
    with acting_as_system("test"):
        found = LedgerEntry.objects.filter(action=action).order_by("-seq").first()
        assert found is not None
        return found, known_of([found])


def renamed(people, name):
    with acting_as_user(people["admin"].pk):
        Account.objects.filter(pk=people["directeur"].pk).update(first_name=name)


def test_an_entry_is_rendered_once(as_, monkeypatch):
    client = as_("directeur")
    first = client.get(URL)
    monkeypatch.setattr(rows, "line_of", lambda *_: pytest.fail("rendered again"))
    again = client.get(f"{URL}?routine=1")  # another page with the same entries
    assert elements(again, "data-seq") == elements(first, "data-seq") != []


def test_a_person_who_changes_name_changes_it_in_every_entry(as_, people):
    client = as_("directeur")
    assert "directeur a acquitté" in text_of(client.get(URL))
    renamed(people, "Directrice")
    page = text_of(client.get(URL))
    assert "Directrice a acquitté" in page
    assert "directeur a acquitté" not in page


def test_a_name_among_the_values_is_followed_too(as_, people):
    with acting_as_user(people["gerant"].pk):
        services.alert_assign(alert_id=alert().pk, version=2, assignee=people["directeur"].pk)
    client = as_("pca")
    assert "Prise en charge par — directeur" in text_of(client.get(f"{URL}?action=alert.assign"))
    renamed(people, "Directrice")
    assert "Prise en charge par — Directrice" in text_of(client.get(f"{URL}?action=alert.assign"))


def test_each_language_has_entries_of_its_own(as_):
    client = as_("directeur")
    assert "a acquitté" in text_of(client.get(URL))
    client.cookies["django_language"] = "en"
    page = text_of(client.get(URL))
    assert "acknowledged" in page
    assert "a acquitté" not in page
    client.cookies["django_language"] = "fr"
    assert "a acquitté" in text_of(client.get(URL))


def test_what_one_reader_saw_is_not_lent_to_another(as_):
    assert "Note d’acquittement" in text_of(as_("directeur").get(URL))
    client = Client()
    client.force_login(make_user("lointain", {"ailleurs": Role.DIRECTEUR}))
    page = client.get(URL)
    assert "Note d’acquittement" not in text_of(page)
    assert not [one for one in elements(page, "data-entry") if "alert." in one["data-entry"]]


def test_a_right_that_is_taken_away_takes_the_entries_with_it(as_, people):
    client = as_("directeur")
    assert "Note d’acquittement" in text_of(client.get(URL))
    with acting_as_system("install"):
        people["directeur"].source_roles.update(source="autre")
    assert "Note d’acquittement" not in text_of(client.get(URL))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("seq", 1),
        ("at", timezone.now()),
        ("actor", "system:scan"),
        ("role", "pca"),
        ("source", "autre"),
        ("subject_type", "user"),
        ("subject_id", "x"),
        ("check_code", "AUTRE"),
        ("action", "alert.resolve"),
        ("before", {"status": "ACK"}),
        ("after", {"status": "OPEN"}),
        ("hash", b"0" * 32),
    ],
)
def test_an_entry_that_was_tampered_with_is_shown_as_it_stands(field, value):
    entry, known = entry_of("alert.ack")
    line, kept_under = line_of(entry, known), reads_as(entry, known)
    assert reads_as(entry, known) == kept_under
    setattr(entry, field, value)
    assert reads_as(entry, known) != kept_under or line_of(entry, known) == line


def test_what_the_alert_said_then_and_the_language_are_in_the_key():
    entry, known = entry_of("alert.ack")
    other = Known(known.names, {entry.seq: "autre chose"})
    assert line_of(entry, other) != line_of(entry, known)
    assert reads_as(entry, other) != reads_as(entry, known)
    with translation.override("en"):
        assert reads_as(entry, known) != reads_as(entry, Known(known.names, {}))
        english = reads_as(entry, known)
    assert english != reads_as(entry, known)


def test_a_note_keeps_its_lines(as_):
    page = as_("directeur").get(f"{URL}?action=alert.ack").content.decode()
    assert page.count("vu<br>au quai") == 2  # told, and among the values


def test_what_somebody_wrote_is_text(as_, people):
    with acting_as_user(people["directeur"].pk):
        Comment.objects.create(alert=alert(), body="<b>gras</b>\n<i>et plus</i>")
    page = as_("directeur").get(URL).content.decode()
    assert "<b>gras" not in page
    assert "<i>et" not in page
    assert "&lt;b&gt;gras&lt;/b&gt;<br>&lt;i&gt;et plus" in page


def test_a_moment_of_an_alert_grows_old(as_, monkeypatch):
    page = f"/governance/alerts/{alert().pk}"
    client = as_("directeur")
    record = text_of(client.get(page)).partition("Historique")[2]
    later = timezone.now() + timedelta(hours=5)
    monkeypatch.setattr(timezone, "now", lambda: later)
    assert text_of(client.get(page)).partition("Historique")[2] != record


def test_the_form_follows_what_it_offers(as_, people):
    client = as_("directeur")
    assert "Directrice</option>" not in client.get(URL).content.decode()
    renamed(people, "Directrice")
    assert "Directrice</option>" in client.get(URL).content.decode()
    assert "selected" in client.get(f"{URL}?actor={people['directeur'].pk}").content.decode()

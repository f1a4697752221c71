"""What is refused is noted: who, from where, on which page; never what was typed, never without bounds."""

from datetime import timedelta

import psycopg
import pytest
from django.core.management import call_command
from django.db import ProgrammingError, connection, transaction
from django.test import Client
from django.utils import timezone

from governance.access.journal.models import AccessEvent
from governance.access.journal.note import IDENTITY
from governance.core.identity.acting import acting_as_system, acting_as_user
from governance.core.identity.roles import Role
from governance.core.ledger.models import LedgerEntry
from tests.conftest import make_user

LOGIN, JOURNAL = "/accounts/login/", "/governance/access/journal"


def noted(**where):
    with acting_as_system("test"):
        return list(AccessEvent.objects.filter(**where).order_by("id"))


def note(kind="sign_in", *, address="10.0.0.1", times=1, quiet=0, person=None, path="/x"):
    with acting_as_system(IDENTITY), connection.cursor() as cursor:
        cursor.execute(
            "SELECT access_note(%s, %s, %s, 'agent', 'GET', %s, 403, 'name', %s, %s)",
            [kind, person, address, path, times, quiet],
        )
        return cursor.fetchone()[0]


def test_every_refusal_leaves_a_line(people, as_):
    client = Client(REMOTE_ADDR="10.0.0.7", headers={"user-agent": "a browser\x07"})
    for _ in range(6):
        answer = client.post(LOGIN, {"login": "pca", "password": "not-the-password"})
    assert answer.status_code == 429
    assert as_("pca").get("/governance/access").status_code == 403
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(people["directeur"])
    assert strict.post("/governance/integrity/bulk", {"note": "typed"}).status_code == 403
    lines = noted()
    assert [one.kind for one in lines] == [*["sign_in"] * 5, "locked", "forbidden", "csrf"]
    assert {one.person for one in lines[:6]} == {people["pca"].pk}  # whose account was tried
    assert [lines[6].person, lines[7].person] == [people["pca"].pk, people["directeur"].pk]
    first = lines[0]
    assert (first.address, first.agent, first.method) == ("10.0.0.7", "a browser ", "POST")
    assert (first.path, first.status, first.sources) == (LOGIN, 200, ["depot"])
    assert answer["X-Request-ID"] == lines[5].request_id


def test_what_is_typed_or_asked_for_is_not_kept(db):
    client = Client()
    for name in ("typed-into-the-wrong-field", "5f0c6a1e-5f0c-4a1e-8f0c-6a1e5f0c6a1e"):
        client.post(f"{LOGIN}?next=/governance?q=asked-for", {"login": name, "password": "hush"})
    for number in range(10):
        client.get(f"/governance/alerts/token-{number}-of-a-mail/ack?q=asked-for")
    client.get("/accounts/password/reset/key/abc-token-of-a-mail/")
    for line in noted():
        assert line.person is None
        values = " ".join(str(value) for value in vars(line).values())
        for secret in ("typed-into", "5f0c6a1e", "hush", "asked-for", "token-"):
            assert secret not in values, (secret, values)
    (probe,) = noted(kind="malformed")
    assert (probe.path, probe.merged) == ("/governance/alerts/…/ack", 9)


def test_a_mistyped_address_is_no_probe(db):
    for _ in range(9):
        Client().get("/governance/alertes")
    assert noted() == []


def test_what_the_database_refuses_is_noted(people, as_, monkeypatch):
    def let_through(*args, **kwargs):
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM access_burst")

    monkeypatch.setattr("governance.access.views.delegations_seen", let_through)
    client = as_("directeur")
    client.raise_request_exception = False
    with transaction.atomic():  # the refusal ends with its savepoint, the test goes on
        assert client.get("/governance/delegations").status_code == 500
    (line,) = noted()
    assert (line.kind, line.person, line.status) == ("database", people["directeur"].pk, 500)


def test_a_flood_is_told_in_few_lines_and_none_is_lost(db):
    written = [note(address="10.9.9.9") for _ in range(1000)]
    lines = noted(address="10.9.9.9")
    assert sum(written) == len(lines) == 20 + 5  # and those that make 32, 64, … 512
    assert sum(1 + one.merged for one in lines) == 512
    for number in range(300):
        note(address=f"10.1.{number // 200}.{number % 200}")
    assert len(noted()) == 200  # of all addresses within a minute


def test_what_was_only_counted_is_told_at_night(pg, fresh_console):
    for _ in range(100):
        note()
    with pg.superuser(fresh_console) as superuser:
        superuser.execute("UPDATE access_burst SET since = since - interval '2 hours'")
    call_command("access_tidy", verbosity=0)
    assert sum(1 + one.merged for one in noted()) == 100


def test_it_is_only_added_to_and_forgotten_after_ninety_days(pg, fresh_console):
    note()
    with psycopg.connect(pg.dsn(fresh_console, "console_owner"), autocommit=True) as owner:
        for statement in (
            "UPDATE access_event SET person = NULL",
            "DELETE FROM access_event",
            "TRUNCATE access_event",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege), owner.transaction():
                owner.execute("SELECT set_config('governance.system', 'journal', true)")
                owner.execute(statement)
    with acting_as_system(IDENTITY):
        for days in (89, 91, 400):
            AccessEvent.objects.create(
                kind="csrf", address="10.0.0.1", at=timezone.now() - timedelta(days=days)
            )
    call_command("access_tidy", verbosity=0)
    assert len(noted()) == 2
    with acting_as_system("test"):
        last = LedgerEntry.objects.latest("seq")
    assert (last.actor, last.action, last.after) == (
        "system:journal",
        "journal.purge",
        {"forgotten": 2},
    )


def test_only_the_machine_notes_and_only_as_journal(people):
    for name in ("scan", "accounts"):
        with pytest.raises(ProgrammingError), acting_as_system(name), connection.cursor() as cursor:
            cursor.execute("SELECT access_note('csrf', NULL, '10.0.0.1', '', '', '', 0, '', 1, 0)")
    with pytest.raises(ProgrammingError), acting_as_user(people["admin"].pk):
        AccessEvent.objects.create(kind="csrf", address="10.0.0.1")


def test_administrators_see_strangers_and_their_own_people(people):
    note(path="/stranger")
    note(person=people["pca"].pk, path="/ours", kind="forbidden")
    note(person=people["ailleurs"].pk, path="/theirs", kind="forbidden")
    other = make_user("autre-admin", {"autre": Role.ADMIN})
    seen = {}
    for person in (people["admin"], other, people["directeur"], people["sans-role"]):
        with acting_as_user(person.pk):
            seen[person.username] = {one.path for one in AccessEvent.objects.all()}
    assert seen == {
        "admin": {"/stranger", "/ours"},
        "autre-admin": {"/stranger", "/theirs"},
        "directeur": set(),
        "sans-role": set(),
    }


def test_the_page_shows_and_narrows(people, as_):
    for number in range(103):
        with acting_as_system(IDENTITY):
            AccessEvent.objects.create(
                kind="forbidden" if number else "csrf",
                person=people["pca"].pk if number % 2 else None,
                address=f"10.0.0.{number}",
                path="/governance/access",
                merged=number == 102 and 41,
            )
    page = as_("admin").get(JOURNAL).content.decode()
    assert page.count("data-event=") == 100
    assert "et 41 autres de cette adresse" in page
    assert 'href="/governance/access/journal?cursor=' in page
    narrowed = as_("admin").get(f"{JOURNAL}?kind=csrf&address=10.0.0.0").content.decode()
    assert narrowed.count("data-event=") == 1
    person = as_("admin").get(f"{JOURNAL}?person={people['pca'].pk}").content.decode()
    assert person.count("data-event=") == 51
    for address in (f"{JOURNAL}?from=2001-01-01&to=2001-01-02", f"{JOURNAL}?address=10.7.7.7"):
        assert "Rien ne correspond à ces filtres" in as_("admin").get(address).content.decode()
    assert as_("admin").get(f"{JOURNAL}?person=x&kind=y&address=z&from=w").status_code == 200
    assert JOURNAL in as_("admin").get("/governance/access").content.decode()

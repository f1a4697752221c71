"""Requests and tries are counted once for all processes; too much is refused, and says when."""

import http.client
import threading
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.db import connections
from django.http import HttpResponse
from django.test import Client, RequestFactory

from governance.access.journal.middleware import Journal
from governance.access.limits import middleware
from governance.access.limits.answer import limited
from governance.access.limits.steps import Steps
from governance.access.limits.tries import Limit, TooManyAttempts, attempt_count
from governance.core.identity.acting import acting_as_system
from governance.core.identity.roles import Role
from tests.access.test_journal import noted
from tests.bench.serving import CONSOLE, serving
from tests.conftest import make_user
from tests.web.conftest import addresses

LOGIN = "/accounts/login/"


@pytest.fixture(autouse=True)
def nothing_taken(monkeypatch):
    """This process has not asked for anything yet."""
    monkeypatch.setattr(middleware, "_steps", Steps())
    monkeypatch.setattr(middleware, "_sources", {})


def in_parallel(count, one, workers=8):
    def closing(number):
        try:
            return one(number)
        finally:
            connections["default"].close()

    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(closing, range(count)))


def test_processes_together_take_what_there_is_and_no_more(fresh_console):
    processes = [Steps() for _ in range(4)]
    answers = in_parallel(400, lambda number: processes[number % 4].take("address x", 300))
    taken = answers.count(0)
    assert taken <= 300
    assert taken > 300 * 0.9  # what one of them took in advance is hardly missed by the others
    assert all(0 < wait <= 60 for wait in answers if wait)


def test_a_step_is_one_question_of_many(db, django_assert_num_queries):
    steps = Steps()
    with django_assert_num_queries(2):
        for _ in range(50):
            assert steps.take("address x", 1000) == 0
    for _ in range(951):
        steps.take("address x", 1000)
    with django_assert_num_queries(0):  # a flood asks nothing any more
        assert steps.take("address x", 1000) > 0


def test_a_window_that_is_over_begins_anew(pg, fresh_console):
    for _ in range(11):
        last = Steps().take("address x", 10)
    assert 59 < last <= 60
    with pg.superuser(fresh_console) as superuser:
        superuser.execute("UPDATE request_count SET since = since - interval '60 s'")
    assert Steps().take("address x", 10) == 0


def test_nobody_reads_the_numbers_and_no_address_is_kept(pg, fresh_console):
    Steps().take("address 10.0.0.1", 10)
    with (
        psycopg.connect(pg.dsn(fresh_console, "console_app")) as runtime,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        runtime.execute("SELECT * FROM request_count")
    with pg.superuser(fresh_console) as superuser:
        ((key,),) = superuser.execute("SELECT key FROM request_count").fetchall()
        (kind,) = superuser.execute(
            "SELECT relpersistence FROM pg_class WHERE relname = 'request_count'"
        ).fetchone()
    assert (len(key), kind) == (32, "u")


def test_an_address_is_told_when_and_others_go_on(db, settings):
    settings.LIMIT_ADDRESS_PER_MINUTE = 20
    client = Client(REMOTE_ADDR="10.0.0.1")
    answers = [client.get(LOGIN, headers={"X-Forwarded-For": f"1.1.1.{n}"}) for n in range(25)]
    assert [one.status_code for one in answers] == [200] * 20 + [429] * 5
    assert 50 < int(answers[-1]["Retry-After"]) <= 60
    page = answers[-1].content.decode()
    assert "Votre adresse réseau demande plus de 20 pages par minute." in page
    assert "Ce sera possible à partir du" in page
    client.cookies["django_language"] = "en"
    assert 'lang="en"' in client.get(LOGIN).content.decode()
    assert Client(REMOTE_ADDR="10.0.0.2").get(LOGIN).status_code == 200
    assert client.get("/health/live").status_code == 200
    assert client.get("/health").status_code == 200
    assert client.get("/health-or-so").status_code == 429  # what only begins like a probe is none
    assert {one.kind for one in noted(address="10.0.0.1")} == {"too_many"}


def test_the_members_of_a_source_are_counted_together(people, as_, settings):
    settings.LIMIT_SOURCE_PER_MINUTE = 30
    pca, auditor = as_("pca"), as_("auditeur")
    answers = [one.get("/governance/aide").status_code for _ in range(16) for one in (pca, auditor)]
    assert answers == [200] * 30 + [429] * 2
    assert as_("ailleurs").get("/governance/aide").status_code == 200
    page = as_("directeur").get("/governance/aide").content.decode()
    assert "demandent ensemble plus de 30 pages par minute" in page


def test_a_person_writes_so_often_and_reads_on(people, as_, settings):
    settings.LIMIT_WRITES_PER_MINUTE = 10
    client = as_("directeur")
    answers = [client.post("/governance/aide/presentation").status_code for _ in range(12)]
    assert answers == [302] * 10 + [429] * 2 or answers == [303] * 10 + [429] * 2
    refused = client.post("/governance/aide/presentation")
    assert "Rien n’a été enregistré" in refused.content.decode()
    assert client.get("/governance/aide").status_code == 200
    assert as_("pca").post("/governance/aide/presentation").status_code in (302, 303)


def test_five_codes_a_minute_for_an_account_however_many_come_at_once(fresh_console):
    limits = [Limit("factor of nadia", 5, 60)]

    def one(_):
        try:
            attempt_count(limits)
        except TooManyAttempts as refused:
            return refused.seconds
        return 0

    answers = in_parallel(100, one)
    assert answers.count(0) == 5
    assert all(0 < wait <= 60 for wait in answers if wait)


def brings_code(person, answer):
    """A request to the library's page for codes, by its name, which `answer` answers; what came of it."""

    def view(request):
        request.resolver_match = SimpleNamespace(url_name="mfa_authenticate", args=(), kwargs={})
        journal.process_view(request)
        return limited(answer)(request)

    journal = Journal(view)
    request: Any = RequestFactory().post("/accounts/2fa/authenticate/", {"code": "000000"})
    request.user, request.session = person, {}
    return journal(request)


def test_a_wrong_code_is_noted_and_a_good_one_is_not(people):
    def too_often(request):
        raise TooManyAttempts(42)

    admin = people["admin"]
    brings_code(admin, lambda request: HttpResponse("wrong"))
    brings_code(admin, lambda request: HttpResponse(status=302))
    refused = brings_code(admin, too_often)
    assert (refused.status_code, refused["Retry-After"]) == (429, "42")
    assert "Cinq codes ont été essayés en une minute" in refused.content.decode()
    assert [(one.kind, one.person) for one in noted()] == [("mfa", admin.pk), ("locked", admin.pk)]


# --- over real processes ---------------------------------------------------------------------------


def form(port):
    """The sign-in page's token, and the headers that a browser would send with it."""
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    client.request("GET", LOGIN)
    page = client.getresponse()
    cookies = page.headers.get_all("Set-Cookie") or []
    token = (
        page.read().decode().partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]
    )
    client.close()
    return token, {
        "Cookie": "; ".join(one.partition(";")[0] for one in cookies),
        "Content-Type": "application/x-www-form-urlencoded",
    }


def sign_in(port, asked, name, password, forwarded):
    token, headers = asked
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    body = f"login={name}&password={password}&csrfmiddlewaretoken={token}"
    client.request("POST", LOGIN, body, headers | {"X-Forwarded-For": forwarded})
    status = client.getresponse().status
    client.close()
    return status


def test_a_hundred_wrong_passwords_at_once_over_four_processes(pg, fresh_console):
    """At most the limit are looked at, whatever a header invents; five others sign in meanwhile."""
    others = [f"autre-{number}" for number in range(5)]
    password = PBKDF2PasswordHasher().encode("clef", "salt")  # as the processes check it
    for name in (*others, "nadia"):
        person = make_user(name, {"depot": Role.PCA})
        person.password = password
        with acting_as_system("install"):
            person.save()
    connections["default"].close()
    environment = addresses(
        pg, fresh_console, GUNICORN_CMD_ARGS="--workers 4", LIMIT_ADDRESS_PER_MINUTE="1000"
    )
    start = threading.Barrier(25)

    def guess(number):
        if number < 20:
            start.wait(60)
        return sign_in(served.port, asked, "nadia", f"wrong-{number}", f"203.0.113.{number}")

    def enter(name):
        own = form(served.port)
        start.wait(60)
        return sign_in(served.port, own, name, "clef", "203.0.113.7")

    with (
        serving(CONSOLE, environment=environment) as served,
        ThreadPoolExecutor(20) as guessing,
        ThreadPoolExecutor(5) as entering,
    ):
        asked = form(served.port)
        guesses = [guessing.submit(guess, number) for number in range(100)]
        entries = [entering.submit(enter, name) for name in others]
        answers = sorted(one.result() for one in guesses)
        entered = [one.result() for one in entries]
    assert entered == [302] * 5
    assert answers == [200] * 5 + [429] * 95
    with pg.superuser(fresh_console) as superuser:
        ((lines,),) = superuser.execute(
            "SELECT sum(1 + merged) FROM access_event WHERE kind = 'locked'"
        ).fetchall()
        told = superuser.execute("SELECT DISTINCT address FROM access_event").fetchall()
    assert 64 <= lines <= 95  # the line that would make 128 is not due yet
    assert told == [("127.0.0.1",)]

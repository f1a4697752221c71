"""Headers that nobody asked for, charsets that nobody uses, files and addresses that others might read."""

import http.client
import io
import re
import stat
from argparse import ArgumentTypeError

import pytest
from django.core.management import CommandError, call_command

from governance.core.database import postgres_wheel
from governance.core.database.address import database_address
from governance.core.database.postgres_wheel import ServerError
from governance.core.identity.roles import Role
from governance.devtools import embedded
from governance.devtools.lock_file import open_lock
from tests.alerts.make import alert, finding, take_in
from tests.conftest import make_user


def test_nobodys_forwarded_headers_are_believed(served):
    client = http.client.HTTPConnection("127.0.0.1", served.port, timeout=5)
    headers = {"SCRIPT_NAME": "/health", "X-Forwarded-Proto": "https", "PATH_INFO": "/health"}
    client.request("GET", "/accounts/login/", headers=headers | {"Host": "127.0.0.1"})
    answer = client.getresponse()
    assert (answer.status, b"password" in answer.read()) == (200, True)
    client.close()


def test_gunicorn_is_told_so_whatever_the_environment_says(monkeypatch):
    from gunicorn.app.wsgiapp import WSGIApplication

    monkeypatch.setenv("FORWARDED_ALLOW_IPS", "*")
    monkeypatch.setattr("sys.argv", ["gunicorn", "--config", "python:governance.serving", "x"])
    config = WSGIApplication().cfg
    assert config.forwarded_allow_ips == []
    assert config.forwarder_headers == []
    assert config.secure_scheme_headers == {}


def test_static_files_are_served_and_their_list_is_not(served):
    def ask(path):
        client = http.client.HTTPConnection("127.0.0.1", served.port, timeout=5)
        client.request("GET", path)
        answer = client.getresponse()
        text = answer.read().decode()
        client.close()
        return answer.status, text

    linked = re.findall(r'"(/static/[^"]+\.css)"', ask("/accounts/login/")[1])
    assert linked
    assert {ask(path)[0] for path in linked} == {200}
    status, text = ask("/static/staticfiles.json")
    assert status == 404
    assert "paths" not in text


FORM, PARTS = "application/x-www-form-urlencoded", "multipart/form-data; boundary=b"


def answered(served, method, media, charset):
    client = http.client.HTTPConnection("127.0.0.1", served.port, timeout=5)
    headers = {"Content-Type": f"{media}; charset={charset}"}
    client.request(method, "/accounts/login/?next=%2Bx", "login=%2Bx&password=%2B", headers)
    answer = client.getresponse()
    text = answer.read().decode()
    client.close()
    return answer.status, text


@pytest.mark.parametrize(
    "charset", ["utf-7", "utf-16", "idna", "base64", "hex", "x-unknown", "latin-1"]
)
@pytest.mark.parametrize(("method", "media"), [("GET", FORM), ("POST", FORM), ("POST", PARTS)])
def test_a_charset_that_is_not_utf_8_is_a_page(served, charset, method, media):
    status, text = answered(served, method, media, charset)
    assert status == 400
    assert "n’a pas été comprise" in text


@pytest.mark.parametrize(
    "parameter", ["x*=bogus''%41", "x*=utf-7''%41; x*0*=a", "charset*=rot13''%41"]
)
def test_a_content_type_that_cannot_be_read_is_a_page(served, parameter):
    client = http.client.HTTPConnection("127.0.0.1", served.port, timeout=5)
    client.request("GET", "/accounts/login/", headers={"Content-Type": f"text/plain; {parameter}"})
    answer = client.getresponse()
    assert answer.status in (200, 400)
    assert b"</html>" in answer.read()
    client.close()


@pytest.mark.parametrize("name", ["sessionid", "csrftoken", "messages", "django_language"])
@pytest.mark.parametrize(
    "value", [r'"\000abcdefghijklmn"', r'"abcdefghijkl\000"', "\xe9bcdefghijkl"]
)
def test_a_cookie_that_holds_anything_is_no_session(served, name, value):
    client = http.client.HTTPConnection("127.0.0.1", served.port, timeout=5)
    client.request("GET", "/accounts/login/", headers={"Cookie": f"{name}={value}"})
    answer = client.getresponse()
    assert (answer.status, b"password" in answer.read()) == (200, True)
    client.close()


@pytest.mark.parametrize("charset", ["UTF-8", "utf8"])
def test_utf_8_is_taken_by_both_its_names(served, charset):
    assert answered(served, "GET", FORM, charset)[0] == 200
    assert answered(served, "POST", FORM, charset)[0] == 403  # read, and without a token


@pytest.mark.parametrize(
    "address",
    [
        "",
        "/integrity",
        "/alerts/{id}",
        "/history",
        "/rapport",
        "/rules",
        "/scans",
        "/access",
        "/aide",
        "/nowhere",
    ],
)
def test_no_page_stays_in_a_browser(db, client, address):
    take_in([finding()])
    client.force_login(make_user("admin", {"depot": Role.ADMIN}))
    page = client.get(f"/governance{address.format(id=alert().pk)}")
    assert page.status_code == (404 if address == "/nowhere" else 200)
    assert page["Cache-Control"] == "private, no-store"


def test_health_names_sources_to_those_who_hold_them(db, client, settings):
    settings.SOURCES = {"depot": "postgresql:///x", "autre": "postgresql:///y"}
    stranger = client.get("/health")
    assert stranger.json()["sources"] == "never"
    assert "autre" not in stranger.content.decode()
    client.force_login(make_user("directeur", {"depot": Role.DIRECTEUR}))
    assert client.get("/health").json()["sources"] == {
        "depot": {
            "state": "never",
            "last_complete_scan": None,
            "age_s": None,
            "since": None,
            "proof": "INCONNU",
        }
    }
    client.force_login(make_user("nouveau"))
    assert client.get("/health").json()["sources"] == {}


def test_locks_are_their_owners_alone(tmp_path):
    server = embedded.Server(tmp_path / "pg")
    old = tmp_path / "run.lock"
    old.touch(mode=0o644)
    with open_lock(old), server._alone():
        modes = {one.name: stat.S_IMODE(one.stat().st_mode) for one in tmp_path.iterdir()}
    assert modes == {"pg.start.lock": 0o600, "run.lock": 0o600}


def test_no_folder_above_ours_is_opened(tmp_path):
    above, ours = tmp_path / "above", tmp_path / "above" / "var"
    ours.mkdir(parents=True)
    ours.chmod(0o700)
    for parent in tmp_path.parents:
        if not parent.stat().st_mode & stat.S_IXOTH:
            parent.chmod(parent.stat().st_mode | stat.S_IXOTH)  # the run's own
    tmp_path.chmod(0o711)
    above.chmod(0o700)
    with pytest.raises(ServerError, match=r"chmod o\+x \S+/above,"):
        postgres_wheel.let_others_pass(ours / "pg", below=ours)
    assert stat.S_IMODE(above.stat().st_mode) == 0o700
    above.chmod(0o711)
    postgres_wheel.let_others_pass(ours / "pg", below=ours)
    assert stat.S_IMODE(ours.stat().st_mode) == 0o701


ADDRESS = "postgresql://owner:hush-hush@db.invalid/depot"


def test_an_address_comes_from_a_variable_or_a_file(monkeypatch, tmp_path):
    monkeypatch.setenv("DEPOT_URL", ADDRESS)
    (tmp_path / "address").write_text(f"{ADDRESS}\n")
    assert database_address("DEPOT_URL") == ADDRESS
    assert database_address(f"@{tmp_path}/address") == ADDRESS
    assert database_address("postgresql:///depot") == "postgresql:///depot"
    assert database_address("service=depot") == "service=depot"


@pytest.mark.parametrize(
    "given",
    [
        ADDRESS,
        "host=db password=hush-hush",
        "postgresql://a:hush-hush@[bad/x",
        "NOT_SET",
        "@/no/hush-hush",
    ],
)
def test_what_a_command_refuses_and_never_repeats(given):
    with pytest.raises(ArgumentTypeError) as refused:
        database_address(given)
    assert "hush-hush" not in str(refused.value)


@pytest.mark.parametrize(
    "words",
    [
        ["integrity_view", "--apply"],
        ["source_check", "--database-url"],
        ["source_check", "--source", "depot", "--connection"],
        ["rules", "prove", "--connection"],
        ["load_depot", "--scenario", "incident", "--database-url"],
    ],
)
def test_every_command_that_takes_an_address_does_so(words):
    with pytest.raises(CommandError, match="liste des processus"):
        call_command(*words, ADDRESS, stdout=io.StringIO())

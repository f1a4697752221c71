"""What every answer of a production console tells the browser, and that Django finds nothing to add."""

import http.client

import pytest

from tests.bench.serving import CONSOLE, serving
from tests.foundation.process import PRODUCTION, python
from tests.web.conftest import addresses

TLS = {"Host": "console.invalid", "X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.7"}
POLICY = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
}


@pytest.fixture(scope="module")
def production(django_db_setup, pg):
    """The console as an installation serves it, behind a proxy that ends TLS."""
    name = pg.create("console", template="console_template")
    environment = (
        PRODUCTION
        | addresses(pg, name)
        | {"BEHIND_TLS_PROXY": "true", "TRUSTED_PROXIES": "1", "SOURCE_DEPOT_DATABASE_URL": ""}
    )
    with serving(CONSOLE, environment=environment) as running:
        yield running.port
    pg.drop(name)


def asked(port, path, method="GET", **headers):
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    client.request(method, path, headers=TLS | headers)
    answer = client.getresponse()
    answer.read()
    client.close()
    return answer


@pytest.mark.parametrize(
    ("path", "method", "status"),
    [
        ("/accounts/login/", "GET", 200),
        ("/governance", "GET", 302),
        ("/nowhere", "GET", 404),
        ("/accounts/login/", "POST", 403),
        ("/health", "GET", 200),
    ],
)
def test_every_answer_has_its_policies(production, path, method, status):
    answer = asked(production, path, method)
    said = answer.headers
    assert answer.status == status
    assert {part.strip() for part in said["Content-Security-Policy"].split(";")} == POLICY
    assert "unsafe" not in said["Content-Security-Policy"]
    assert said["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains; preload"
    assert said["X-Frame-Options"] == "DENY"
    assert said["Referrer-Policy"] == "same-origin"
    assert said["X-Content-Type-Options"] == "nosniff"
    assert said["Cross-Origin-Opener-Policy"] == "same-origin"
    assert said["Cache-Control"] == "private, no-store"
    assert len(said["X-Request-ID"]) == 16
    assert "gunicorn/" not in said.get("Server", "")


def test_cookies_are_of_this_host_and_of_no_script(production):
    for cookie in asked(production, "/accounts/login/").headers.get_all("Set-Cookie"):
        assert cookie.startswith("__Host-")
        for flag in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
            assert flag in cookie, (flag, cookie)
        assert "Domain" not in cookie


def test_without_tls_nothing_but_the_way_to_it(production):
    answer = asked(production, "/accounts/login/", **{"X-Forwarded-Proto": "http"})
    assert (answer.status, answer.headers["Location"]) == (
        301,
        "https://console.invalid/accounts/login/",
    )
    assert answer.headers.get_all("Set-Cookie") is None


def test_another_host_is_not_answered(production):
    assert asked(production, "/accounts/login/", Host="evil.invalid").status == 400


def test_django_finds_nothing_to_add():
    done = python("manage.py", "check", "--deploy", "--fail-level", "DEBUG", **PRODUCTION)
    assert (done.returncode, "no issues (0 silenced)" in done.stdout) == (0, True), done.stderr

"""Each bad setting is one line that names it and stops the start; every setting stands in .env.example."""

import ast
import re
import runpy
from collections.abc import Callable

import pytest

from governance import env
from governance.env import BASE_DIR, SettingsError
from tests.foundation.process import CLEAN, PRODUCTION, free_port, python

SETTINGS = str(BASE_DIR / "governance" / "settings.py")
WEAK = "postgresql://console_app:{}@db.invalid/console"


@pytest.fixture
def start(monkeypatch: pytest.MonkeyPatch) -> Callable[..., dict[str, object]]:
    """Run the settings file as a start does, with only these values in the environment."""

    def run(**values: str) -> dict[str, object]:
        for name in [name for name in env.env.ENVIRON if name.startswith("SOURCE_")]:
            monkeypatch.delenv(name)
        for name, value in (CLEAN | {"VAR_DIR": env.env.str("VAR_DIR")} | values).items():
            monkeypatch.setenv(name, value)
        return runpy.run_path(SETTINGS)

    return run


def test_production_starts_with_what_it_needs_and_no_more(start):
    settings = start(**PRODUCTION)
    assert settings["LOCAL"] is False
    assert settings["EMBEDDED"] is False
    assert settings["SESSION_COOKIE_SECURE"] is True
    assert settings["SOURCES"] == {}


def test_a_proxy_that_is_counted_may_end_tls(start):
    settings = start(**PRODUCTION, BEHIND_TLS_PROXY="true", TRUSTED_PROXIES="1")
    assert settings["SECURE_PROXY_SSL_HEADER"] == ("HTTP_X_FORWARDED_PROTO", "https")


@pytest.mark.parametrize("app_env", ["staging", "production"])
@pytest.mark.parametrize(
    ("changed", "line"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY is missing."),
        ({"SECRET_KEY": "change-me" * 8}, "SECRET_KEY still holds a placeholder."),
        ({"SECRET_KEY": "kJ8x" * 5}, "SECRET_KEY is too weak: 50 random characters are needed."),
        ({"SECRET_KEY": "ab" * 40}, "SECRET_KEY is too weak: 50 random characters are needed."),
        ({"APP_RELEASE": ""}, "APP_RELEASE is missing."),
        ({"ALLOWED_HOSTS": ""}, "ALLOWED_HOSTS must name the hosts that serve the console."),
        ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS must name the hosts that serve the console."),
        ({"DATABASE_URL": ""}, "DATABASE_URL is missing."),
        ({"DATABASE_URL": "sqlite:///x"}, "DATABASE_URL must be a postgresql:// address."),
        ({"DATABASE_URL": "postgresql://a@db.invalid"}, "DATABASE_URL names no database."),
        (
            {"DATABASE_URL": "postgresql://a:pass word@db/x?nonsense=1"},
            "DATABASE_URL is not an address that PostgreSQL understands.",
        ),
        (
            {"DATABASE_URL": WEAK.format("change-me")},
            "DATABASE_URL still holds a placeholder password.",
        ),
        (
            {"DATABASE_URL": WEAK.format("Postgres")},
            "DATABASE_URL still holds a placeholder password.",
        ),
        (
            {"DATABASE_URL": WEAK.format("short")},
            "DATABASE_URL has a weak password: 12 characters are needed.",
        ),
        (
            {"DATABASE_OWNER_URL": "postgresql://console_app@db.invalid/console"},
            "DATABASE_URL must name another role than DATABASE_OWNER_URL.",
        ),
        ({"ALLOWED_HOSTS": "console.example.com"}, "ALLOWED_HOSTS still holds a placeholder."),
        ({"CSRF_TRUSTED_ORIGINS": "http://desk.invalid"}, "CSRF_TRUSTED_ORIGINS must be https."),
        (
            {"EMAIL_URL": "smtp+tls://desk:hunter2hunter2@mail.invalid"},
            "DEFAULT_FROM_EMAIL is missing, and EMAIL_URL is set.",
        ),
        (
            {"BEHIND_TLS_PROXY": "true"},
            "TRUSTED_PROXIES must say how many proxies stand before the console, "
            "since BEHIND_TLS_PROXY says that one does.",
        ),
        (
            {"SOURCE_DEPOT_NORD_DATABASE_URL": "postgresql://r:changeme@erp.invalid/erp"},
            "SOURCE_DEPOT_NORD_DATABASE_URL still holds a placeholder password.",
        ),
    ],
)
def test_a_bad_setting_stops_the_start_with_one_line(start, app_env, changed, line):
    with pytest.raises(SettingsError) as stopped:
        start(**PRODUCTION | {"APP_ENV": app_env} | changed)
    assert str(stopped.value) == line
    assert line.startswith(tuple(f"{name} " for name in env.env.names_read))
    assert [value for value in changed.values() if len(value) > 4 and value in line] == []


def test_one_start_names_all_that_is_wrong(start):
    with pytest.raises(SettingsError) as stopped:
        start(**PRODUCTION | {"SECRET_KEY": "kJ8x", "ALLOWED_HOSTS": "", "SCAN_ROWS_LIMIT": "0"})
    assert str(stopped.value).splitlines() == [
        "SECRET_KEY is too weak: 50 random characters are needed.",
        "ALLOWED_HOSTS must name the hosts that serve the console.",
        "SCAN_ROWS_LIMIT must be at least 1.",
    ]


@pytest.mark.parametrize(
    ("values", "line"),
    [
        ({"APP_ENV": "prod"}, "APP_ENV must be local, staging or production."),
        ({"LOG_LEVEL": "LOUD"}, "LOG_LEVEL must be DEBUG, INFO, WARNING, ERROR or CRITICAL."),
        ({"TIME_ZONE": "Mars/Base"}, "TIME_ZONE is not a known zone, such as Africa/Lubumbashi."),
        ({"DATABASE_CONN_MAX_AGE": "soon"}, "DATABASE_CONN_MAX_AGE is not a valid int."),
        (
            {"SCAN_INTERVAL_S": "7"},
            "SCAN_INTERVAL_S must divide a minute, an hour or a day, such as 30, 60 or 300.",
        ),
        (
            {"CSRF_TRUSTED_ORIGINS": "desk.invalid"},
            "CSRF_TRUSTED_ORIGINS must be origins such as https://HOST, separated by commas.",
        ),
        (
            {"CHECKPOINT_MAIL": "audit@depot.invalid"},
            "CHECKPOINT_MAIL is set, and EMAIL_URL is missing.",
        ),
        ({"HEARTBEAT_URL": "ftp://x"}, "HEARTBEAT_URL is not an address like https://HOST/PATH."),
        (
            {"EMAIL_URL": "mail.invalid"},
            "EMAIL_URL is not an address like smtp+tls://USER:PASSWORD@HOST:587.",
        ),
        (
            {"EMAIL_URL": "smtp://desk:change-me@mail.invalid"},
            "EMAIL_URL still holds a placeholder password.",
        ),
        ({"DATABASE_OWNER_URL": "postgresql://o@h/d"}, "DATABASE_URL is missing."),
        (
            {"SOURCE_CONSOLE_DATABASE_URL": "postgresql://o@h/d"},
            "SOURCE_CONSOLE_DATABASE_URL: this slug is reserved or empty; choose another name.",
        ),
    ],
)
def test_a_bad_setting_stops_a_local_start_too(start, values, line):
    with pytest.raises(SettingsError) as stopped:
        start(**values)
    assert str(stopped.value) == line


def test_a_line_about_an_address_does_not_repeat_its_password(start):
    with pytest.raises(SettingsError) as stopped:
        start(**PRODUCTION | {"DATABASE_URL": "postgresql://a:hunter2hunter2@[::1/x"})
    assert "hunter2" not in str(stopped.value)


def test_an_address_keeps_its_case_and_its_options(start):
    settings = start(
        DATABASE_URL="postgresql://app:p%40ss@%2FVar%2FA%20b:5433/Data?sslmode=require"
    )
    default = settings["DATABASES"]["default"]
    assert (default["HOST"], default["NAME"], default["PASSWORD"]) == ("/Var/A b", "Data", "p@ss")
    assert default["PORT"] == "5433"
    assert default["OPTIONS"]["sslmode"] == "require"


def test_a_second_source_stands_beside_the_embedded_depot(start):
    url = "postgresql://reader@mines.invalid/mine"
    assert set(start(SOURCE_MINE_SUD_DATABASE_URL=url)["SOURCES"]) == {"depot", "mine-sud"}


def test_a_depot_of_ones_own_replaces_the_embedded_one(start):
    url = "postgresql://reader@erp.invalid/erp"
    settings = start(SOURCE_DEPOT_DATABASE_URL=url)
    assert settings["SOURCES"] == {"depot": url}
    assert settings["DEPOT_OWNER_URL"] == ""


@pytest.mark.parametrize(
    "command",
    [
        ["manage.py", "migrate"],
        ["manage.py", "run"],
        ["-m", "gunicorn", "governance.wsgi"],
        ["-m", "gunicorn", "--config", "python:governance.serving", "governance.wsgi"],
    ],
    ids=["migrate", "run", "gunicorn", "gunicorn with its settings"],
)
def test_whatever_starts_ends_with_that_line_and_no_traceback(tmp_path, command):
    values = PRODUCTION | {"SECRET_KEY": "", "VAR_DIR": str(tmp_path), "PORT": str(free_port())}
    values["CSRF_TRUSTED_ORIGINS"] = "http://desk.invalid"
    done = python(*command, **values)
    assert done.returncode != 0
    assert "SECRET_KEY is missing." in done.stderr.splitlines()
    assert "CSRF_TRUSTED_ORIGINS must be https." in done.stderr.splitlines()
    assert "Traceback" not in done.stderr


NAMES = """
import os, runpy, sys
for values in ({local!r}, {production!r}):
    os.environ.update(values)
    from governance import env
    runpy.run_path("governance/settings.py")
    import governance.serving
    governance.serving.when_ready(None)
print(*sorted(env.env.names_read - env.INTERNAL))
"""


def test_env_example_and_the_settings_agree(tmp_path):
    """The names are those that a local and a production start really ask for."""
    local = {"VAR_DIR": str(tmp_path)}
    production = PRODUCTION | {
        "SOURCE_DEPOT_DATABASE_URL": "postgresql://r@erp.invalid/erp",
        "SOURCE_DEPOT_NAME": "Dépôt",
        "SOURCE_DEPOT_PACK": "depot",
    }
    done = python("-c", NAMES.format(local=local, production=production), **local)
    assert done.stderr == ""
    text = (BASE_DIR / ".env.example").read_text(encoding="utf-8")
    listed = re.findall(r"^#? ?([A-Z][A-Z0-9_]*)=", text, flags=re.MULTILINE)
    assert sorted(listed) == done.stdout.split()


def test_env_example_as_it_is_starts_a_local_console(start, monkeypatch):
    text = (BASE_DIR / ".env.example").read_text(encoding="utf-8")
    values = dict(re.findall(r"^([A-Z][A-Z0-9_]*)=(.*)$", text, flags=re.MULTILINE))
    assert start(**values)["LOCAL"] is True


def test_only_env_reads_the_environment():
    """Another reader would escape .env.example, and the one line that a bad value deserves."""
    readers = set()
    for app in ("governance", "integrity", "alerts"):
        for path in (BASE_DIR / app).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                found = ast.unparse(node) if isinstance(node, ast.Call | ast.Subscript) else ""
                if re.match(r"os\.(environ\.get|environ\[|getenv)\b", found):
                    readers.add(path.relative_to(BASE_DIR).as_posix())
    assert readers == set()

"""Django settings, read from the environment alone; in staging and production a bad one stops the start."""

import os
import re
import secrets
import zoneinfo
from pathlib import Path
from typing import Any

from governance import release, stopping
from governance.core.database.deadline import KEEPALIVE
from governance.core.jobs.timetable import interval_cron
from governance.devtools import embedded
from governance.env import (
    BASE_DIR,
    channel_keys,
    env,
    load,
    mail_settings,
    oidc_roles,
    outside_address,
    required_database,
    required_strong,
    rule_packs,
    source_names,
    source_packs,
    source_urls,
    var_dir,
)

load()

# --- Who is running -----------------------------------------------------------------------------
APP_ENV = env.one_of("APP_ENV", ("local", "staging", "production"), default="local")
LOCAL = APP_ENV == "local"
env.gather()  # from here on: one start names all that is wrong
APP_RELEASE = env.str("APP_RELEASE", default="") or (release.of_checkout(BASE_DIR) if LOCAL else "")
if not APP_RELEASE:
    env.refuse("APP_RELEASE is missing.")
RELEASE_MANIFEST = BASE_DIR / env.str("RELEASE_MANIFEST", default="release.json")
DEBUG = False  # never: error pages are ours, and a debug page shows settings

# --- Secrets and hosts --------------------------------------------------------------------------
VAR = var_dir()


def _local_secret(path: Path) -> str:
    """A key of this checkout's own, so that a local session survives a restart and none is in the repo."""
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_name(f"{path.name}.{os.getpid()}")
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_urlsafe(64))
        fresh.rename(path)  # whole or not at all: two processes may start together
    return path.read_text()


SECRET_KEY = env.str("SECRET_KEY", default="")
if LOCAL:
    SECRET_KEY = SECRET_KEY or _local_secret(VAR / "secret-key")
else:
    required_strong("SECRET_KEY", SECRET_KEY)

ALLOWED_HOSTS = env.list(
    "ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"] if LOCAL else []
)
if not ALLOWED_HOSTS or (not LOCAL and "*" in ALLOWED_HOSTS):
    env.refuse("ALLOWED_HOSTS must name the hosts that serve the console.")
elif not LOCAL and any(re.search(r"(^|\.)example\.(com|net|org)$", name) for name in ALLOWED_HOSTS):
    env.refuse("ALLOWED_HOSTS still holds a placeholder.")
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
if not all(re.fullmatch(r"https?://[^/\s]+", origin) for origin in CSRF_TRUSTED_ORIGINS):
    env.refuse("CSRF_TRUSTED_ORIGINS must be origins such as https://HOST, separated by commas.")
elif not LOCAL and any(origin.startswith("http:") for origin in CSRF_TRUSTED_ORIGINS):
    env.refuse("CSRF_TRUSTED_ORIGINS must be https.")

# --- Databases ----------------------------------------------------------------------------------
_embedded_folder = env.str("EMBEDDED_POSTGRES", default="")
EMBEDDED = LOCAL and (embedded.is_wanted() or bool(_embedded_folder))
_embedded = embedded.environment() if embedded.is_wanted() else {}
_CONN_MAX_AGE = env.at_least("DATABASE_CONN_MAX_AGE", 0, default=60)  # seconds
# Seconds that a page waits for one answer of the console's database; a command has more patience.
DATABASE_ANSWER_LIMIT_S = env.at_least("DATABASE_ANSWER_LIMIT_S", 1, default=20)
_COMMAND_ANSWER_LIMIT_S = 600


def _database(name: str, url: str, **more: Any) -> dict[str, Any]:
    parts = required_database(name, url, strict=not LOCAL)
    return {
        "ENGINE": "governance.core.database",
        "NAME": parts.pop("dbname"),
        "USER": parts.pop("user", ""),
        "PASSWORD": parts.pop("password", ""),
        "HOST": parts.pop("host", ""),
        "PORT": parts.pop("port", ""),
        "OPTIONS": {"connect_timeout": 5}
        | KEEPALIVE
        | parts,  # seconds; what the address says wins
        "ATOMIC_REQUESTS": False,  # `http.requires` opens the transaction that carries the identity
        "CONN_MAX_AGE": _CONN_MAX_AGE,
        "CONN_HEALTH_CHECKS": True,
        "DISABLE_SERVER_SIDE_CURSORS": True,  # PgBouncer in transaction mode is a supported set-up
        "TIME_ZONE": "UTC",
        "ANSWER_LIMIT_S": _COMMAND_ANSWER_LIMIT_S,  # ours (governance/core/database/base.py)
    } | more


# A migration that drops alerts or ledger entries asks for this, in so many words.
DROP_THE_RECORD = env.str("GOVERNANCE_DROP_THE_RECORD", default="") == "yes-drop-the-record"
_owner_url = env.str("DATABASE_OWNER_URL", default=_embedded.get("DATABASE_OWNER_URL", ""))
_url = env.str("DATABASE_URL", default=_embedded.get("DATABASE_URL", ""))
DATABASES = {"default": _database("DATABASE_URL", _url)}
if _owner_url:
    # The same database as its owner: `migrate` uses it and nothing else does.
    DATABASES["owner"] = _database(
        "DATABASE_OWNER_URL", _owner_url, CONN_MAX_AGE=0, ANSWER_LIMIT_S=None
    )
    _both = [DATABASES["owner"], DATABASES["default"]]
    if not LOCAL and all(one["NAME"] for one in _both) and _both[0]["USER"] == _both[1]["USER"]:
        env.refuse("DATABASE_URL must name another role than DATABASE_OWNER_URL.")
# A standby of the same database, where the history and the report are read (core/database/standby.py).
_read_url = env.str("READ_DATABASE_URL", default="")
if _read_url:
    DATABASES["standby"] = _database("READ_DATABASE_URL", _read_url)
    DATABASES["standby"]["OPTIONS"]["connect_timeout"] = (
        2  # seconds; without it the page is the primary's
    )
    if DATABASES["standby"]["USER"] != DATABASES["default"]["USER"]:
        env.refuse("READ_DATABASE_URL must name the role of DATABASE_URL.")
DATABASE_ROUTERS = ["governance.core.database.routers.OwnerOnlyMigrates"]

SOURCES = source_urls()
SOURCE_NAMES = source_names()
if "SOURCE_DEPOT_DATABASE_URL" in _embedded:
    SOURCES["depot"] = _embedded["SOURCE_DEPOT_DATABASE_URL"]
for _slug, _source in SOURCES.items():
    _name = f"SOURCE_{_slug.upper().replace('-', '_')}_DATABASE_URL"
    required_database(_name, _source, strict=not LOCAL)
# Accounts with a password that everybody knows exist only where all data are the demonstration's own: the
# console's database and its one source both on the embedded server.
DEMONSTRATION = (
    EMBEDDED
    and set(SOURCES) == {"depot"}
    and all(embedded.is_own(one, _embedded_folder) for one in (_url, *SOURCES.values()))
)
if DEMONSTRATION:
    SOURCE_NAMES.setdefault("depot", "Dépôt de Lubumbashi")
# Rules that do not ship with the console: a pack's name -> its folder; a source's slug -> its pack.
RULE_PACKS = rule_packs()
SOURCE_PACKS = source_packs(RULE_PACKS)
SOURCE_STATEMENT_TIMEOUT_MS = env.at_least("SOURCE_STATEMENT_TIMEOUT_MS", 1, default=30_000)
SOURCE_CONNECT_TIMEOUT_S = env.at_least("SOURCE_CONNECT_TIMEOUT_S", 1, default=5)
SCAN_INTERVAL_S = env.at_least("SCAN_INTERVAL_S", 1, default=60)
try:
    interval_cron(SCAN_INTERVAL_S)
except ValueError:
    env.refuse("SCAN_INTERVAL_S must divide a minute, an hour or a day, such as 30, 60 or 300.")
# What a source's view may give: beyond the first two a scan fails, beyond the others a row is set aside.
SCAN_ROWS_LIMIT = env.at_least("SCAN_ROWS_LIMIT", 1, default=2_000_000)
SCAN_BYTES_LIMIT = env.at_least("SCAN_BYTES_LIMIT", 1, default=2_000_000_000)
SCAN_MESSAGE_LIMIT = env.at_least("SCAN_MESSAGE_LIMIT", 1, default=2_000)
SCAN_PAYLOAD_LIMIT = env.at_least("SCAN_PAYLOAD_LIMIT", 1, default=64_000)
# Days after which scans that changed nothing become one summary a day (docs/retention.md); 0: never.
SCAN_KEEP_DAYS = env.at_least("SCAN_KEEP_DAYS", 0, default=90)
if 0 < SCAN_KEEP_DAYS < 8:  # the database refuses days of this week
    env.refuse("SCAN_KEEP_DAYS must be 0 (never) or at least 8.")
# Days after which messages that ended are forgotten (docs/retention.md); 0: never.
MESSAGE_KEEP_DAYS = env.at_least("MESSAGE_KEEP_DAYS", 0, default=400)
if 0 < MESSAGE_KEEP_DAYS < 30:  # the database refuses it
    env.refuse("MESSAGE_KEEP_DAYS must be 0 (never) or at least 30.")
DEPOT_OWNER_URL = env.str("DEPOT_OWNER_URL", default=_embedded.get("DEPOT_OWNER_URL", ""))

# --- Applications -------------------------------------------------------------------------------
INSTALLED_APPS = [
    "governance",
    "governance.core.identity",
    "governance.core.ledger",
    "governance.core.jobs",
    "governance.core.web",
    "alerts",
    "integrity",
    "integrity.scans",
    "integrity.proofs",
    "integrity.adoption",
    "governance.access",
    "governance.operations",
    "governance.notifications",
    "governance.notifications.routing",
    "governance.notifications.brief",
    "governance.notifications.acting",
    "governance.desk",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "procrastinate.contrib.django",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "django_htmx",
    "csp",
]
# Rooms that bring something (governance/core/capability.py), in the order in which people see it.
CAPABILITIES = [
    "governance.desk",
    "integrity.scans",
    "governance.desk.rules",
    "governance.history",
    "governance.reports",
    "governance.access.people",
    "governance.access",
    "governance.access.review",
    "governance.access.journal",
    "governance.access.row_security",
    "governance.access.configuration",
    "governance.access.limits",
    "governance.access.sign_in",
    "governance.notifications",
    "governance.notifications.routing",
    "governance.notifications.brief",
    "governance.notifications.acting",
    "governance.guide",
    "integrity.proofs",
    "integrity.sources",
    "integrity.source_check",
    "integrity.adoption",
    "alerts.calendars",
    "alerts",
    "governance.core.ledger",
    "governance.core.jobs",
    "governance.core.identity",
    "governance.core.web",
    "governance.operations",
]
MIDDLEWARE = [
    "governance.operations.requests.requests_seen",
    "governance.core.web.middleware.head_has_no_body",  # before all that may answer
    "django.middleware.security.SecurityMiddleware",
    # Beside CSRF it is safe: tokens are masked anew in each page, and lengths are padded at random.
    "django.middleware.gzip.GZipMiddleware",
    "governance.core.web.middleware.StaticFiles",
    "governance.core.web.middleware.nothing_is_kept",
    "csp.middleware.CSPMiddleware",
    "governance.core.web.middleware.text_is_utf8",
    "governance.operations.probes.probes_first",
    "governance.access.journal.middleware.Journal",
    "governance.access.limits.middleware.RequestLimits",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "governance.core.web.language.language_middleware",
    "governance.access.sign_in.doors.Doors",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",  # deny by default
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]
ROOT_URLCONF = "governance.urls"
WSGI_APPLICATION = "governance.wsgi.application"
APPEND_SLASH = False  # addresses are contracts: no redirect between two spellings
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "governance.core.web.navigation.page_frame",
            ],
        },
    },
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [BASE_DIR / "templates" / "jinja"],
        "OPTIONS": {"environment": "governance.core.web.jinja.environment"},
    },
]
FORM_RENDERER = "django.forms.renderers.Jinja2"  # the same widgets, some times faster

# --- Accounts -----------------------------------------------------------------------------------
AUTH_USER_MODEL = "identity.User"
AUTHENTICATION_BACKENDS = ["governance.core.identity.backend.Backend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
AUTH_PASSWORD_VALIDATORS[1]["OPTIONS"] = {"min_length": 12}  # type: ignore[assignment]
AUTH_PASSWORD_VALIDATORS += [
    {"NAME": "governance.access.sign_in.passwords.NamesCountForNothing"},
    {"NAME": "governance.access.sign_in.passwords.NotTheDemonstrations"},
]
# The library's own generator writes addresses beside the account's.
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "django.contrib.auth.tokens.PasswordResetTokenGenerator"  # noqa: S105  # a class
PASSWORD_RESET_TIMEOUT = 3600  # seconds that a link in a mail stays good
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/governance"
ACCOUNT_LOGOUT_REDIRECT_URL = "/accounts/login/"
ACCOUNT_ADAPTER = "governance.access.sign_in.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # a stranger's form writes to nobody else
ACCOUNT_RATE_LIMITS = (
    False  # the library counts in each process by itself; governance/access/sign_in/attempts.py
)
ACCOUNT_REAUTHENTICATION_TIMEOUT = (
    900  # seconds after which factors are changed by who proves it anew
)
DEVICE_COOKIE_NAME = "device" if LOCAL else "__Host-device"
# Whether roles.FACTOR_ROLES must sign in with a second factor; on a developer's machine they may.
FACTOR_REQUIRED = not LOCAL
MFA_ADAPTER = "governance.access.sign_in.second_factor.factors.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_ISSUER = "Console de gouvernance"
MFA_TOTP_TOLERANCE = 1  # a telephone's clock may be half a minute off
MFA_RATE_LIMITS = False  # as ACCOUNT_RATE_LIMITS
MFA_FORMS = {
    name: f"governance.access.sign_in.second_factor.factors.{form}"
    for name, form in {
        "authenticate": "AuthenticateForm",
        "reauthenticate": "ReauthenticateForm",
        "activate_totp": "ActivateTOTPForm",
        "add_webauthn": "AddKeyForm",
        "edit_webauthn": "RenameKeyForm",
    }.items()
}
# --- OpenID Connect: another way in, where an issuer is named -----------------------------------------
OIDC_ISSUER = env.str("OIDC_ISSUER", default="").rstrip("/")
OIDC_NAME = env.str("OIDC_NAME", default="OpenID Connect")
OIDC_CLIENT_ID = env.str("OIDC_CLIENT_ID", default="")
OIDC_CLIENT_SECRET = env.str("OIDC_CLIENT_SECRET", default="")
OIDC_ROLES_CLAIM = env.str("OIDC_ROLES_CLAIM", default="groups")
OIDC_ROLES = oidc_roles("OIDC_ROLES", sources=SOURCES)  # (group, role, source), the first counts
if OIDC_ISSUER and not (OIDC_CLIENT_ID and OIDC_CLIENT_SECRET):
    env.refuse("OIDC_ISSUER needs OIDC_CLIENT_ID and OIDC_CLIENT_SECRET.")
if OIDC_ISSUER and not LOCAL and not OIDC_ISSUER.startswith("https://"):
    env.refuse("OIDC_ISSUER must be an https:// address.")
SOCIALACCOUNT_ADAPTER = "governance.access.people.oidc.Adapter"
SOCIALACCOUNT_LOGIN_ON_GET = True
SOCIALACCOUNT_STORE_TOKENS = False

TRUSTED_PROXIES = env.at_least("TRUSTED_PROXIES", 0, default=0)

# Requests a minute, counted by all processes together (governance/access/limits/); 0: no limit.
LIMIT_ADDRESS_PER_MINUTE = env.at_least("LIMIT_ADDRESS_PER_MINUTE", 0, default=1_000)
LIMIT_SOURCE_PER_MINUTE = env.at_least("LIMIT_SOURCE_PER_MINUTE", 0, default=5_000)
LIMIT_WRITES_PER_MINUTE = env.at_least("LIMIT_WRITES_PER_MINUTE", 0, default=120)

# --- Mail: without a server none is sent, and the pages say who helps instead -----------------------
_mail = mail_settings("EMAIL_URL")
SENDS_MAIL = bool(_mail)
ACCOUNT_EMAIL_NOTIFICATIONS = SENDS_MAIL  # of what changes in an account
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if SENDS_MAIL else 'dummy'}.EmailBackend"
globals().update(_mail)
EMAIL_TIMEOUT = 10  # seconds
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="console@localhost")
if SENDS_MAIL and not LOCAL and DEFAULT_FROM_EMAIL.endswith("@localhost"):
    env.refuse("DEFAULT_FROM_EMAIL is missing, and EMAIL_URL is set.")

# --- Language, time, files ----------------------------------------------------------------------
LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", "Français"), ("en", "English")]  # French first; locale/ has the others
LANGUAGE_COOKIE_AGE = 31_536_000  # seconds: a year
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = env.str("TIME_ZONE", default="Africa/Lubumbashi")
try:
    zoneinfo.ZoneInfo(TIME_ZONE)
except (ValueError, KeyError, OSError):
    env.refuse("TIME_ZONE is not a known zone, such as Africa/Lubumbashi.")
USE_THOUSAND_SEPARATOR = True
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = VAR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_MANIFEST_STRICT = True

# --- The ledger: the key that signs checkpoints; without one nothing is signed ---------------------
LEDGER_SIGNING_KEY_FILE = env.str(
    "LEDGER_SIGNING_KEY_FILE", default=str(VAR / "ledger-signing-key.pem") if LOCAL else ""
)
# What is remembered of the chain outside of the database that holds it.
LEDGER_MEMORY_DIR = env.str("LEDGER_MEMORY_DIR", default=str(VAR / "ledger"))
# By which ways a signed checkpoint leaves the machine every night; any of them, or all.
CHECKPOINT_FOLDER = env.str("CHECKPOINT_FOLDER", default="")
CHECKPOINT_MAIL = env.list("CHECKPOINT_MAIL", default=[])
CHECKPOINT_URL = outside_address("CHECKPOINT_URL")
if CHECKPOINT_MAIL and not SENDS_MAIL:
    env.refuse("CHECKPOINT_MAIL is set, and EMAIL_URL is missing.")

# --- Jobs: governance/core/jobs/timetable.py has the timetable ---------------------------------------------
# A nightly job whose hour passed without a worker runs when one comes back (seconds).
PROCRASTINATE_PERIODIC_DEFAULTS = {"max_delay": 86_400}

# --- Who watches: reads /metrics, and the details of /health, with `Authorization: Bearer` --------------
MONITORING_TOKEN = env.str("MONITORING_TOKEN", default="")
if MONITORING_TOKEN and not LOCAL:
    required_strong("MONITORING_TOKEN", MONITORING_TOKEN, minimum=32)

# Asked every minute while every source has a recent complete scan: silence tells an outside monitor.
HEARTBEAT_URL = outside_address("HEARTBEAT_URL")

# Seconds that a web server which was told to stop goes on as before while /health/ready says 503.
DRAIN_SECONDS = stopping.announced_seconds()

# --- Messages about alerts -----------------------------------------------------------------------------
# Where messages lead: the console as its readers reach it.
CONSOLE_URL = outside_address("CONSOLE_URL").rstrip("/")
if not CONSOLE_URL:
    _host = next((host for host in ALLOWED_HOSTS if host.strip("*.")), "localhost")
    CONSOLE_URL = (
        f"http://localhost:{env.int('PORT', default=8000)}"
        if LOCAL
        else f"https://{_host.lstrip('.')}"
    )
# What encrypts the addresses and keys of channels; the first writes, all read.
CHANNEL_KEYS = channel_keys("CHANNEL_KEYS")
# Where errors are told, by type and place alone (operations/sentry.py).
SENTRY_DSN = outside_address("SENTRY_DSN")

# --- Browser security ---------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "manifest-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SESSION_ENGINE = "governance.core.identity.sessions"
SESSION_COOKIE_AGE = 12 * 3600  # seconds: a working day
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "governance.core.web.errors.csrf_failure"
if not LOCAL:
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^health(/|$)", r"^metrics$"]  # probes come from inside, without TLS
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    SESSION_COOKIE_NAME = "__Host-session"
    CSRF_COOKIE_NAME = "__Host-csrf"
    if env.bool("BEHIND_TLS_PROXY", default=False):
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
        if not TRUSTED_PROXIES:
            # Everybody would come from the proxy's address, and one person's typing errors stop all.
            env.refuse(
                "TRUSTED_PROXIES must say how many proxies stand before the console, "
                "since BEHIND_TLS_PROXY says that one does."
            )

# --- Logs: one JSON object a line, each with the environment and the release; readable lines locally ----
LOG_LEVEL = env.one_of(
    "LOG_LEVEL", ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"), default="INFO"
)
LOG_FORMAT = env.one_of("LOG_FORMAT", ("json", "text"), default="text" if LOCAL else "json")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {
            "()": "governance.core.logs.Formatter",
            "fmt": "{levelname}{name}{message}",
            "style": "{",
            "timestamp": "at",  # UTC, with its offset
            "rename_fields": {"levelname": "level", "name": "logger"},
            "static_fields": {"app_env": APP_ENV, "app_release": APP_RELEASE},
        },
        "text": {
            "()": "governance.core.logs.TextFormatter",
            "format": "{asctime} {levelname} {name}: {message}",
            "datefmt": "%H:%M:%S",
            "style": "{",
        },
    },
    "filters": {
        "without_outages": {"()": "governance.core.database.outages.WithoutOutages"},
        "of_request": {"()": "governance.core.logs.OfRequest"},
    },
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "formatter": LOG_FORMAT,
            "filters": ["of_request"],
        }
    },
    "root": {"handlers": ["stderr"], "level": LOG_LEVEL},
    # It announces itself in every process and each job thrice; the worker has a line of its own per job.
    "loggers": {
        "procrastinate": {"level": "DEBUG" if LOG_LEVEL == "DEBUG" else "WARNING"},
        "django.request": {"filters": ["without_outages"]},
        # A line per request; in a developer's terminal only what went wrong is worth one.
        "governance.operations.requests": {"level": "INFO" if LOG_FORMAT == "json" else "WARNING"},
    },
}

env.conclude()

